package org.reverie.driver;

import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.tiling.LayerGeometry;

final class AutoHalo {
  private AutoHalo() {}

  static int pixels(BrainChoice brain, LayerGeometry geometry, Engine engine, EngineProvider provider) {
    return Math.max(geometry.stride(), 64 / geometry.stride() * geometry.stride());
  }
}
