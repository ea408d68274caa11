package org.reverie.tiling.lattice;

/**
 * The line between two neighbouring cores.
 *
 * @param across the axis that crosses the seam: {@link Axis#X} for a vertical line
 * @param position canvas coordinate along {@code across} of the first pixel behind the seam
 * @param from canvas coordinate along the seam of its first pixel
 * @param to one past its last pixel
 * @param before the tile to the left, or above
 * @param after the tile to the right, or below
 */
public record Seam(Axis across, long position, long from, long to, int before, int after) {}
