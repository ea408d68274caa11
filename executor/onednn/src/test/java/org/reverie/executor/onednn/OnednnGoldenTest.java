package org.reverie.executor.onednn;

import java.util.Map;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.GoldenGradients;

/** Gradients and dreams of published brains. */
class OnednnGoldenTest extends GoldenGradients {
  /** 8 significant bits in every layer; emulated on a GPU's steps they end where these do. */
  @Override
  protected Map<Precision, Near> rounded() {
    return Map.of(Precision.BFLOAT16, new Near(2e-2, 0.2, 0.98));
  }

  @Override
  protected EngineProvider provider() {
    return new OnednnProvider();
  }
}
