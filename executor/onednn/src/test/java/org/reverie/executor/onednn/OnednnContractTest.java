package org.reverie.executor.onednn;

import java.util.List;
import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Precision;

/** The contract of engines. */
class OnednnContractTest extends EngineContract {
  @Override
  protected List<Precision> rounded() {
    return List.of(Precision.BFLOAT16);
  }

  @Override
  protected EngineProvider provider() {
    return new OnednnProvider();
  }
}
