package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.driver.StageFailedException;
import org.reverie.executor.engine.DeviceLostException;

/** What is said of what went wrong, and with which status. */
class FailuresTest {
  @Test
  void aLostDeviceIsNoMistakeOfOurs() {
    TestTerminal terminal = new TestTerminal(false, 80);
    Failures failures = new Failures(terminal.terminal(), "reverie bench", "reverie bench");
    DeviceLostException lost = new DeviceLostException("a launch failed");
    assertEquals(ExitStatus.STOPPED, failures.report(new IllegalStateException(lost), null));
    assertTrue(terminal.err().startsWith("reverie: stopped: " + lost.getMessage()), terminal.err());
  }

  /** It would have been written to the disk that is full. */
  @Test
  void aLogThatCouldNotBeWrittenIsNotNamed(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("x.tif.log");
    for (String written : List.of("", "trace")) {
      Files.writeString(log, written);
      TestTerminal terminal = new TestTerminal(false, 80);
      Failures failures = new Failures(terminal.terminal(), "reverie render", "reverie render");
      Exception full = new StageFailedException("No space left on device", null);
      assertEquals(ExitStatus.STOPPED, failures.report(full, log));
      assertEquals(
          !written.isEmpty(),
          terminal.err().contains("The log with all of it: " + log),
          terminal.err());
    }
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

  /** As HDFS's client says it where a name node is down. */
  @Test
  void aServerThatIsNotThereIsNoMistakeOfOurs() {
    TestTerminal terminal = new TestTerminal(false, 80);
    Failures failures = new Failures(terminal.terminal(), "reverie render", "reverie render");
    Exception refused = new ConnectException("Call From vm/127.0.0.1 to localhost:1 failed");
    assertEquals(
        ExitStatus.INPUT,
        failures.report(new UncheckedIOException(new IOException(refused)), null));
    assertEquals(
        "reverie: a server of files is not there or does not answer: Call From vm/127.0.0.1 to"
            + " localhost:1 failed. Check its name in the paths and settings that were given, that it"
            + " runs, and the connection\n",
        terminal.err());
  }

  /** As S3A says it where it finds no credentials, and a bucket that is another's. */
  @Test
  void aServerThatRefusesIsNoMistakeOfOurs() {
    IOException none = new AccessDeniedException("s3a://a/b.tif", null, "No AWS Credentials");
    none.initCause(new ConnectException("nobody has credentials at 169.254.169.254"));
    for (IOException refusal :
        List.of(
            none,
            new AccessDeniedException("/prints/b.tif"),
            new AccessControlException("Permission denied: user=me, inode=/prints"))) {
      TestTerminal terminal = new TestTerminal(false, 80);
      Failures failures = new Failures(terminal.terminal(), "reverie render", "reverie render");
      assertEquals(ExitStatus.INPUT, failures.report(new UncheckedIOException(refusal), null));
      String words =
          refusal.getMessage().equals("/prints/b.tif")
              ? "/prints/b.tif: access is denied"
              : refusal.getMessage();
      assertEquals(
          "reverie: a file or folder cannot be used: "
              + words
              + ". Check the names that were given, and the credentials and permissions there\n",
          terminal.err());
    }
  }

  /** What is done is kept then. */
  @Test
  void aServerThatIsLostInTheMiddleIsAStop() {
    TestTerminal terminal = new TestTerminal(false, 80);
    Failures failures = new Failures(terminal.terminal(), "reverie render", "reverie render");
    Exception lost = new StageFailedException("stage", new ConnectException("gone"));
    assertEquals(ExitStatus.STOPPED, failures.report(lost, null));
  }
}
