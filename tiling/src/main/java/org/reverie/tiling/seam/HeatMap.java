package org.reverie.tiling.seam;

/**
 * Where seams can be told from other lines: a small picture of the lattice.
 *
 * @param width columns
 * @param height rows
 * @param values width x height, row by row: the largest |z| of a seam's measures on its line, 0
 *     elsewhere
 */
public record HeatMap(int width, int height, float[] values) {}
