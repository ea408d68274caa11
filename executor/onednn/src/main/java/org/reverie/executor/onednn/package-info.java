/**
 * The engine for processors: oneDNN primitives in one memory arena per session.
 *
 * <p>In: a brain, an objective and a window size. Out: the input's gradient. It must not know
 * tiles, stores or Spark.
 */
package org.reverie.executor.onednn;
