/**
 * The portable engine: SameDiff graphs on ND4J's native library, or on CUDA with the profile {@code
 * nd4j-cuda}.
 *
 * <p>In: a brain, an objective and window sizes. Out: sessions of the engine interface. No INDArray
 * leaves it, and it must not know tiles, stores or Spark.
 */
package org.reverie.executor.nd4j;
