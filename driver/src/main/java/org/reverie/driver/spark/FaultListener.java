package org.reverie.driver.spark;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.reverie.driver.Faults;

/** Counts failed attempts and lost executors. */
final class FaultListener extends SparkListener {
  private final AtomicLong failedAttempts = new AtomicLong();
  private final AtomicLong executorsLost = new AtomicLong();

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.reason() instanceof TaskFailedReason && !(end.reason() instanceof TaskKilled)) {
      failedAttempts.incrementAndGet();
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    executorsLost.incrementAndGet();
  }

  Faults faults() {
    return new Faults(failedAttempts.get(), executorsLost.get());
  }
}
