package org.reverie.driver.spark;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;

/** What a task threw, with its number; always serializable. */
final class TaskFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int task;

  private TaskFailure(int task, String message, Throwable cause) {
    super(message, cause, false, true);
    this.task = task;
    setStackTrace(cause == null ? new StackTraceElement[0] : cause.getStackTrace());
  }

  static TaskFailure of(int task, Throwable thrown) {
    try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
      out.writeObject(thrown);
      return new TaskFailure(task, "task " + task + ": " + thrown, thrown);
    } catch (IOException e) {
      // It holds something that cannot travel; its words can.
      TaskFailure failure = new TaskFailure(task, "task " + task + ": " + thrown, null);
      failure.setStackTrace(thrown.getStackTrace());
      return failure;
    }
  }

  int task() {
    return task;
  }
}
