package org.reverie.driver.training;

import java.io.Serializable;

/**
 * All that executors need to know of the pictures; it crosses Spark once.
 *
 * @param paths of the pictures
 * @param labels class of each
 * @param classes how many there are
 * @param size edge of what the network sees, pixels
 * @param batch pictures of one step
 * @param mean subtracted, in the brain's order of colours
 * @param blueFirst whether that order is blue, green, red; else red, green, blue
 * @param lighting see {@link Distortion}
 * @param photometric see {@link Distortion}
 * @param grain see {@link Distortion}
 * @param smoothing share of each label that is spread over all classes
 * @param seed of order and distortions
 * @param threads of one worker
 */
record Showing(
    String[] paths,
    int[] labels,
    int classes,
    int size,
    int batch,
    float[] mean,
    boolean blueFirst,
    float[] lighting,
    boolean photometric,
    double grain,
    double smoothing,
    long seed,
    int threads)
    implements Serializable {}
