package org.reverie.driver.training;

import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.reverie.conf.Counted;
import org.reverie.driver.TrainingView;

/**
 * Counts the workers of a training, one for each core of Spark's executors. Those of a cluster
 * register one after the other; the number that a training begins with is its number to the end, so
 * that it is worth waiting for.
 */
final class Workers {
  private static final String WAITING_TIME = "spark.scheduler.maxRegisteredResourcesWaitingTime";

  /** Executors of a standalone cluster register within about a second of each other. */
  private static final long SETTLED_MILLIS = 5000;

  private static final long LOOK_MILLIS = 200;

  private final IntSupplier registered;
  private final LongSupplier clockMillis;
  private final LongConsumer sleep;
  private final long patienceMillis;

  /**
   * @param registered how many there are now; 0 as long as there is no executor
   * @param clockMillis the time
   * @param sleep waits for so many milliseconds
   * @param patienceMillis the longest to wait
   */
  Workers(
      IntSupplier registered, LongSupplier clockMillis, LongConsumer sleep, long patienceMillis) {
    this.registered = registered;
    this.clockMillis = clockMillis;
    this.sleep = sleep;
    this.patienceMillis = patienceMillis;
  }

  /**
   * Counts those of a running Spark.
   *
   * @param kept how many a checkpoint wants, of which no more are taken: the same number of them
   *     makes the same steps, wherever they run; empty without one
   * @param view told what is waited for, and that some are left over
   * @return at least 1
   */
  static int count(SparkContext spark, OptionalInt kept, TrainingView view) {
    return taken(there(spark, kept, view), kept, view);
  }

  /** Of those that are there. */
  static int taken(int there, OptionalInt kept, TrainingView view) {
    if (kept.isEmpty() || there <= kept.getAsInt()) {
      return there;
    }
    view.note(
        "the training that is kept there has %s, so that %d of %d are left idle"
            .formatted(Counted.of(kept.getAsInt(), "worker"), there - kept.getAsInt(), there));
    return kept.getAsInt();
  }

  private static int there(SparkContext spark, OptionalInt kept, TrainingView view) {
    SparkConf conf = spark.conf();
    if (spark.isLocal() || conf.contains("spark.default.parallelism")) {
      return Math.max(1, spark.defaultParallelism());
    }
    Workers workers =
        new Workers(
            () -> registered(spark),
            () -> System.nanoTime() / 1_000_000,
            Workers::sleep,
            conf.getTimeAsMs(WAITING_TIME, "30s"));
    return workers.await(kept.isPresent() ? kept : asked(conf), view);
  }

  private static int registered(SparkContext spark) {
    if (spark.isStopped()) { // or nobody would ever come
      throw new IllegalStateException("no executor came before");
    }
    // One of those listed is the driver. Without another, Spark says 2.
    return spark.statusTracker().getExecutorInfos().length > 1 ? spark.defaultParallelism() : 0;
  }

  /**
   * The cores that Spark was told to take from a cluster; empty where nothing says how many, as on
   * a standalone cluster all, or where Spark changes the number as it likes.
   */
  static OptionalInt asked(SparkConf conf) {
    String master = conf.get("spark.master");
    int cores = conf.getInt("spark.executor.cores", 1);
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      return OptionalInt.empty();
    }
    if (!master.startsWith("spark:")) {
      int executors = conf.getInt("spark.executor.instances", 0);
      return executors > 0 ? OptionalInt.of(executors * cores) : OptionalInt.empty();
    }
    int most = conf.getInt("spark.cores.max", 0);
    // What fills no executor is not taken.
    int whole = most - most % cores;
    return whole > 0 ? OptionalInt.of(whole) : OptionalInt.empty();
  }

  /**
   * Waits until the workers that are wanted are there; where nothing says how many, until no more
   * come. Where none is there when patience ends, the first are waited for, however long it takes:
   * a training that began without any would have one worker to its end.
   *
   * @return how many there are, which may be fewer or more than are wanted; at least 1
   */
  int await(OptionalInt wanted, TrainingView view) {
    long start = clockMillis.getAsLong();
    long changed = start;
    int there = registered.getAsInt();
    boolean told = false;
    while (true) {
      long now = clockMillis.getAsLong();
      boolean settled = there > 0 && now - changed >= Math.min(SETTLED_MILLIS, patienceMillis);
      if (wanted.isPresent() ? there >= wanted.getAsInt() : settled) {
        return there;
      }
      // Executors that come late come together too.
      if (now - start >= patienceMillis && settled) {
        break;
      }
      if (!told && wanted.isPresent()) {
        view.note(
            "waits for executors: %d of %s are there"
                .formatted(there, Counted.of(wanted.getAsInt(), "worker")));
        told = true;
      }
      sleep.accept(LOOK_MILLIS);
      int before = there;
      there = registered.getAsInt();
      if (there != before) {
        changed = clockMillis.getAsLong();
      }
    }
    view.note(
        "%s%s are there after %d s; a longer %s waits for more"
            .formatted(
                there,
                wanted.isPresent() ? " of " + Counted.of(wanted.getAsInt(), "worker") : " workers",
                (clockMillis.getAsLong() - start) / 1000,
                WAITING_TIME));
    return there;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while it waited for executors", e);
    }
  }
}
