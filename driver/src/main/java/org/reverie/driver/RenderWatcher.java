package org.reverie.driver;

/** Whoever watches a render: told what will happen, how far it is, and what is worth knowing. */
public interface RenderWatcher {
  /** The plan, as text of several lines; before anything starts. */
  void plan(String text);

  /**
   * How far it is.
   *
   * @param doneMegapixels of gradients computed, one pixel counting once per iteration
   * @param totalMegapixels of the whole render
   * @param what runs now, in a few words
   * @param retries of tasks so far
   */
  void progress(double doneMegapixels, double totalMegapixels, String what, long retries);

  /** Something worth knowing, one line. */
  void note(String text);
}
