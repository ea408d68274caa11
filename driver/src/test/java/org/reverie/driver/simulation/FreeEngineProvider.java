package org.reverie.driver.simulation;

import java.util.List;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.HostSession;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;

/** An engine whose gradients are 0 and cost nothing, so that everything else can be measured. */
public final class FreeEngineProvider implements EngineProvider {
  @Override
  public String name() {
    return "free";
  }

  @Override
  public int preference() {
    return Integer.MIN_VALUE;
  }

  @Override
  public Availability availability() {
    return new Availability(true, "does nothing");
  }

  @Override
  public String instructionSet() {
    return "none";
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    return new Engine() {
      @Override
      public long bytesFor(int width, int height) {
        return 24L * width * height;
      }

      @Override
      public long weightBytes() {
        return 0;
      }

      @Override
      public Session compile(int width, int height) {
        return new HostSession(width, height) {
          @Override
          protected void differentiate(InputRows input, GradientRows gradient) {}

          @Override
          public void close() {}
        };
      }

      @Override
      public List<float[]> activations(float[] input, int width, int height) {
        throw new UnsupportedOperationException("nobody guides a dream of nothing");
      }

      @Override
      public void close() {}
    };
  }
}
