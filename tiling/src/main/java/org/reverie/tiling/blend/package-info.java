/**
 * The blending of neighbouring tiles' results.
 *
 * <p>In: a lattice, the overlap, tiles' result pixels by rectangle. Out: float planes of a
 * rectangle of the canvas, the same bits however the canvas is cut into rectangles. It must not
 * know where results are kept.
 */
package org.reverie.tiling.blend;
