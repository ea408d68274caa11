/**
 * Print encoding: dreamt pixels to a TIFF, PNG or JPEG.
 *
 * <p>In: a {@link org.reverie.executor.print.PrintSpecification} and, piece by piece, float planes
 * 0..255. Out: a file on any Hadoop file system, whole or not at all. Executors encode pieces in
 * parallel; one writer puts them in order between header and index. {@link
 * org.reverie.executor.print.Upload} publishes other files too. It must not know how pixels were
 * dreamt, nor Spark.
 */
package org.reverie.executor.print;
