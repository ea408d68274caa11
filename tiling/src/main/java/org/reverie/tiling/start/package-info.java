/**
 * Pictures made from next to nothing: what a dream starts from without a photograph.
 *
 * <p>In: the name of a start, a size, a seed. Out: RGB pixels 0..255, each a pure function of its
 * position and the size. It must not know files or brains.
 */
package org.reverie.tiling.start;
