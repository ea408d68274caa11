/**
 * The state of a render between its tasks, on any Hadoop FileSystem: pixels in checksummed files
 * whose names are pure functions of what they hold, manifests, the plan, and the lease that keeps
 * two runs apart.
 *
 * <p>In: float planes and rectangles of a canvas. Out: the same, from any part of any octave, or
 * the name of the file that is missing or damaged. It must not know what the pixels mean, and never
 * renames a file.
 */
package org.reverie.executor.store;
