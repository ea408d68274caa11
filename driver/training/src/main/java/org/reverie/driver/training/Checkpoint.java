package org.reverie.driver.training;

import java.util.List;

/**
 * All that a training needs to go on.
 *
 * @param request what was asked for, see {@link TrainingSettings#text}; another does not resume
 *     this one
 * @param step steps done by each worker
 * @param seconds spent so far
 * @param accuracies of the validation pictures after each epoch, 0 to 1
 * @param parameters of the network, in DL4J's order
 * @param updater state of momentum or Adam, in DL4J's order
 */
record Checkpoint(
    String request,
    long step,
    double seconds,
    List<Double> accuracies,
    float[] parameters,
    float[] updater) {}
