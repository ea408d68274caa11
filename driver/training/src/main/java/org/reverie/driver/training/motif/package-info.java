/**
 * Draws the world that the shipped brain learns from: classes of motifs, each varied without limit
 * in shape, colour, light, ground and what stands before it. In goes (seed, class, index, size),
 * out comes a picture, the same on every run. Knows no files, brains or Spark.
 */
package org.reverie.driver.training.motif;
