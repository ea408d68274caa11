package org.reverie.driver.spark;

import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkConf;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;

/** How long a cluster is waited for that has no executor at all. One thread's. */
final class Patience {
  /** How often Spark is asked for its executors. */
  static final long LOOK_MILLIS = 1000;

  /** What Spark itself calls the time that it gives executors to come. */
  private static final String WAITING_TIME = "spark.scheduler.maxRegisteredResourcesWaitingTime";

  private final String master;
  private final Duration most;
  private final Absence absence = new Absence();

  /**
   * @param master its URL, for people
   * @param most the longest that is waited
   */
  Patience(String master, Duration most) {
    this.master = master;
    this.most = most;
  }

  /** As long as Spark's settings give executors to come: 30 s if they say nothing. */
  static Patience of(SparkConf conf) {
    return new Patience(
        conf.get("spark.master"),
        Duration.ofMillis(conf.getTimeAsMs(WAITING_TIME, SparkContexts.EXECUTOR_SECONDS + "s")));
  }

  /** Whether whoever waits should hear of it before the end. */
  boolean isLong() {
    return most.toSeconds() > SparkContexts.EXECUTOR_SECONDS;
  }

  /**
   * Takes note of how it stands now.
   *
   * @param executors that are there
   * @param nanos the time
   * @throws UserException {@code no-executor} if none was there for too long
   */
  void look(int executors, long nanos) {
    if (executors > 0) {
      absence.end();
    } else if (absence.at(nanos).compareTo(most) >= 0) {
      throw new UserException(List.of(problem()));
    }
  }

  private Problem problem() {
    return new Problem(
        "no-executor",
        "--master",
        "%s gave no executor for this within %d s: %s"
            .formatted(master, most.toSeconds(), SparkContexts.NO_EXECUTOR),
        "Start machines or free them, ask for what they have, or have them waited for longer by"
            + " --conf "
            + WAITING_TIME
            + "=5min");
  }
}
