package org.reverie.driver.cli;

import java.util.List;
import java.util.Optional;
import org.reverie.conf.RenderJob;
import org.reverie.driver.Cards;
import org.reverie.driver.Origin;
import org.reverie.driver.PrintSeams;
import org.reverie.driver.ProgressView;
import org.reverie.driver.Render;
import org.reverie.driver.RenderOutcome;

/** What the command line asks the pipeline for. */
final class Pipeline implements Renderer, BrainInspector, SeamInspector {
  @Override
  public RenderOutcome render(RenderJob job, Optional<Origin> origin, ProgressView view) {
    return Render.run(job, origin, view);
  }

  @Override
  public boolean isKept(RenderJob job) {
    return Render.isKept(job);
  }

  @Override
  public void stop() {
    Render.stopAll();
  }

  @Override
  public String card(RenderJob.Brain brain, List<String> layers) {
    return Cards.of(brain, layers);
  }

  @Override
  public String seams(String file) {
    return PrintSeams.measure(file);
  }
}
