package org.reverie.driver.training;

import org.reverie.driver.TrainingRequest.Policy;

/**
 * The learning rate over a training. It rises evenly over the first 30th of the way: from drawn
 * weights, full steps at once throw the classifier far off.
 *
 * @param policy how it falls
 * @param first the rate to begin with
 * @param steps of the whole training
 */
record Schedule(Policy policy, double first, long steps) {
  private static final double POWER = 0.5;
  private static final double WARM_UP = 1 / 30.0;
  private static final int STAGES = 3;
  private static final double STAGE_FACTOR = 0.1;

  /** The rate of a step, from 0. */
  double rate(long step) {
    double done = Math.min(1, step / (double) steps);
    double factor =
        switch (policy) {
          case POLY -> Math.pow(1 - done, POWER);
          case STEP -> Math.pow(STAGE_FACTOR, Math.min(STAGES - 1, (int) (done * STAGES)));
          case CONSTANT -> 1;
        };
    return first * factor * Math.min(1, (step + 1) / (WARM_UP * steps));
  }
}
