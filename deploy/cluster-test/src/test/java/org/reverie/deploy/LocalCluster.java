package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A cluster that {@code deploy/local-cluster} started, and what runs on it. */
final class LocalCluster implements AutoCloseable {
  private static final Pattern STORED = Pattern.compile("stored (octave .* tile \\d+)$");
  private static final Path SCRIPT = Folders.ROOT.resolve("deploy/local-cluster");

  private final Path folder;
  private final String master;
  private final List<Process> drivers = new CopyOnWriteArrayList<>();

  private LocalCluster(Path folder, String master) {
    this.folder = folder;
    this.master = master;
  }

  /** Starts one, with options as the script takes them. */
  static LocalCluster start(String name, Map<String, String> environment, String... options) {
    Path folder = Folders.anew(name);
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), "start"));
    command.addAll(List.of(options));
    Path log = folder.resolveSibling(name + ".log");
    Process process = process(folder, command, environment, log);
    assertEquals(0, wait(process, 120), () -> text(log));
    return new LocalCluster(folder, text(folder.resolve("master")).strip());
  }

  String master() {
    return master;
  }

  Path home() {
    return folder.resolve("spark");
  }

  /**
   * Runs {@code deploy/submit}.
   *
   * @param options of Spark
   * @param command of Reverie
   * @param log takes all that is printed
   */
  Process submit(List<String> options, List<String> command, Path log) {
    return submit(Map.of(), options, command, log);
  }

  /** The same with an environment. */
  Process submit(
      Map<String, String> environment, List<String> options, List<String> command, Path log) {
    List<String> words = new ArrayList<>();
    words.add(Folders.ROOT.resolve("deploy/submit").toString());
    words.addAll(options);
    words.add("--");
    words.addAll(command);
    Map<String, String> all = new TreeMap<>(environment);
    all.put("SPARK_HOME", home().toString());
    return driver(words, all, log);
  }

  /**
   * Runs {@code deploy/submit --check}.
   *
   * @param options of Spark
   * @param more of the check
   * @param log takes all that is printed
   */
  Process check(List<String> options, List<String> more, Path log) {
    List<String> words = new ArrayList<>();
    words.add(Folders.ROOT.resolve("deploy/submit").toString());
    words.addAll(options);
    words.add("--check");
    words.addAll(more);
    return driver(words, Map.of("SPARK_HOME", home().toString()), log);
  }

  /**
   * Runs {@code ./reverie}'s program. Its class path is Spark's, as in a submission, and then the
   * jar.
   *
   * @param environment of the process
   * @param command of Reverie
   */
  Process reverie(Map<String, String> environment, List<String> command, Path log) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String opening : System.getProperty("spark.opens").split(" ")) {
      words.add(opening);
    }
    words.add("-Xmx512m");
    words.add("-Dreverie.deploy=" + Folders.ROOT.resolve("deploy"));
    words.addAll(List.of("-cp", home() + "/conf/:" + home() + "/jars/*:" + Folders.jar()));
    words.add("org.reverie.driver.cli.Reverie");
    words.addAll(command);
    return driver(words, environment, log);
  }

  private Process driver(List<String> words, Map<String, String> environment, Path log) {
    Process process = process(folder, words, environment, log);
    drivers.add(process);
    return process;
  }

  /** The executors that live, oldest first. */
  List<ProcessHandle> executors() {
    return workers()
        .flatMap(ProcessHandle::children)
        .filter(child -> words(child).contains("CoarseGrainedExecutorBackend"))
        .sorted(
            (a, b) ->
                a.info()
                    .startInstant()
                    .orElseThrow()
                    .compareTo(b.info().startInstant().orElseThrow()))
        .toList();
  }

  /** What was stored by tasks so far, as executors logged it: a line for each time. */
  List<String> stored() {
    return storedByExecutor().values().stream().flatMap(List::stream).toList();
  }

  /** The same for each executor, by its folder. */
  Map<String, List<String>> storedByExecutor() {
    Map<String, List<String>> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("work"))) {
      for (Path file : files.filter(path -> path.endsWith("stderr")).toList()) {
        List<String> stored = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
          Matcher found = STORED.matcher(line);
          if (found.find()) {
            stored.add(found.group(1));
          }
        }
        all.put(file.getParent().toString(), stored);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** Removes the logs of applications that ended. */
  void forget() {
    for (int attempt = 0; ; attempt++) {
      try {
        try (Stream<Path> workers = Files.list(folder.resolve("work"))) {
          for (Path worker : workers.toList()) {
            Folders.empty(worker);
          }
        }
        return;
      } catch (UncheckedIOException | IOException e) {
        // An executor that ends still writes.
        if (attempt == 50) {
          throw new IllegalStateException(e);
        }
        Moments.pause(100);
      }
    }
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    // Of a test that failed before its own had ended.
    for (Process driver : drivers) {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly();
    }
    Process process =
        process(
            folder,
            List.of(SCRIPT.toString(), "stop"),
            Map.of(),
            folder.resolveSibling("stop.log"));
    assertEquals(0, wait(process, 60));
  }

  /** Waits for the end of a process and says its status. */
  static int wait(Process process, int seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end within " + seconds + " s: " + process.info());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Process process(
      Path folder, List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JDK_JAVA_OPTIONS", JavaOptions.variable());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("REVERIE_CLUSTER", folder.toString());
    builder
        .environment()
        .put(
            "REVERIE_CLUSTER_JARS",
            text(Folders.ROOT.resolve("deploy/spark/target/spark.classpath")).strip());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream<ProcessHandle> workers() {
    return text(folder.resolve("processes"))
        .lines()
        .filter(line -> line.contains("worker"))
        .map(line -> Long.parseLong(line.split(" ")[0]))
        .flatMap(pid -> ProcessHandle.of(pid).stream());
  }

  /** A command line; that of ProcessHandle ends after 4 kB on some machines. */
  private static String words(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return process.info().commandLine().orElse("");
    }
  }
}
