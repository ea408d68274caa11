/**
 * The work of an executor: the survey that plans a render with the engine it will run on, and the
 * tasks of each stage.
 *
 * <p>In: a question, or a broadcast setup, a stage and a task number. Out: a plan, or chunks and
 * results in the store and a small report. It must not know Spark.
 */
package org.reverie.executor.work;
