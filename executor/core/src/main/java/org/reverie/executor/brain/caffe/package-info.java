/**
 * Reads brains from Caffe's files, old and new.
 *
 * <p>In: a folder with a definition and weights, on any Hadoop file system. Out: a {@link
 * org.reverie.executor.brain.LoadedBrain}, or what is wrong with the files. It must not know
 * engines, tiles or Spark.
 */
package org.reverie.executor.brain.caffe;
