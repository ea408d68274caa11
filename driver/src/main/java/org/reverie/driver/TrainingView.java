package org.reverie.driver;

/** What a training or a drawing of motifs tells whoever watches. Calls may come from any thread. */
public interface TrainingView {
  /**
   * A result.
   *
   * @param line one line
   */
  void result(String line);

  /**
   * How far it is.
   *
   * @param line replaces the one before
   */
  void progress(String line);

  /**
   * Something worth knowing.
   *
   * @param line one sentence
   */
  void note(String line);

  /** From here on a checkpoint is there, which the same command goes on from. */
  void kept();
}
