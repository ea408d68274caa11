package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.reverie.executor.engine.DeviceLostException;

class FailuresTest {
  @Test
  void aLostDeviceIsNoMistakeOfOurs() {
    TestTerminal terminal = new TestTerminal(false, 80);
    Failures failures = new Failures(terminal.terminal(), "reverie bench", "reverie bench");
    DeviceLostException lost = new DeviceLostException("a launch failed");
    assertEquals(ExitStatus.STOPPED, failures.report(new IllegalStateException(lost), null));
    assertTrue(terminal.err().startsWith("reverie: stopped: " + lost.getMessage()), terminal.err());
  }

  /** Of a training, before and after its first checkpoint. */
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
