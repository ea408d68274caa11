/**
 * The seam meter: whether the cuts of a render can be told from any other line across it.
 *
 * <p>In: the finished canvas and its base by rectangle, the lattices of its octaves, the overlap.
 * Out: a report of figures and z-scores, and a heat map. It must not know files or how the canvas
 * was made.
 */
package org.reverie.tiling.seam;
