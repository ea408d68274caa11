package org.reverie.driver.spark;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.reverie.conf.Causes;
import org.reverie.driver.Faults;
import org.reverie.driver.FullHeap;
import org.reverie.driver.StageFailedException;
import org.reverie.driver.TileRunner;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.StoppedException;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskReport;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.concurrent.ExecutionContext;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/** Runs tasks as Spark tasks: one job per stage, one partition per task. */
final class SparkTileRunner implements TileRunner {
  /** Spark tells of results in its scheduler's only thread, which must not wait for anybody. */
  private static final ExecutionContext SCHEDULER_THREAD =
      ExecutionContext.fromExecutor(Runnable::run);

  private static final Pattern SPARK_TASK = Pattern.compile("\\bTask (\\d+) in stage");

  private final SparkContext context;
  private final Broadcast<RenderSetup> setup;
  private final TaskBody body;
  private final Optional<Patience> patience;
  private final Consumer<Broadcast<RenderSetup>> retire;
  private final FaultListener listener = new FaultListener();

  /**
   * Broadcasts the setup.
   *
   * @param context stays open after {@link #close}
   * @param setup handed to every task
   * @param body performs the tasks
   * @param retire given the setup when it is closed, to have executors remove it some time
   */
  SparkTileRunner(
      JavaSparkContext context,
      RenderSetup setup,
      TaskBody body,
      Consumer<Broadcast<RenderSetup>> retire) {
    this(context, setup, body, retire, Optional.empty());
  }

  /**
   * The same, on a cluster that need not be waited for without end.
   *
   * @param patience with a cluster that has no executor; empty to wait for one
   */
  SparkTileRunner(
      JavaSparkContext context,
      RenderSetup setup,
      TaskBody body,
      Consumer<Broadcast<RenderSetup>> retire,
      Optional<Patience> patience) {
    this.context = context.sc();
    this.patience = patience;
    this.setup = context.broadcast(setup);
    this.body = body;
    this.retire = retire;
    this.context.addSparkListener(listener);
  }

  @Override
  public List<TaskReport> run(Stage stage, int tasks, Consumer<TaskReport> finished) {
    TaskReport[] reports = new TaskReport[tasks];
    if (tasks == 0) {
      return List.of();
    }
    try (StageJobs jobs = new StageJobs(stage, tasks)) {
      Job job = jobs.submit(0, tasks);
      StoppedException late = null;
      for (int i = 0; i < tasks; i++) {
        try {
          TaskReport report = job.next();
          reports[report.task()] = report;
          finished.accept(report);
        } catch (StoppedException e) {
          late = e;
        }
      }
      if (late != null) {
        throw late;
      }
    }
    return Arrays.asList(reports);
  }

  /**
   * {@inheritDoc}
   *
   * <p>In jobs of half the slots, and no more tasks than twice the slots at a time: a single job
   * would send results as fast as executors make them, whether the driver is ready for them or not.
   */
  @Override
  public void stream(Stage stage, int tasks, Consumer<TaskReport> inOrder) {
    try (StageJobs jobs = new StageJobs(stage, tasks)) {
      Deque<Job> ahead = new ArrayDeque<>();
      int submitted = 0;
      for (int task = 0; task < tasks; task++) {
        int slots = slots();
        int batch = Math.max(1, slots / 2);
        while (submitted < tasks && submitted - task + batch <= 2 * slots) {
          int end = Math.min(tasks, submitted + batch);
          ahead.add(jobs.submit(submitted, end));
          submitted = end;
        }
        inOrder.accept(ahead.element().take(task));
        if (ahead.element().end() == task + 1) {
          ahead.remove();
        }
      }
    }
  }

  @Override
  public TaskReport alone(Stage stage, int task) {
    try (StageJobs jobs = new StageJobs(stage, task + 1)) {
      return jobs.submit(task, task + 1).next();
    }
  }

  /** {@inheritDoc} It changes as executors come and go. */
  @Override
  public int slots() {
    return SparkContexts.slots(context);
  }

  @Override
  public Faults faults() {
    return listener.faults();
  }

  @Override
  public void close() {
    context.removeSparkListener(listener);
    retire.accept(setup);
  }

  @Override
  public String place() {
    return context.master();
  }

  /** The jobs of one stage; those that still run when it is closed are cancelled. */
  private final class StageJobs implements AutoCloseable {
    private final Stage stage;
    private final TaskRange range;
    private final TaskCall call;
    private final List<Job> open = new ArrayList<>();

    StageJobs(Stage stage, int tasks) {
      this.stage = stage;
      range = new TaskRange(context, tasks);
      call = new TaskCall(setup, stage, body);
      listener.begin();
      context.setJobDescription(stage.description());
      context.setCallSite(stage.description());
    }

    Job submit(int start, int end) {
      open.removeIf(Job::isCompleted);
      Job job = new Job(stage, range, call, start, end);
      open.add(job);
      return job;
    }

    @Override
    public void close() {
      open.forEach(Job::cancel);
      context.clearCallSite();
      context.setJobDescription(null);
    }
  }

  /** A submitted Spark job, over some of the tasks of a stage. */
  private final class Job {
    private final Stage stage;
    private final int start;
    private final int end;
    private final Map<Integer, TaskReport> waiting = new HashMap<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final SimpleFutureAction<BoxedUnit> action;

    Job(Stage stage, TaskRange range, TaskCall call, int start, int end) {
      this.stage = stage;
      this.start = start;
      this.end = end;
      List<Object> partitions = new ArrayList<>();
      for (int task = start; task < end; task++) {
        partitions.add(task);
      }
      Function2<Object, TaskOutcome, BoxedUnit> taken =
          (partition, outcome) -> {
            events.add(new Event(outcome, null));
            return BoxedUnit.UNIT;
          };
      Function0<BoxedUnit> nothing = () -> BoxedUnit.UNIT;
      action =
          range
              .context()
              .submitJob(
                  range,
                  onExecutor(call),
                  JavaConverters.asScalaBuffer(partitions).toSeq(),
                  taken,
                  nothing);
      action.onComplete(
          (Try<BoxedUnit> result) -> {
            if (result.isFailure()) {
              events.add(new Event(null, result.failed().get()));
            }
            return BoxedUnit.UNIT;
          },
          SCHEDULER_THREAD);
    }

    /**
     * Waits for the next report.
     *
     * @throws StageFailedException if the job failed
     * @throws org.reverie.conf.UserException as {@link Patience#look}
     */
    TaskReport next() {
      try {
        Event event = patience.isPresent() ? take(patience.get()) : events.take();
        if (event.failure() != null) {
          throw failed(event.failure());
        }
        return event.outcome().get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StageFailedException(stage.description() + " was interrupted", e);
      }
    }

    private Event take(Patience most) throws InterruptedException {
      Event event = events.poll();
      while (event == null) {
        most.look(SparkContexts.executors(context), System.nanoTime());
        event = events.poll(Patience.LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
      return event;
    }

    /** As {@link #next}, for a given task; reports before their turn are kept. */
    TaskReport take(int task) {
      while (!waiting.containsKey(task)) {
        TaskReport report = next();
        waiting.put(report.task(), report);
      }
      return waiting.remove(task);
    }

    /** One past the last task. */
    int end() {
      return end;
    }

    boolean isCompleted() {
      return action.isCompleted();
    }

    void cancel() {
      action.cancel();
    }

    private StageFailedException failed(Throwable failure) {
      Optional<TaskFailure> told = Causes.first(failure, TaskFailure.class);
      if (told.isPresent()) {
        TaskFailure task = told.get();
        return StageFailedException.of(
            stage, task.task(), task.getCause() == null ? task : task.getCause());
      }
      // An executor vanished, or an error took it along: only Spark's words name the task, counted
      // in its job.
      String words = firstLine(failure.getMessage());
      Matcher found = SPARK_TASK.matcher(words);
      if (!found.find()) {
        return new StageFailedException(stage.description() + ": " + words, failure);
      }
      int task = start + Integer.parseInt(found.group(1));
      String message = stage.description() + ", task " + task + ": " + FullHeap.told(words);
      return words.contains("ExecutorLostFailure")
          ? StageFailedException.executorsLost(message, failure, task, listener.suspects(task))
          : new StageFailedException(message, failure);
    }
  }

  private static Function1<Iterator<Integer>, TaskOutcome> onExecutor(TaskCall call) {
    return (Function1<Iterator<Integer>, TaskOutcome> & Serializable)
        numbers -> call.perform(numbers.next());
  }

  private static String firstLine(String message) {
    return message == null ? "failed" : message.lines().findFirst().orElse("failed");
  }

  /** A result, or why there will be none. */
  private record Event(TaskOutcome outcome, Throwable failure) {}
}
