package org.reverie.driver.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.reverie.driver.MotifRequest;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.Trainer;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingView;

/** The trainer that the command line finds. */
public final class SparkTrainer implements Trainer {
  @Override
  public void motifs(MotifRequest request, TrainingView view) {
    MotifWriter.write(request, view);
  }

  @Override
  public RenderOutcome train(TrainingRequest request, TrainingView view) {
    try {
      return Training.run(request, view);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
