/**
 * How octaves are sized and cut: sizes of the pyramid, lattices of cores, and the windows around
 * them.
 *
 * <p>In: the canvas' size, the core's edge, stride, halo and border in pixels. Out: sizes, cuts,
 * cores, seams and windows. It must not know pixels' values or engines.
 */
package org.reverie.tiling.lattice;
