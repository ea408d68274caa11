package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What is said of a training that is stopped, before and after its first checkpoint. */
class FailuresTest {
  @Test
  void nothingIsSaidToBeKeptBeforeAnythingIs() {
    TestTerminal terminal = new TestTerminal(false, 80);
    Failures failures = new Failures(terminal.terminal(), "reverie train", "reverie train");
    TrainingProgress progress = new TrainingProgress(terminal.terminal());
    failures.keptIf(progress::isKept);
    assertEquals(ExitStatus.STOPPED, failures.stopped());
    progress.kept();
    failures.stopped();
    assertEquals(
        "Nothing is kept yet that could be gone on from. To begin again: reverie train\n"
            + "What is done is kept. To resume: reverie train\n",
        terminal.err());
  }
}
