package org.reverie.driver.spark;

import java.util.Arrays;
import java.util.List;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.work.TaskReport;

/**
 * What comes back from a task: its report, or the problems of a {@link UserException}. Those travel
 * as a result, since whatever is thrown Spark tries three times more. A flat record.
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

  /**
   * The report.
   *
   * @throws UserException if there is none
   */
  TaskReport get() {
    if (problems.length > 0) {
      throw new UserException(
          Arrays.stream(problems).map(p -> new Problem(p[0], p[1], p[2], p[3])).toList());
    }
    return report;
  }
}
