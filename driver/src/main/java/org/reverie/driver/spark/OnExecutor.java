package org.reverie.driver.spark;

import org.apache.spark.SparkEnv;
import org.reverie.executor.work.DeviceCheck;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskReport;

/**
 * Checks a device under the name that Spark has for its process.
 *
 * @param check what to do there
 */
public record OnExecutor(DeviceCheck check) implements TaskBody {
  @Override
  public TaskReport perform(RenderSetup setup, Stage stage, int task) {
    return check.perform(setup, task, SparkEnv.get().executorId());
  }
}
