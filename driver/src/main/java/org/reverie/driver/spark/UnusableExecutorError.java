package org.reverie.driver.spark;

import org.reverie.executor.engine.DeviceLostException;

/**
 * What an executor throws that has lost its device: every further task would fail there, and within
 * a moment, until none of the attempts is left. An error of the virtual machine is what Spark ends
 * an executor for, and the cluster starts another in its place.
 */
final class UnusableExecutorError extends VirtualMachineError {
  private static final long serialVersionUID = 1L;

  UnusableExecutorError(int task, DeviceLostException cause) {
    super("task " + task + ": " + cause.getMessage(), cause);
  }
}
