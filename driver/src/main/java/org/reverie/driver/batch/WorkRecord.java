package org.reverie.driver.batch;

import java.time.Instant;
import org.reverie.conf.BatchJob;
import org.reverie.driver.ProgressView;

/**
 * How one work stands, for the report.
 *
 * @param work as it was asked for
 * @param state where it is
 * @param detail why it is there; empty where there is nothing to say
 * @param began in this run, or null
 * @param ended in this run, or null
 * @param progress how far it is
 * @param made whether this run wrote the print, not an earlier one
 * @param print what was made, or null
 */
record WorkRecord(
    BatchJob.Work work,
    WorkState state,
    String detail,
    Instant began,
    Instant ended,
    Progress progress,
    boolean made,
    FinishedPrint print) {
  /**
   * How far a work is; the units are those of {@link ProgressView#progress}.
   *
   * @param first megapixels that were done when this run began, or negative before the first word
   * @param at when it was told
   */
  record Progress(
      double first, double megapixels, double total, String what, int retries, Instant at) {
    static final Progress NONE = new Progress(-1, 0, 0, "", 0, Instant.EPOCH);

    Progress next(double megapixels, double total, String what, int retries, Instant at) {
      return new Progress(first < 0 ? megapixels : first, megapixels, total, what, retries, at);
    }

    /** Done of all, 0 .. 1. */
    double fraction() {
      return total > 0 ? Math.min(1, megapixels / total) : 0;
    }

    /** Megapixels per second since a work began; 0 if nothing is known. */
    double rate(Instant began) {
      double seconds = (at.toEpochMilli() - began.toEpochMilli()) / 1e3;
      return first < 0 || seconds < 1 ? 0 : (megapixels - first) / seconds;
    }
  }

  static WorkRecord waiting(BatchJob.Work work) {
    return new WorkRecord(work, WorkState.WAITING, "", null, null, Progress.NONE, false, null);
  }

  WorkRecord begin(Instant now) {
    return new WorkRecord(work, WorkState.RUNNING, "", now, null, Progress.NONE, false, print);
  }

  WorkRecord at(Progress progress) {
    return new WorkRecord(work, state, detail, began, ended, progress, made, print);
  }

  WorkRecord end(WorkState state, String detail, Instant now, FinishedPrint print) {
    return new WorkRecord(work, state, detail, began, now, progress, made, print);
  }

  WorkRecord found(FinishedPrint print) {
    return new WorkRecord(work, WorkState.DONE, detail, began, ended, progress, made, print);
  }

  WorkRecord written() {
    return new WorkRecord(work, state, detail, began, ended, progress, true, print);
  }
}
