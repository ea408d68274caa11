package org.reverie.driver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.reverie.conf.Causes;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.StoppedException;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks on threads of this process: without Spark's start-up and cost per task. */
public final class InProcessRunner implements TileRunner {
  /** As {@code spark.task.maxFailures} is set by ours. */
  private static final int ATTEMPTS = 4;

  private static final Logger LOG = LoggerFactory.getLogger(InProcessRunner.class);

  private final int slots;
  private final RenderSetup setup;
  private final TaskBody body;
  private final ExecutorService threads;
  private final AtomicLong failedAttempts = new AtomicLong();

  /**
   * @param slots how many tasks run at the same time
   * @param setup handed to every task
   * @param body performs the tasks
   */
  public InProcessRunner(int slots, RenderSetup setup, TaskBody body) {
    this.slots = slots;
    this.setup = setup;
    this.body = body;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            slots,
            work -> {
              Thread thread = new Thread(work, "tile-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public List<TaskReport> run(Stage stage, int tasks, Consumer<TaskReport> finished) {
    TaskReport[] reports = new TaskReport[tasks];
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    AtomicBoolean stopped = new AtomicBoolean();
    List<Future<?>> submitted = new ArrayList<>(tasks);
    try {
      for (int i = 0; i < tasks; i++) {
        int task = i;
        submitted.add(
            threads.submit(() -> outcomes.add(outcome(() -> perform(stage, task, stopped)))));
      }
      StoppedException late = null;
      for (int i = 0; i < tasks; i++) {
        Outcome outcome = outcomes.take();
        if (outcome.failure() instanceof StoppedException e) {
          late = e;
        } else {
          TaskReport report = outcome.get();
          reports[report.task()] = report;
          finished.accept(report);
        }
      }
      if (late != null) {
        throw late;
      }
    } catch (InterruptedException e) {
      throw interrupted(stage, e);
    } finally {
      stopped.set(true);
      submitted.forEach(future -> future.cancel(false));
    }
    return Arrays.asList(reports);
  }

  @Override
  public void stream(Stage stage, int tasks, Consumer<TaskReport> inOrder) {
    AtomicBoolean stopped = new AtomicBoolean();
    Deque<Future<Outcome>> ahead = new ArrayDeque<>();
    try {
      int next = 0;
      for (int i = 0; i < tasks; i++) {
        // Twice the slots: while one waits for its turn, its thread has work.
        while (next < tasks && ahead.size() < 2 * slots) {
          int task = next++;
          ahead.add(threads.submit(() -> outcome(() -> perform(stage, task, stopped))));
        }
        inOrder.accept(ahead.remove().get().get());
      }
    } catch (InterruptedException e) {
      throw interrupted(stage, e);
    } catch (ExecutionException e) {
      throw new AssertionError("an outcome holds what was thrown", e);
    } finally {
      stopped.set(true);
      ahead.forEach(future -> future.cancel(false));
    }
  }

  @Override
  public TaskReport alone(Stage stage, int task) {
    return perform(stage, task, new AtomicBoolean());
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public Faults faults() {
    return new Faults(failedAttempts.get(), 0);
  }

  @Override
  public String place() {
    return Render.IN_PROCESS;
  }

  /** Stops; a task that still runs ends by itself. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  private TaskReport perform(Stage stage, int task, AtomicBoolean stopped) {
    for (int attempt = 1; ; attempt++) {
      try {
        return body.perform(setup, stage, task);
      } catch (UserException | StoppedException e) {
        throw e;
      } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
        failedAttempts.incrementAndGet();
        boolean hopeless = Causes.first(e, DeviceLostException.class).isPresent();
        if (attempt == ATTEMPTS || stopped.get() || hopeless) {
          throw StageFailedException.of(stage, task, e);
        }
        LOG.warn("{} task {} failed, attempt {}", stage.description(), task, attempt, e);
      }
    }
  }

  private static StageFailedException interrupted(Stage stage, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StageFailedException(stage.description() + " was interrupted", e);
  }

  /** A report or what was thrown instead. */
  private record Outcome(TaskReport report, Throwable failure) {
    TaskReport get() {
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      return report;
    }
  }

  private static Outcome outcome(Supplier<TaskReport> work) {
    try {
      return new Outcome(work.get(), null);
    } catch (RuntimeException | Error e) {
      return new Outcome(null, e);
    }
  }
}
