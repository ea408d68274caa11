package org.reverie.driver.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.ErrorHandler;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.OutputStreamAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sends all that Spark and other libraries log or print to a file, made when the first line comes.
 * Where Spark started this process, its logging is the cluster's and is left alone.
 */
final class LogFile {
  private static final String PATTERN = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5p [%t] %c{1.}: %m%n%ex";
  private static final long MAX_BYTES = 20L << 20;
  private static final int KEPT = 3;

  /** Of 255 that most file systems take, what is left beside {@code .log.1}. */
  private static final int MOST_NAME_BYTES = 255 - ".log.1".length();

  private static final Path FOLDER = Path.of(".reverie", "log");

  private static volatile Path file;

  private LogFile() {}

  /** Where this process logs to; empty where its logging was left alone. */
  static Optional<Path> ofThisProcess() {
    return Optional.ofNullable(file);
  }

  /**
   * The log of a print: {@code .reverie/log} beside it, or among the temporary files if that folder
   * is not here or cannot be written. Makes its folder.
   *
   * @param out path or URI of the print, or null
   */
  static Path beside(String out) {
    String name = name(out);
    return localFolder(out)
        .filter(Files::isDirectory)
        .map(folder -> folder.resolve(FOLDER).resolve(name + ".log"))
        .filter(LogFile::canBeWritten)
        .orElseGet(
            () ->
                Path.of(
                    System.getProperty("java.io.tmpdir"),
                    "reverie-log-" + System.getProperty("user.name"),
                    name + ".log"));
  }

  /** That of the print, where a file of the log can have it. */
  private static String name(String out) {
    String name = out == null ? "" : out.substring(out.lastIndexOf('/') + 1);
    try {
      Path unused = Path.of(name);
    } catch (InvalidPathException e) { // the locale's encoding does not know it
      return "reverie";
    }
    boolean usable =
        !name.isEmpty() && name.getBytes(StandardCharsets.UTF_8).length <= MOST_NAME_BYTES;
    return usable ? name : "reverie";
  }

  /** Some folders, such as those of /proc, let nobody write whatever their permissions say. */
  private static boolean canBeWritten(Path file) {
    try {
      Files.createDirectories(file.getParent());
      return Files.exists(file)
          ? Files.isRegularFile(file) && Files.isWritable(file)
          : Files.isWritable(file.getParent());
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes a log. */
  static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LoggerFactory.getLogger(LogFile.class).warn("cannot remove {}", file, e);
    }
  }

  /** Removes the folders made for a log that nothing was written to. */
  static void removeUnused(Path file) {
    Path folder = file.getParent();
    try {
      Files.deleteIfExists(folder);
      if (folder.endsWith(FOLDER)) {
        Files.deleteIfExists(folder.getParent());
      }
    } catch (DirectoryNotEmptyException e) {
      return; // there is a log, of this command or of another
    } catch (IOException e) {
      LoggerFactory.getLogger(LogFile.class).warn("cannot remove {}", folder, e);
    }
  }

  /**
   * Makes {@code file} the only place that anything is logged or printed to. Log4j is given a stream
   * and no name, which it would take for a pattern: a person's may hold {@code %} and {@code ${}.
   */
  static void redirectTo(Path file) {
    ConfigurationBuilder<BuiltConfiguration> builder =
        ConfigurationBuilderFactory.newConfigurationBuilder();
    builder.setStatusLevel(Level.OFF);
    builder.setShutdownHook("disable");
    builder.add(builder.newRootLogger(Level.INFO));
    BuiltConfiguration configuration = builder.build();
    Appender appender =
        OutputStreamAppender.newBuilder()
            .setName(file.toString())
            .setTarget(new RolledStream(file, MAX_BYTES, KEPT))
            .setLayout(PatternLayout.newBuilder().withPattern(PATTERN).build())
            .setConfiguration(configuration)
            .build();
    appender.setHandler(new NoWords());
    appender.start();
    configuration.addAppender(appender);
    configuration.getRootLogger().addAppender(appender, null, null);
    Configurator.reconfigure(configuration);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Logger printed = LoggerFactory.getLogger("printed");
    LogFile.file = file;
    System.setOut(new PrintStream(new Lines(printed), true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(new Lines(printed), true, StandardCharsets.UTF_8));
  }

  private static Optional<Path> localFolder(String out) {
    if (out == null) {
      return Optional.empty();
    }
    try {
      if (out.startsWith("file:")) {
        return Optional.ofNullable(Path.of(URI.create(out)).toAbsolutePath().getParent());
      }
      return out.contains("://")
          ? Optional.empty()
          : Optional.ofNullable(Path.of(out).toAbsolutePath().getParent());
    } catch (IllegalArgumentException e) { // no path: whoever opens it says so
      return Optional.empty();
    }
  }

  /**
   * Says nothing where a log cannot be written: Log4j's own would put a stack trace on the terminal
   * for each line, on a disk whose being full the command tells in one.
   */
  private static final class NoWords implements ErrorHandler {
    @Override
    public void error(String message) {}

    @Override
    public void error(String message, Throwable thrown) {}

    @Override
    public void error(String message, LogEvent event, Throwable thrown) {}
  }

  /** Logs what is printed, line by line. */
  private static final class Lines extends OutputStream {
    private final Logger logger;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(Logger logger) {
      this.logger = logger;
    }

    @Override
    public synchronized void write(int b) {
      if (b != '\n') {
        line.write(b);
      } else if (line.size() > 0) {
        logger.info("{}", line.toString(StandardCharsets.UTF_8));
        line.reset();
      }
    }
  }
}
