package org.reverie.driver.training;

import org.reverie.driver.TrainingRequest;
import org.reverie.executor.brain.Brain;

/**
 * What a training was given, as {@link TrainingInspection} read it.
 *
 * @param corpus the files of the classes
 * @param from what is trained on of the brain to start from; null without one
 * @param fromHash of that whole brain; null without one
 */
record TrainingInput(Corpus corpus, Brain from, String fromHash) {
  /**
   * The network to train.
   *
   * @param mean of the pictures, blue, green, red; a brain to start from has its own
   */
  Network network(TrainingRequest request, float[] mean) {
    return network(request, from, corpus.classes().size(), mean);
  }

  /**
   * The same, perhaps before the classes are known.
   *
   * @param from what is trained on of the brain to start from; null without one
   * @param classes of the classifier
   */
  static Network network(TrainingRequest request, Brain from, int classes, float[] mean) {
    return new Network(
        from == null ? Architectures.trunk(request.architecture(), mean) : from,
        new Network.Settings(
            request.size(),
            classes,
            request.batchNorm(),
            from == null,
            request.optimiser(),
            request.rate(),
            request.weightDecay(),
            request.adversarial(),
            request.freezeTo(),
            request.seed()));
  }
}
