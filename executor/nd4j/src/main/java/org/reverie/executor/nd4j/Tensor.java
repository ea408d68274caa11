package org.reverie.executor.nd4j;

import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A variable of the graph with its shape; activations are 1 x C x H x W.
 *
 * @param variable in its SameDiff graph
 * @param shape lengths of its axes
 */
record Tensor(SDVariable variable, long... shape) {
  int channels() {
    return (int) shape[1];
  }

  int height() {
    return (int) shape[2];
  }

  int width() {
    return (int) shape[3];
  }

  long values() {
    long values = 1;
    for (long length : shape) {
      values = Math.multiplyExact(values, length);
    }
    return values;
  }
}
