package org.reverie.driver.cli;

import java.util.List;
import org.reverie.conf.RenderJob;

/** Looks into a brain for people. */
@FunctionalInterface
public interface BrainInspector {
  /**
   * The brain's card: its layers that can be dreamt with channels, stride, receptive field and
   * halos, its mean and parameters, and what was dropped from a training file and why.
   *
   * @param brain the built-in one where the path is null
   * @param layers names of the layers to measure; empty for those that are cheap to tell about
   * @return text of several lines
   * @throws org.reverie.conf.UserException if the brain cannot be read or has no such layer
   */
  String card(RenderJob.Brain brain, List<String> layers);
}
