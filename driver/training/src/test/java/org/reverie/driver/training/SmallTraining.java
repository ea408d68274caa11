package org.reverie.driver.training;

import java.time.Duration;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.driver.TrainingRequest.Policy;

/** A training of the small network that takes seconds; each test says what is other than here. */
final class SmallTraining {
  private final String images;
  private final String out;
  private String from;
  private String freezeTo;
  private int epochs = 1;
  private int batch = 4;
  private int averaging = 3;
  private double grain;
  private double adversarial;
  private long seed = 7;
  private Duration stopAfter;
  private String master = "local[1]";
  private boolean fresh;

  SmallTraining(String images, String out) {
    this.images = images;
    this.out = out;
  }

  /** Another brain, as it is: without normalisation. */
  SmallTraining from(String brain, String frozenUpTo) {
    from = brain;
    freezeTo = frozenUpTo;
    return this;
  }

  SmallTraining epochs(int number) {
    epochs = number;
    return this;
  }

  /**
   * How a step is taken.
   *
   * @param pictures of a step
   * @param steps between two averages
   */
  SmallTraining steps(int pictures, int steps) {
    batch = pictures;
    averaging = steps;
    return this;
  }

  SmallTraining grain(double greyLevels) {
    grain = greyLevels;
    return this;
  }

  SmallTraining adversarial(double greyLevels) {
    adversarial = greyLevels;
    return this;
  }

  SmallTraining seed(long value) {
    seed = value;
    return this;
  }

  SmallTraining stopAfter(Duration span) {
    stopAfter = span;
    return this;
  }

  SmallTraining master(String url) {
    master = url;
    return this;
  }

  SmallTraining fresh() {
    fresh = true;
    return this;
  }

  TrainingRequest request() {
    return new TrainingRequest(
        images,
        out,
        Architecture.SMALL,
        from,
        freezeTo,
        32,
        epochs,
        batch,
        averaging,
        Policy.POLY,
        0.01,
        Optimiser.SGD,
        0.0002,
        0.1,
        true,
        grain,
        adversarial,
        from == null,
        0.2,
        seed,
        stopAfter,
        master,
        1,
        fresh);
  }
}
