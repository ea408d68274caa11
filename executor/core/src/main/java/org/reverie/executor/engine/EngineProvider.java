package org.reverie.executor.engine;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.reverie.executor.brain.Brain;

/**
 * An engine as a deployment carries it; found by {@link java.util.ServiceLoader}. Asking it
 * anything before {@link #open} must not load native code, except {@link #availability}.
 */
public interface EngineProvider {
  /** The name that {@code --engine} takes, lower case. */
  String name();

  /** Which one {@code auto} prefers among those available: the largest. */
  int preference();

  /** Whether it can run here, and why or why not, for people. */
  Availability availability();

  /**
   * The widest instruction set or device generation it will use here, such as {@code avx512_core}
   * or {@code sm_90}. Part of the recipe, since results differ in the last bits between them.
   */
  String instructionSet();

  /**
   * Opens the engine for a brain and an objective. What does not depend on the window size, such as
   * reordered weights, is shared by all its sessions.
   *
   * @throws org.reverie.conf.UserException if the engine cannot run this brain or objective
   */
  Engine open(Brain brain, Objective objective, Options options);

  /** The precision that renders have unless somebody asks for another. */
  default Precision defaultPrecision() {
    return Precision.FLOAT32;
  }

  /**
   * A coarser precision in which gradients take much less time on this machine than in the {@link
   * #defaultPrecision}; empty if there is none. Pictures differ in their details.
   */
  default Optional<Precision> fasterPrecision() {
    return Optional.empty();
  }

  /**
   * The memory that all sessions on an accelerator may take together, as much as is free there at
   * present, bytes; empty for an engine that computes in the machine's own memory.
   *
   * @param device index of the accelerator
   */
  default OptionalLong memoryBytes(int device) {
    return OptionalLong.empty();
  }

  /**
   * The bound that this engine's rate is held against, if it can measure one.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   */
  default Optional<Roof> roof(
      Brain brain, Objective objective, Options options, int width, int height) {
    return Optional.empty();
  }

  /**
   * What the time of one gradient is spent on, as a table for people, if it can tell.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   * @param canvas planes of that size
   */
  default Optional<String> profile(
      Brain brain, Objective objective, Options options, int width, int height, float[] canvas) {
    return Optional.empty();
  }

  /** The rate of its library's matrix product, if it can measure one. */
  default Optional<MatrixRate> matrixRate(Options options) {
    return Optional.empty();
  }

  /**
   * Whether an engine can run.
   *
   * @param available whether it can
   * @param reason what it found, or what it looked for and did not find
   */
  record Availability(boolean available, String reason) {}

  /** What activations, their gradients and weights may be rounded to; sums are float32. */
  enum Precision {
    FLOAT32,
    TF32,
    BFLOAT16,
    FLOAT16;

    /** As {@code --precision} takes it. */
    public String written() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How to run.
   *
   * @param threads threads one session may use, at least 1; an accelerator ignores it
   * @param device index of the accelerator; a CPU engine ignores it
   * @param precision that values are rounded to
   */
  record Options(int threads, int device, Precision precision) {}
}
