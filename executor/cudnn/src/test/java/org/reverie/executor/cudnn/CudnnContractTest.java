package org.reverie.executor.cudnn;

import org.junit.jupiter.api.Assumptions;
import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;

/**
 * The contract of engines on a GPU; skipped, with the reason, where none can be used. A second run
 * of the tests has libraries of our own in place of NVIDIA's, see {@link StandIns}.
 */
class CudnnContractTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return available();
  }

  static CudnnProvider available() {
    StandIns.makeIfUsed();
    CudnnProvider provider = new CudnnProvider();
    EngineProvider.Availability availability = provider.availability();
    Assumptions.assumeTrue(availability.available(), availability.reason());
    return provider;
  }
}
