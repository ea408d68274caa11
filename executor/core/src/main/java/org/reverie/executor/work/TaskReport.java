package org.reverie.executor.work;

/**
 * What a finished task tells the driver. A flat record, since it crosses Spark; pixels go through
 * the store.
 *
 * @param task number of the task in its stage
 * @param sums the sum of |g| over the tile's core, per iteration; empty where there is none
 * @param gradientPixels pixels of the network's input times gradients computed
 * @param engineNanos time inside the engine
 * @param otherNanos time outside the engine: reading, resampling, blending, storing, encoding
 * @param reused whether the store held the result already
 * @param pieces in how many pieces the network saw the tile's window; 1 is whole
 * @param bytes an encoded piece of the print for the driver to write, or empty
 */
public record TaskReport(
    int task,
    double[] sums,
    long gradientPixels,
    long engineNanos,
    long otherNanos,
    boolean reused,
    int pieces,
    byte[] bytes) {}
