package org.reverie.driver;

import java.util.ServiceLoader;
import org.reverie.conf.UserException;

/**
 * Draws motifs and trains brains. The implementation brings a large library that no render needs,
 * so it is found by {@link ServiceLoader} where it is on the class path.
 */
public interface Trainer {
  /**
   * Draws motifs.
   *
   * @throws UserException if they cannot be written
   */
  void motifs(MotifRequest request, TrainingView view);

  /**
   * Trains a brain, or carries a training on that was stopped.
   *
   * @return {@code DONE}, or {@code STOPPED} if the time was up or a checkpoint could not be
   *     written
   * @throws UserException if pictures, settings or output cannot be used
   */
  RenderOutcome train(TrainingRequest request, TrainingView view);

  /**
   * The one on the class path.
   *
   * @throws UserException if there is none
   */
  static Trainer find() {
    return ServiceLoader.load(Trainer.class)
        .findFirst()
        .orElseThrow(
            () ->
                UserException.of(
                    "training-missing",
                    "reverie train",
                    "this program was built without its training module",
                    "Call ./reverie, which builds it when it is asked to train. For deploy/submit, build the jar for trainings by mvn -Dquick -DskipTests -Ptrain -pl deploy/train -am package, and set REVERIE_JAR=deploy/train/target/reverie-train.jar"));
  }
}
