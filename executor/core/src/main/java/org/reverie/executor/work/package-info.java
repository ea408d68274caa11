/**
 * The work of an executor: the tasks of each stage of a render.
 *
 * <p>In: a broadcast setup, a stage and a task number. Out: chunks and results in the store, and a
 * small report. It must not know Spark.
 */
package org.reverie.executor.work;
