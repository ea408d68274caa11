package org.reverie.driver.spark;

import java.util.Arrays;
import java.util.List;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.work.StoppedException;
import org.reverie.executor.work.TaskReport;

/**
 * What comes back from a task: its report, the problems of a {@link UserException}, or neither if
 * it was not begun. Those travel as a result, since whatever is thrown Spark tries three times
 * more. A flat record.
 *
 * @param report the report, or null
 * @param problems code, where, what and remedy of each problem; empty beside a report
 */
record TaskOutcome(TaskReport report, String[][] problems) {
  static TaskOutcome done(TaskReport report) {
    return new TaskOutcome(report, new String[0][]);
  }

  static TaskOutcome refused(List<Problem> problems) {
    return new TaskOutcome(
        null,
        problems.stream()
            .map(p -> new String[] {p.code(), p.where(), p.what(), p.remedy()})
            .toArray(String[][]::new));
  }

  /** The time to stop had come before the task began. */
  static TaskOutcome stopped() {
    return new TaskOutcome(null, new String[0][]);
  }

  /**
   * The report.
   *
   * @throws UserException if the task refused
   * @throws StoppedException if it was not begun
   */
  TaskReport get() {
    if (problems.length > 0) {
      throw new UserException(
          Arrays.stream(problems).map(p -> new Problem(p[0], p[1], p[2], p[3])).toList());
    }
    if (report == null) {
      throw new StoppedException();
    }
    return report;
  }
}
