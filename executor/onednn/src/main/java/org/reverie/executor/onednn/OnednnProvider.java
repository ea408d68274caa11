package org.reverie.executor.onednn;

import java.util.Optional;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.MatrixRate;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Roof;

/** Opens the oneDNN engine: the default on machines without an accelerator. */
public final class OnednnProvider implements EngineProvider {
  /** For the service loader. */
  public OnednnProvider() {}

  @Override
  public String name() {
    return "onednn";
  }

  /** Above the portable engine, below accelerators. */
  @Override
  public int preference() {
    return 200;
  }

  @Override
  public Availability availability() {
    try {
      return new Availability(true, "oneDNN with " + Library.get().instructionSet());
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Availability(false, "oneDNN does not load: " + cause.getMessage());
    }
  }

  @Override
  public String instructionSet() {
    return Library.get().instructionSet();
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    if (options.precision() != Precision.FLOAT32) {
      throw UserException.of(
          "unsupported-precision",
          "--precision",
          "the onednn engine computes in float32, not " + options.precision(),
          "Leave it out");
    }
    return new OnednnEngine(brain, objective, options.threads());
  }

  @Override
  public Optional<Roof> roof(
      Brain brain, Objective objective, Options options, int width, int height) {
    return Optional.of(
        new ConvolutionRoof(brain, objective, width, height, options.threads(), System::nanoTime));
  }

  @Override
  public Optional<MatrixRate> matrixRate(Options options) {
    return Optional.of(new MatrixProduct(options.threads()));
  }
}
