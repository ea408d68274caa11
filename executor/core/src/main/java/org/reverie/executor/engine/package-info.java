/**
 * What an engine is: it compiles a brain and an objective for a window size and runs the gradient
 * ascent of one window.
 *
 * <p>In: a {@link org.reverie.executor.brain.Brain}, an objective, windows of float planes. Out:
 * gradients, sums and dreamt planes. It must not know tiles, stores, Spark or any particular
 * engine.
 */
package org.reverie.executor.engine;
