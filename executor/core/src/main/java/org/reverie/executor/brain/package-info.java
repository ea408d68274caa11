/**
 * A brain: an immutable graph of typed layers with weights, its mean and colour order, and what
 * each layer needs around a pixel.
 *
 * <p>In: Caffe files. Out: a {@link org.reverie.executor.brain.Brain}. It must not know engines,
 * tiles or Spark.
 */
package org.reverie.executor.brain;
