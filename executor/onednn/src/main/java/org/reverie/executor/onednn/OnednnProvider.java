package org.reverie.executor.onednn;

import java.io.IOException;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.MatrixRate;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Roof;
import org.reverie.executor.engine.UnpackedLibraries;

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
      return new Availability(false, "oneDNN does not load: " + cause.getMessage() + want());
    }
  }

  private static String want() {
    try {
      return UnpackedLibraries.want(Loader.getCacheDir().toPath());
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String instructionSet() {
    return Library.get().instructionSet();
  }

  @Override
  public Optional<Precision> fasterPrecision() {
    return Bfloat16Gain.isWorthIt() ? Optional.of(Precision.BFLOAT16) : Optional.empty();
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    return new OnednnEngine(brain, objective, options.threads(), element(options));
  }

  private static Element element(Options options) {
    Precision precision = options.precision();
    if (precision != Precision.FLOAT32 && precision != Precision.BFLOAT16) {
      throw UserException.of(
          "unsupported-precision",
          "--precision",
          "the engine onednn computes in float32 and bfloat16, not " + precision.written(),
          "Choose one of them, or leave it out for float32");
    }
    if (precision == Precision.BFLOAT16 && !Library.get().multipliesBfloat16()) {
      throw UserException.of(
          "unsupported-precision",
          "--precision",
          "the engine onednn takes bfloat16 where there is avx512_core_bf16 or amx; here is %s"
              .formatted(Library.get().instructionSet()),
          "Leave it out for float32");
    }
    return Element.of(precision);
  }

  @Override
  public Optional<Roof> roof(
      Brain brain, Objective objective, Options options, int width, int height) {
    return Optional.of(
        new ConvolutionRoof(
            brain,
            objective,
            width,
            height,
            options.threads(),
            element(options),
            System::nanoTime));
  }

  @Override
  public Optional<MatrixRate> matrixRate(Options options) {
    return options.precision() == Precision.FLOAT32
        ? Optional.of(new MatrixProduct(options.threads()))
        : Optional.empty();
  }
}
