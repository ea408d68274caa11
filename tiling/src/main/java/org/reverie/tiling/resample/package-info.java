/**
 * Pixels between sizes: resampling by rectangle, and how a picture is laid on a print.
 *
 * <p>In: float planes of a rectangle of one size. Out: float planes of a rectangle of another, the
 * same bits however the output is cut. It must not know where pixels come from.
 */
package org.reverie.tiling.resample;
