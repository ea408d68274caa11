package org.reverie.driver;

import java.time.Duration;

/**
 * How to train a brain.
 *
 * @param images folder with a folder of pictures per class: path or URI; null where a command line
 *     lacks it, which is not trained
 * @param out brain folder to write: path or URI; null likewise
 * @param architecture what to train where {@code from} is null
 * @param from brain folder to start from, or null
 * @param freezeTo layer up to which nothing is changed, or null
 * @param size edge of the pictures that the network is trained on, pixels
 * @param epochs how often every picture is seen, on average
 * @param batch pictures of one step
 * @param averaging steps that a worker takes by itself before all are averaged
 * @param policy how the learning rate falls
 * @param rate the learning rate to begin with
 * @param optimiser how gradients become steps
 * @param weightDecay factor of the penalty on squared weights
 * @param labelSmoothing share of each label that is spread over all classes, 0 to below 1
 * @param photometric whether colours are distorted
 * @param grain largest deviation of the noise over a picture, grey levels, 0 for none
 * @param adversarial how far every picture is changed against its class, grey levels, 0 for not at
 *     all
 * @param batchNorm whether convolutions are normalised over the batch while training
 * @param validation share of the pictures that is kept for validation, above 0, below 1
 * @param seed of every random number
 * @param stopAfter when to stop and keep what is there, or null
 * @param master Spark's master, or null
 * @param threads of one worker, or null for an equal share of the machine
 * @param fresh whether a training that is there is thrown away, finished or not
 */
public record TrainingRequest(
    String images,
    String out,
    Architecture architecture,
    String from,
    String freezeTo,
    int size,
    int epochs,
    int batch,
    int averaging,
    Policy policy,
    double rate,
    Optimiser optimiser,
    double weightDecay,
    double labelSmoothing,
    boolean photometric,
    double grain,
    double adversarial,
    boolean batchNorm,
    double validation,
    long seed,
    Duration stopAfter,
    String master,
    Integer threads,
    boolean fresh) {

  /** Networks to train from nothing. */
  public enum Architecture {
    SMALL,
    GOOGLENET
  }

  /** How the learning rate falls from the first step to the last. */
  public enum Policy {
    /** By the square root of what is left, as GoogLeNet was trained. */
    POLY,
    /** To a tenth after every third of the way. */
    STEP,
    CONSTANT
  }

  /** How gradients become steps. */
  public enum Optimiser {
    /** With Nesterov's momentum of 0.9. */
    SGD,
    ADAM
  }
}
