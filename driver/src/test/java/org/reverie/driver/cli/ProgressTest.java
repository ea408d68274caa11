package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.BatchJob;
import org.reverie.driver.Spans;
import org.reverie.driver.batch.WorkState;

final class ProgressTest {
  private long nanos = 1_000_000_000_000L;

  @Test
  void aTerminalHasOneLineThatIsDrawnAnew() {
    TestTerminal terminal = new TestTerminal(true, 80);
    Progress progress = progress(terminal);
    progress.progress(0, 60, "octave 1 of 3", 0);
    assertEquals("  0 %  octave 1 of 3  0.0 of 60.0 Mpx", terminal.seen());
    for (int second = 1; second <= 20; second++) {
      pass(1);
      progress.progress(second, 60, "octave 1 of 3", 0);
    }
    assertEquals(" 33 %  octave 1 of 3  20.0 of 60.0 Mpx  1.00 Mpx/s  40 s left", terminal.seen());
    assertFalse(terminal.err().contains("\n"));
  }

  @Test
  void withoutATerminalALineComesEveryThirtySeconds() {
    TestTerminal terminal = new TestTerminal(false, 80);
    Progress progress = progress(terminal);
    progress.progress(0, 600, "octave 1 of 3", 0);
    for (int second = 1; second <= 95; second++) {
      pass(1);
      progress.progress(second, 600, "octave 1 of 3", second > 70 ? 2 : second > 40 ? 1 : 0);
    }
    assertEquals(
        """
          5 %  octave 1 of 3  30.0 of 600.0 Mpx  1.00 Mpx/s  9 min 30 s left
         10 %  octave 1 of 3  60.0 of 600.0 Mpx  1.00 Mpx/s  9 min 0 s left  1 retry
         15 %  octave 1 of 3  90.0 of 600.0 Mpx  1.00 Mpx/s  8 min 30 s left  2 retries
        """,
        terminal.err());
    assertFalse(terminal.err().contains("\r"));
  }

  @Test
  void whatWasThereAlreadyIsNotTakenForSpeed() {
    TestTerminal terminal = new TestTerminal(true, 80);
    Progress progress = progress(terminal);
    progress.progress(50, 100, "resumed", 0);
    for (int second = 1; second <= 10; second++) {
      pass(1);
      progress.progress(50 + second * 0.5, 100, "resumed", 0);
    }
    assertTrue(terminal.seen().contains("0.500 Mpx/s  1 min 30 s left"), terminal::seen);
  }

  @Test
  void theTimeLeftGrowsWhileNothingFinishes() {
    TestTerminal terminal = new TestTerminal(true, 80);
    Progress progress = progress(terminal);
    progress.progress(0, 100, "stuck", 0);
    pass(10);
    progress.progress(10, 100, "stuck", 0);
    assertTrue(terminal.seen().contains("1 min 30 s left"), terminal::seen);
    for (int second = 0; second < 10; second++) {
      pass(1);
      progress.tick();
    }
    assertTrue(terminal.seen().contains("3 min 19 s left"), terminal::seen);
  }

  @Test
  void aSlowerOctaveIsBelievedAfterAWhile() {
    TestTerminal terminal = new TestTerminal(true, 80);
    Progress progress = progress(terminal);
    progress.progress(0, 1000, "", 0);
    double done = 0;
    for (int second = 1; second <= 300; second++) {
      pass(1);
      done += second <= 60 ? 4 : 1;
      progress.progress(done, 1000, "", 0);
    }
    double rate = Double.parseDouble(terminal.seen().replaceAll(".*Mpx  (.*) Mpx/s.*", "$1"));
    assertTrue(rate > 1 && rate < 1.25, terminal::seen);
  }

  @Test
  void noRateIsShownBeforeThereIsOne() {
    TestTerminal terminal = new TestTerminal(true, 80);
    Progress progress = progress(terminal);
    progress.progress(0, 100, "start", 0);
    pass(60);
    progress.tick();
    assertEquals("  0 %  start  0.0 of 100.0 Mpx", terminal.seen());
    assertFalse(terminal.seen().contains("left"));
  }

  @Test
  void theLineNeverWrapsAndLeavesNothingBehind() {
    TestTerminal terminal = new TestTerminal(true, 40);
    Progress progress = progress(terminal);
    progress.progress(0, 100, "a-very-long-description-of-what-is-running-now", 0);
    assertEquals(39, terminal.seen().length());
    pass(1);
    progress.progress(1, 100, "short", 0);
    assertEquals("  1 %  short  1.0 of 100.0 Mpx", terminal.seen());
    progress.note("The ImageNet mean is used.");
    assertEquals("The ImageNet mean is used.", terminal.seen());
  }

  @Test
  void planComesFirstAndTheResultLast() {
    TestTerminal terminal = new TestTerminal(true, 80);
    Progress progress = progress(terminal);
    progress.plan("900 x 900 px\n");
    progress.progress(0, 1, "x", 0);
    progress.done("dream.tif", Duration.ofSeconds(123), "No seam: worst z is 1.2");
    assertEquals(
        "900 x 900 px\n\nWrote dream.tif in 2 min 3 s\nNo seam: worst z is 1.2\n", terminal.out());
    assertEquals("", terminal.seen());
  }

  /** A render goes on for a moment after Ctrl-C, and another thread has said how to resume it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingFollowsOnceItWasToldToBeSilent(boolean live) {
    TestTerminal terminal = new TestTerminal(live, 80);
    Progress progress = progress(terminal);
    progress.progress(1, 100, "octave 1 of 3", 0);
    progress.silence();
    String before = terminal.err();
    pass(60);
    progress.progress(2, 100, "octave 1 of 3", 0);
    pass(60);
    progress.tick();
    progress.note("task 3 runs alone");
    progress.plan("900 x 900 px");
    assertEquals(before, terminal.err());
    assertEquals("", terminal.out());
    progress.done("dream.tif", Duration.ofSeconds(1), "");
    assertEquals("Wrote dream.tif in 1.0 s\n", terminal.out());
  }

  @Test
  void aTrainingThatIsToldToBeSilentKeepsItsLine() {
    TestTerminal terminal = new TestTerminal(true, 80);
    TrainingProgress progress = new TrainingProgress(terminal.terminal());
    progress.progress("step 1 of 9");
    progress.silence();
    progress.progress("step 2 of 9");
    progress.note("the time is up");
    progress.end();
    assertEquals("step 1 of 9", terminal.seen());
  }

  @Test
  void aBatchThatIsToldToBeSilentBeginsNoHeadline() {
    TestTerminal terminal = new TestTerminal(true, 80);
    Failures failures = new Failures(terminal.terminal(), "reverie batch n.yaml", "reverie batch");
    BatchProgress progress = new BatchProgress(terminal.terminal(), failures, null);
    BatchJob.Work work = new BatchJob.Work("Sky", 0, null);
    progress.begin(work, 1, 2).progress(1, 100, "octave 1 of 3", 0);
    progress.silence();
    String before = terminal.out() + terminal.err();
    progress.end(work, WorkState.STOPPED, "Spark was stopped", null);
    progress.begin(work, 2, 2).progress(1, 100, "octave 1 of 3", 0);
    progress.note("carrying on");
    assertEquals(before, terminal.out() + terminal.err());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0 s",
    "9.94, 9.9 s",
    "9.96, 10 s",
    "59.4, 59 s",
    "59.6, 1 min 0 s",
    "3599.4, 59 min 59 s",
    "3600, 1 h 0 min",
    "86399, 23 h 59 min",
    "86400, 1 d 0 h",
    "1e12, more than 100 days"
  })
  void timesAreSaidInTwoUnits(double seconds, String expected) {
    assertEquals(expected, Spans.people(seconds));
  }

  private Progress progress(TestTerminal terminal) {
    return new Progress(terminal.terminal(), () -> nanos);
  }

  private void pass(double seconds) {
    nanos += Math.round(seconds * 1e9);
  }
}
