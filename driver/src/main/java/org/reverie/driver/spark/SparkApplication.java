package org.reverie.driver.spark;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.reverie.driver.TileRunner;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.TaskBody;

/** Spark, started when a render first needs it and kept for those that follow. One thread's. */
public final class SparkApplication implements AutoCloseable {
  private static final String NAME = "Reverie";

  private final Optional<String> master;
  private final int slots;
  private JavaSparkContext context;

  /**
   * @param master the one asked for, or empty; one in Spark's own settings goes before it
   * @param slots tasks at a time where neither names a master
   */
  public SparkApplication(Optional<String> master, int slots) {
    this.master = master;
    this.slots = slots;
  }

  /**
   * A runner for one render, which leaves Spark running when it is closed.
   *
   * @param setup handed to every task
   * @param body performs the tasks
   */
  public TileRunner runner(RenderSetup setup, TaskBody body) {
    return new SparkTileRunner(context(), setup, body);
  }

  /** Whether this process was started by {@code spark-submit}, which gives it a master. */
  public static boolean isSubmitted() {
    return System.getProperty("spark.master") != null;
  }

  /** Whether tasks run on other machines than this one. Does not start Spark. */
  public boolean isCluster() {
    return SparkContexts.isCluster(settings());
  }

  /** Whether every executor is given accelerators, which this machine may not have. */
  public boolean givesDevices() {
    return SparkContexts.gpus(settings()) > 0;
  }

  private SparkConf settings() {
    return SparkContexts.settings(new SparkConf(), NAME, master, slots);
  }

  /** Spark; started anew where the last one broke down, so that only one render suffers. */
  JavaSparkContext context() {
    if (context == null || context.sc().isStopped()) {
      context = SparkContexts.open(NAME, master, slots);
    }
    return context;
  }

  @Override
  public void close() {
    if (context != null) {
      context.stop();
    }
  }
}
