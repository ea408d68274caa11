/**
 * The resolved plan of a render, and the rules that make it.
 *
 * <p>In: a job, the input's size, what the dreamt layers need around a pixel, and what memory a
 * window takes. Out: a {@link org.reverie.tiling.plan.RenderPlan}: sizes, the parts that a crop
 * needs, lattices, rolls, halo and overlap. It must not know files, Spark, brains or engines, and
 * never measures time.
 */
package org.reverie.tiling.plan;
