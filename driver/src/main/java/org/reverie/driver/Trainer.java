package org.reverie.driver;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.reverie.conf.Problem;
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
   * Looks at where motifs are to go, of which more is not sound itself.
   *
   * @param unread flags that were given and are of no use
   * @return what cannot be used of the others
   */
  List<Problem> problemsOfFiles(MotifRequest request, Set<String> unread);

  /**
   * Looks at what a training names that is not sound itself, so that all mistakes of a command can
   * be told at once.
   *
   * @param unread flags that were given and are of no use
   * @return what cannot be used of the others
   */
  List<Problem> problemsOfFiles(TrainingRequest request, Set<String> unread);

  /**
   * Trains a brain, or carries a training on that was stopped.
   *
   * @return {@code DONE}, or {@code STOPPED} if the time was up or a checkpoint could not be
   *     written
   * @throws UserException with all that cannot be used of pictures, settings and output
   */
  RenderOutcome train(TrainingRequest request, TrainingView view);

  /**
   * The one on the class path.
   *
   * @throws UserException if there is none
   */
  static Trainer find() {
    return ifThere()
        .orElseThrow(
            () ->
                UserException.of(
                    "training-missing",
                    "reverie train",
                    "this program was built without its training module",
                    "Call ./reverie, which builds it when it is asked to train. For deploy/submit, build the jar for trainings by mvn -Dquick -DskipTests -Ptrain -pl deploy/train -am package, and set REVERIE_JAR=deploy/train/target/reverie-train.jar"));
  }

  /** The one on the class path, if there is one. */
  static Optional<Trainer> ifThere() {
    return ServiceLoader.load(Trainer.class).findFirst();
  }
}
