package org.reverie.driver;

import java.nio.file.Path;

/**
 * Which motifs to draw.
 *
 * @param out receives a folder per class
 * @param perClass pictures of each class, at least 1
 * @param size edge of a picture, pixels
 * @param seed tells one collection from another
 */
public record MotifRequest(Path out, int perClass, int size, long seed) {}
