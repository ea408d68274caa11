package org.reverie.driver.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.logging.Logger;
import org.apache.logging.log4j.LogManager;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.driver.Origin;
import org.reverie.driver.ProgressView;
import org.reverie.driver.RenderOutcome;
import org.slf4j.LoggerFactory;

/** A process whose renderer talks by every way that libraries have, and then fails or waits. */
final class Chatterbox {
  private Chatterbox() {}

  public static void main(String[] arguments) {
    Terminal terminal = Terminal.ofThisProcess();
    if (arguments[0].equals("submitted")) {
      // As Spark's submission in this process: the outer command began the log.
      LogFile.redirectTo(LogFile.beside(arguments[1]));
      end("bug", arguments[1], terminal, null);
    }
    end(arguments[0], arguments[1], terminal, LogFile::redirectTo);
  }

  private static void end(String mode, String out, Terminal terminal, Consumer<Path> logStarter) {
    Reverie reverie =
        new Reverie(
            new ChattyRenderer(mode, terminal),
            (brain, layers) -> "",
            file -> "",
            terminal,
            logStarter);
    System.exit(reverie.run("render", "a.jpg", "--out", out).code());
  }

  private record ChattyRenderer(String mode, Terminal terminal) implements Renderer {
    @Override
    public RenderOutcome render(RenderJob job, Optional<Origin> origin, ProgressView view) {
      if (mode.equals("no log")) {
        loseLog();
      }
      LoggerFactory.getLogger("x").warn("by slf4j");
      LogManager.getLogger("x").warn("by log4j");
      Logger.getLogger("x").warning("by java.util.logging");
      System.out.println("by System.out");
      System.err.println("by System.err");
      if (mode.equals("user")) {
        throw UserException.of("missing-input", "a.jpg", "there is no such file", "Check it");
      }
      if (mode.equals("bug") || mode.equals("no log")) {
        throw new IllegalStateException("on purpose");
      }
      terminal.out().println("ready");
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return RenderOutcome.DONE;
    }

    /** No file can be in a folder whose place a file has taken. */
    private static void loseLog() {
      try {
        Files.delete(Path.of(".reverie/log"));
        Files.createFile(Path.of(".reverie/log"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void stop() {
      terminal.err().println("renderer was asked to stop");
    }
  }
}
