package org.reverie.driver.batch;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.reverie.conf.BatchJob;
import org.reverie.driver.ProgressView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps how every work stands, and the report up to date: at once when a state changes, else every
 * few seconds while there is progress. A report that cannot be written is told once and stops no
 * render. Thread-safe.
 */
final class Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final String name;
  private final Optional<Instant> deadline;
  private final ReportFolder folder;
  private final Clock clock;
  private final Consumer<String> say;
  private final Instant began;
  private final Map<String, WorkRecord> records = new LinkedHashMap<>();
  private String state = "";
  private Instant written = Instant.EPOCH;
  private boolean complained;
  private boolean upToDate;

  Ledger(
      String name,
      List<BatchJob.Work> works,
      Optional<Instant> deadline,
      ReportFolder folder,
      Clock clock,
      Consumer<String> say) {
    this.name = name;
    this.deadline = deadline;
    this.folder = folder;
    this.clock = clock;
    this.say = say;
    this.began = clock.instant();
    works.forEach(work -> records.put(work.name(), WorkRecord.waiting(work)));
  }

  /** A print that stands from an earlier run. */
  synchronized void found(BatchJob.Work work, FinishedPrint print) {
    change(work, record -> record.found(print));
  }

  synchronized void open() {
    state = "running";
    write();
  }

  synchronized void begin(BatchJob.Work work) {
    change(work, record -> record.begin(clock.instant()));
    write();
  }

  synchronized void end(BatchJob.Work work, WorkState state, String detail, FinishedPrint print) {
    change(work, record -> record.end(state, detail, clock.instant(), print));
    write();
  }

  /** The last words; whatever comes later is not written any more. */
  synchronized void close(String state) {
    if (this.state.equals("running")) {
      this.state = state;
      if (state.equals("interrupted")) {
        records.replaceAll(
            (work, record) ->
                record.state() == WorkState.RUNNING
                    ? record.end(
                        WorkState.STOPPED, "the process was told to end", clock.instant(), null)
                    : record);
      }
      writeNow();
    }
  }

  /** Whether the report says how it stands. */
  synchronized boolean isUpToDate() {
    return upToDate;
  }

  synchronized FinishedPrint print(BatchJob.Work work) {
    return records.get(work.name()).print();
  }

  synchronized Collection<WorkState> states() {
    return records.values().stream().map(WorkRecord::state).toList();
  }

  synchronized BatchReport report() {
    return new BatchReport(
        name, state, began, clock.instant(), deadline, List.copyOf(records.values()));
  }

  /** Tells {@code view} as well as the report. */
  ProgressView watch(BatchJob.Work work, ProgressView view) {
    return new ProgressView() {
      @Override
      public void plan(String text) {
        view.plan(text);
      }

      @Override
      public void progress(double done, double total, String what, int retries) {
        view.progress(done, total, what, retries);
        Ledger.this.progress(work, done, total, what, retries);
      }

      @Override
      public void note(String text) {
        view.note(text);
      }

      @Override
      public void done(String print, Duration took, String lastLine) {
        view.done(print, took, lastLine);
        written(work);
      }
    };
  }

  private synchronized void progress(
      BatchJob.Work work, double done, double total, String what, int retries) {
    Instant now = clock.instant();
    change(work, record -> record.at(record.progress().next(done, total, what, retries, now)));
    if (Duration.between(written, now).compareTo(INTERVAL) >= 0) {
      write();
    }
  }

  private synchronized void written(BatchJob.Work work) {
    change(work, WorkRecord::written);
  }

  private void change(BatchJob.Work work, UnaryOperator<WorkRecord> change) {
    records.computeIfPresent(work.name(), (name, record) -> change.apply(record));
  }

  private void write() {
    if (state.equals("running")) {
      writeNow();
    }
  }

  private void writeNow() {
    written = clock.instant();
    upToDate = false;
    try {
      folder.write(report());
      upToDate = true;
    } catch (IOException e) {
      LOG.warn("the report cannot be written", e);
      if (!complained) {
        complained = true;
        say.accept("the report cannot be written: " + e.getMessage());
      }
    }
  }
}
