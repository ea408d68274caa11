package org.reverie.driver.spark;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext$;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;
import org.reverie.conf.Causes;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.StoppedException;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskDevice;
import org.reverie.executor.work.TaskReport;

/**
 * What an executor calls for each task number. The stage travels along, where Java serializes it:
 * an executor asks the driver for every broadcast, which takes 10 to 20 ms of each stage.
 *
 * @param setup of the render
 * @param stage of the task
 * @param body performs it
 */
record TaskCall(Broadcast<RenderSetup> setup, Stage stage, TaskBody body) implements Serializable {
  private static final String GPU = "gpu";

  /**
   * Performs a task on the device that Spark gave it.
   *
   * @throws TaskFailure for any exception but the user's mistakes; an error passes as it is, for
   *     Spark to judge whether the executor can go on
   * @throws UnusableExecutorError if the device is lost and this process is not the driver's
   */
  TaskOutcome perform(int task) {
    try {
      TaskReport report =
          TaskDevice.with(
              device(TaskContext.get().resourcesJMap()),
              () -> body.perform(setup.value(), stage, task));
      return TaskOutcome.done(report);
    } catch (UserException e) {
      return TaskOutcome.refused(e.problems());
    } catch (StoppedException e) {
      return TaskOutcome.stopped();
    } catch (RuntimeException e) {
      mayGoOn(task, e, SparkEnv.get().executorId());
      throw TaskFailure.of(task, e);
    }
  }

  /**
   * Judges whether an executor is of any use after what a task threw.
   *
   * @param executor Spark's name of it; the driver itself, on local masters, has nobody to replace
   *     it
   * @throws UnusableExecutorError if not
   */
  static void mayGoOn(int task, RuntimeException thrown, String executor) {
    if (executor.equals(SparkContext$.MODULE$.DRIVER_IDENTIFIER())) {
      return;
    }
    Optional<DeviceLostException> lost = Causes.first(thrown, DeviceLostException.class);
    if (lost.isPresent()) {
      throw new UnusableExecutorError(task, lost.get());
    }
  }

  /** The first GPU of a task's resources; tasks ask for one. */
  static Optional<String> device(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get(GPU);
    return gpu == null || gpu.addresses().length == 0
        ? Optional.empty()
        : Optional.of(gpu.addresses()[0]);
  }
}
