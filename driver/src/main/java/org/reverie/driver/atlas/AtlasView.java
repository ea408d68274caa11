package org.reverie.driver.atlas;

/** Is told how an atlas gets on; by one thread. */
public interface AtlasView {
  /** Something worth knowing, once. */
  void note(String text);

  /** How far it is, as a line that takes the place of the one before. */
  void progress(String text);
}
