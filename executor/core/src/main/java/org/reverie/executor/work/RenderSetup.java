package org.reverie.executor.work;

import org.reverie.executor.print.PrintSpecification;

/**
 * What all tasks of a render share; broadcast once. A flat record, since it crosses Spark.
 *
 * @param plan the resolved plan, JSON in UTF-8
 * @param brain the brain, as {@code BrainCodec} writes it
 * @param guide the guides' columns for every target, or empty: float planes, channels x count, one
 *     region after the other
 * @param guideEnds for every target and region one past its last column, target by target
 * @param guideMask which guide counts where, as {@code GuideMask} writes it; empty for one guide
 * @param store URI of the work directory
 * @param print how the print is encoded; null where nothing is printed
 * @param engineBytes what the sessions of one engine may take together
 * @param id tells this setup from others in one JVM: the session, {@value #IN_SESSION}, a number.
 *     Renders of one session follow one another and take over each other's engines
 * @param hadoop name and value of settings for Hadoop's file systems
 */
public record RenderSetup(
    byte[] plan,
    byte[] brain,
    float[][] guide,
    int[] guideEnds,
    byte[] guideMask,
    String store,
    PrintSpecification print,
    long engineBytes,
    String id,
    String[][] hadoop) {
  /** Stands between a session and the number of a render in it. */
  public static final char IN_SESSION = '/';

  /** The session it belongs to: all of the id where nothing says more. */
  String session() {
    return session(id);
  }

  static String session(String id) {
    int end = id.indexOf(IN_SESSION);
    return end < 0 ? id : id.substring(0, end);
  }

  /**
   * A setup for tasks that need a brain and nothing else.
   *
   * @param brain as {@code BrainCodec} writes it
   */
  public static RenderSetup ofBrain(byte[] brain, String id) {
    return new RenderSetup(
        new byte[0],
        brain,
        new float[0][],
        new int[0],
        new byte[0],
        "",
        null,
        0,
        id,
        new String[0][]);
  }
}
