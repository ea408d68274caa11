package org.reverie.executor.brain;

import java.util.List;

/**
 * One layer of a brain; it has one output, which is named after it. In-place layers of Caffe are
 * layers of their own here, so a convolution's name means its values before the ReLU behind it.
 *
 * @param name Caffe's name; for a layer with several tops, {@code layer/top}
 * @param inputs indices of earlier layers in {@link Brain#layers()}, in Caffe's order
 * @param operation what it computes
 * @param channels channels of the output
 */
public record Layer(String name, List<Integer> inputs, Operation operation, int channels) {
  public Layer {
    inputs = List.copyOf(inputs);
    if (channels < 1) {
      throw new IllegalArgumentException("layer " + name + " has " + channels + " channels");
    }
  }

  /** The only input. */
  public int input() {
    if (inputs.size() != 1) {
      throw new IllegalStateException("layer " + name + " has " + inputs.size() + " inputs");
    }
    return inputs.get(0);
  }
}
