package org.reverie.driver.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.reverie.conf.Problem;
import org.reverie.driver.Inspection;
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
  public List<Problem> problemsOfFiles(MotifRequest request, Set<String> unread) {
    Inspection inspection = new Inspection();
    MotifWriter.look(request, unread, inspection);
    return inspection.problems();
  }

  @Override
  public List<Problem> problemsOfFiles(TrainingRequest request, Set<String> unread) {
    Inspection inspection = new Inspection();
    Optional<TrainingInput> unused = TrainingInspection.of(request, unread, inspection);
    return inspection.problems();
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
