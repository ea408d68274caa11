package org.reverie.executor.nd4j;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.UnpackedLibraries;

/** The engine {@code nd4j}. */
public final class Nd4jEngineProvider implements EngineProvider {
  private static final String CUDA_BACKEND = "org.nd4j.linalg.jcublas.JCublasBackend";

  /** Made by {@link java.util.ServiceLoader}. */
  public Nd4jEngineProvider() {}

  @Override
  public String name() {
    return "nd4j";
  }

  /** Below the processor's own engine on a CPU, above it on a GPU. */
  @Override
  public int preference() {
    return onCuda() ? 300 : 10;
  }

  @Override
  public Availability availability() {
    return Backend.AVAILABILITY;
  }

  /** Loaded once: a class that failed to load says why the first time only. */
  private static final class Backend {
    static final Availability AVAILABILITY = load();

    private static Availability load() {
      quieten();
      try {
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        return new Availability(true, "ND4J's " + backend + " loads");
      } catch (LinkageError | RuntimeException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        return new Availability(
            false, "ND4J's native library does not load: " + cause.getMessage() + want());
      }
    }

    private static String want() {
      try {
        return UnpackedLibraries.want(Loader.getCacheDir().toPath());
      } catch (IOException e) {
        return "";
      }
    }
  }

  @Override
  public String instructionSet() {
    if (onCuda()) {
      return "cuda";
    }
    String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    Path processors = Path.of("/proc/cpuinfo");
    if (!architecture.contains("64") || !Files.isReadable(processors)) {
      return architecture;
    }
    try {
      String flags = Files.readString(processors, StandardCharsets.UTF_8);
      if (flags.contains("avx512f") && flags.contains("avx512bw") && flags.contains("avx512vl")) {
        return "avx512_core";
      }
      return flags.contains("avx2") ? "avx2" : architecture;
    } catch (IOException e) {
      return architecture;
    }
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    if (options.precision() != Precision.FLOAT32) {
      throw UserException.of(
          "unsupported-precision",
          "--engine",
          "the engine nd4j computes in float32, not " + options.precision().written(),
          "Leave the precision at float32 or choose another engine");
    }
    Availability availability = availability();
    if (!availability.available()) {
      throw UserException.of(
          "engine-unavailable", "--engine", availability.reason(), "Choose another engine");
    }
    return new Nd4jEngine(brain, objective, options.threads());
  }

  /**
   * JavaCPP would otherwise write to the terminal that ND4J was built against an older version of
   * it.
   */
  private static void quieten() {
    if (System.getProperty("org.bytedeco.javacpp.logger") == null) {
      System.setProperty("org.bytedeco.javacpp.logger", "slf4j");
    }
  }

  private static boolean onCuda() {
    try {
      Class.forName(CUDA_BACKEND, false, Nd4jEngineProvider.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
