/**
 * The geometry of a render: sizes, octaves, lattices, tiles and windows, resampling, blending and
 * the seam meter, as pure functions.
 *
 * <p>In: a {@link org.reverie.conf} job and what the brain's layers need around a pixel. Out: a
 * plan, rectangles and float planes. It must not know files, Spark, Hadoop or any engine.
 */
package org.reverie.tiling;
