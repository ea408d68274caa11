package org.reverie.driver.spark;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.reverie.driver.Faults;

/** Counts failed attempts and lost executors, and remembers which tasks ran on those. */
final class FaultListener extends SparkListener {
  private final AtomicLong failedAttempts = new AtomicLong();
  private final AtomicLong executorsLost = new AtomicLong();
  private final Set<Integer> onLostExecutors = new ConcurrentSkipListSet<>();

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.reason() instanceof TaskFailedReason && !(end.reason() instanceof TaskKilled)) {
      failedAttempts.incrementAndGet();
    }
    if (end.reason() instanceof ExecutorLostFailure) {
      onLostExecutors.add(end.taskInfo().partitionId());
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    executorsLost.incrementAndGet();
  }

  /** Forgets the tasks of the stage before. */
  void begin() {
    onLostExecutors.clear();
  }

  /**
   * Tasks of this stage that ran on executors when they vanished, ascending.
   *
   * @param given up for that reason; listeners may hear of it later than the job
   */
  int[] suspects(int given) {
    Set<Integer> suspects = new TreeSet<>(onLostExecutors);
    suspects.add(given);
    return suspects.stream().mapToInt(Integer::intValue).toArray();
  }

  Faults faults() {
    return new Faults(failedAttempts.get(), executorsLost.get());
  }
}
