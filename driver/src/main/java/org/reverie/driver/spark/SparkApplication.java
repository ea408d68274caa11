package org.reverie.driver.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.reverie.driver.TileRunner;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.TaskBody;

/** Spark, started when a render first needs it and kept for those that follow. One thread's. */
public final class SparkApplication implements AutoCloseable {
  private static final String NAME = "Reverie";

  private final Optional<String> master;
  private final int slots;
  private final Consumer<String> say;
  private JavaSparkContext context;
  private CompletableFuture<JavaSparkContext> beginning;

  /**
   * Of runners that were closed. Executors answer when they have removed one; where Spark ended
   * before they did, it would print the trace of a RejectedExecutionException.
   */
  private final List<Broadcast<RenderSetup>> retired = new ArrayList<>();

  /**
   * @param master the one asked for, or empty; one in Spark's own settings goes before it
   * @param slots tasks at a time where neither names a master
   * @param say told, in words for a person and by any thread, if a master lets wait
   */
  public SparkApplication(Optional<String> master, int slots, Consumer<String> say) {
    this.say = say;
    this.master = master;
    this.slots = slots;
  }

  /**
   * A runner for one render, which leaves Spark running when it is closed. Executors then keep its
   * setup until the next one begins, or Spark ends.
   *
   * @param setup handed to every task
   * @param body performs the tasks
   */
  public TileRunner runner(RenderSetup setup, TaskBody body) {
    JavaSparkContext spark = context();
    retired.forEach(Broadcast::destroy);
    retired.clear();
    return new SparkTileRunner(spark, setup, body, retired::add);
  }

  /**
   * A runner that does not wait for a cluster without executors, and closes as the other.
   *
   * @param setup handed to every task
   * @param body performs the tasks
   * @return throws a {@link org.reverie.conf.UserException}, {@code no-executor}, while none is
   *     there for longer than Spark's settings let wait, 30 s if they say nothing
   */
  public TileRunner impatientRunner(RenderSetup setup, TaskBody body) {
    if (!isCluster()) {
      return runner(setup, body);
    }
    Patience patience = Patience.of(settings());
    JavaSparkContext spark =
        patience.isLong() ? context(SparkContexts::open) : context(SparkContexts::openImpatiently);
    return new SparkTileRunner(spark, setup, body, retired::add, Optional.of(patience));
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

  /**
   * Starts Spark on a cluster beside what this thread does next: executors take seconds until they
   * are there. What goes wrong is thrown where Spark is first needed.
   */
  public void begin() {
    if (context != null || beginning != null || !isCluster()) {
      return;
    }
    CompletableFuture<JavaSparkContext> opened = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                opened.complete(SparkContexts.open(NAME, master, slots, say));
              } catch (Throwable e) {
                opened.completeExceptionally(e);
              }
            },
            "begin-spark");
    thread.setDaemon(true);
    thread.start();
    beginning = opened;
  }

  /** Spark; started anew where the last one broke down, so that only one render suffers. */
  JavaSparkContext context() {
    return context(SparkContexts::open);
  }

  private JavaSparkContext context(Opening opening) {
    if (beginning != null) {
      context = begun();
    }
    if (context == null || context.sc().isStopped()) {
      retired.clear();
      context = opening.open(NAME, master, slots, say);
    }
    return context;
  }

  /** One way to start Spark, as {@link SparkContexts} has it. */
  private interface Opening {
    JavaSparkContext open(String name, Optional<String> master, int slots, Consumer<String> say);
  }

  private JavaSparkContext begun() {
    try {
      return beginning.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } finally {
      beginning = null;
    }
  }

  @Override
  public void close() {
    if (beginning != null) {
      // Not waited for: a master that does not answer takes a minute, and nobody needed it.
      beginning.thenAccept(JavaSparkContext::stop);
      beginning = null;
    }
    if (context != null) {
      context.stop();
    }
  }
}
