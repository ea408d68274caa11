package org.reverie.driver.cli;

import java.time.Duration;
import java.util.List;
import org.reverie.conf.RenderJob;
import org.reverie.driver.Cards;
import org.reverie.driver.Render;

/** The command's side of the pipeline. */
final class Pipeline implements Renderer, BrainInspector {
  @Override
  public RenderOutcome render(RenderJob job, ProgressView view) {
    return switch (Render.run(
        job,
        new org.reverie.driver.ProgressView() {
          @Override
          public void plan(String text) {
            view.plan(text);
          }

          @Override
          public void progress(double done, double total, String what, int retries) {
            view.progress(done, total, what, retries);
          }

          @Override
          public void note(String text) {
            view.note(text);
          }

          @Override
          public void done(String print, Duration took, String lastLine) {
            view.done(print, took, lastLine);
          }
        })) {
      case DONE -> RenderOutcome.DONE;
      case PLANNED -> RenderOutcome.PLANNED;
      case STOPPED -> RenderOutcome.STOPPED;
    };
  }

  @Override
  public String card(RenderJob.Brain brain, List<String> layers) {
    return Cards.of(brain, layers);
  }
}
