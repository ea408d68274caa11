package org.reverie.driver.cli;

/** Looks for seams in a print, for people. */
@FunctionalInterface
public interface SeamInspector {
  /**
   * Measures a print at the cuts its recipe tells of, and writes the heat map beside it.
   *
   * @param file path or URI of a print or of its report
   * @return text of several lines
   * @throws org.reverie.conf.UserException if there is no print, or nothing says how it was cut
   */
  String seams(String file);
}
