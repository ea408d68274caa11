package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process says that is told to end before, while and after it works. */
@Timeout(60)
class InterruptionTest {
  private static final int ENDED_BY_SIGTERM = 143;

  @ParameterizedTest
  @CsvSource({
    "not-begun, 130, reverie: stopped before anything was begun",
    "watched, 3, told to end",
    "begun, 143, ''",
    "at-the-end, 7, 'by a signal: true'",
  })
  void aProcessThatIsToldToEndSaysHowItStands(String state, int status, String said)
      throws IOException, InterruptedException {
    Process process = start(state);
    try {
      assertEquals('r', process.getInputStream().read());
      process.toHandle().destroy(); // process.destroy() closes the streams as well
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      byte[] err = process.getErrorStream().readAllBytes();
      String last =
          new String(err, StandardCharsets.UTF_8).lines().reduce("", (before, line) -> line);
      assertEquals(status, process.exitValue(), last);
      assertEquals(said, status == ENDED_BY_SIGTERM ? "" : last);
    } finally {
      process.destroyForcibly();
    }
  }

  /** As Spark ends one whose driver has ended elsewhere. */
  @Test
  void aProcessThatEndsItselfIsNotEndedByASignal() throws IOException, InterruptedException {
    Process process = start("ending-itself");
    try {
      byte[] err = process.getErrorStream().readAllBytes();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertEquals(7, process.exitValue());
      assertEquals("by a signal: false", new String(err, StandardCharsets.UTF_8).strip());
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(String state) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
            Sleeper.class.getName(),
            state)
        .start();
  }

  /** Waits for a signal. */
  static final class Sleeper {
    private Sleeper() {}

    public static void main(String[] arguments) throws InterruptedException {
      Interruption.notBegun(System.err);
      if (arguments[0].equals("watched")) {
        Interruption.watch(() -> System.err.println("told to end"));
      } else if (!arguments[0].equals("not-begun")) {
        Interruption.begun();
      }
      if (arguments[0].equals("at-the-end") || arguments[0].equals("ending-itself")) {
        Interruption.atTheEnd(
            () -> {
              System.err.println("by a signal: " + Interruption.isBySignal());
              return 7;
            });
      }
      if (arguments[0].equals("ending-itself")) {
        System.exit(1);
      }
      System.out.print("ready");
      System.out.flush();
      Thread.sleep(60_000);
    }
  }
}
