/**
 * Runs the tasks of a render on Spark.
 *
 * <p>In: a setup, a stage and a number of tasks. Out: their reports. It must not know what a task
 * does; only flat records and primitive arrays cross Spark, with Kryo, every class registered.
 */
package org.reverie.driver.spark;
