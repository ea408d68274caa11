package org.reverie.driver.spark;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.spark.SparkException;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.reverie.conf.UserException;
import scala.Predef;
import scala.collection.JavaConverters;

/**
 * Hands a command to Spark's own submission, in this process: the way that {@code deploy/submit}
 * goes, without a Spark distribution. In client mode the command then runs in this process, with
 * the jar on all executors; in cluster mode it runs on a machine of the cluster.
 *
 * @param deploy the folder with {@code spark.conf}
 * @param jar what executors run
 * @param options for Spark, which go before those of {@code spark.conf}
 */
public record Submission(Path deploy, Path jar, List<String> options) {
  /**
   * The property that tells a submitted command how it was called: what goes before its arguments,
   * as a shell takes it.
   */
  public static final String COMMAND = "spark.reverie.command";

  private static final String MASTER = "spark.master";
  private static final String MODE = "spark.submit.deployMode";
  private static final String IN_POD = "spark.kubernetes.submitInDriver";
  private static final String CLUSTER = "cluster";
  private static final String SETTINGS = "spark.conf";

  /** What a jar for the cluster holds. */
  public enum Program {
    RENDERS("cpu", ""),
    TRAININGS("train", "-Ptrain ");

    private final String module;
    private final String profile;

    Program(String module, String profile) {
      this.module = module;
      this.profile = profile;
    }

    private Path jar(Path deploy) {
      return deploy.resolve("%1$s/target/reverie-%1$s.jar".formatted(module));
    }

    private String build() {
      return "mvn -Dquick -DskipTests %s-pl deploy/%s -am package".formatted(profile, module);
    }
  }

  /** Whether a master is a cluster's, and this process was not submitted to it yet. */
  public static boolean isNeeded(String master) {
    return master != null
        && !master.equals("in-process")
        && !master.equals("local")
        && !master.startsWith("local[")
        && System.getProperty(MASTER) == null;
  }

  /**
   * The submission of this process: {@code reverie.deploy} names the folder, {@code REVERIE_JAR}
   * another jar than the program's own, {@code REVERIE_SPARK_OPTIONS} further options for Spark.
   *
   * @throws UserException if there is no jar
   */
  public static Submission ofThisProcess(Program program) {
    String folder = System.getProperty("reverie.deploy");
    String given = System.getenv("REVERIE_JAR");
    if (folder == null) {
      throw UserException.of(
          "no-deploy-folder",
          "--master",
          "only ./reverie and spark-submit can run on a cluster",
          "Start Reverie by one of them");
    }
    Path deploy = Path.of(folder);
    Path jar = given == null ? program.jar(deploy) : Path.of(given);
    if (!Files.isReadable(jar)) {
      throw UserException.of(
          "no-jar",
          jar.toString(),
          "the jar for the cluster is missing",
          "Build it with " + program.build() + ", or name one in REVERIE_JAR");
    }
    return new Submission(deploy, jar, givenOptions());
  }

  private static List<String> givenOptions() {
    String options = System.getenv("REVERIE_SPARK_OPTIONS");
    return options == null || options.isBlank()
        ? List.of()
        : Arrays.asList(options.trim().split("\\s+"));
  }

  /**
   * Whether this process is a driver that Spark started on a machine of the cluster. On Kubernetes
   * Spark submits it once more there, in client mode, and tells it so by a setting of its own.
   */
  public static boolean isElsewhere() {
    return CLUSTER.equals(System.getProperty(MODE)) || Boolean.getBoolean(IN_POD);
  }

  /** Whether a command with this master runs elsewhere, or is one that does already. */
  public static boolean goesElsewhere(String master) {
    return isElsewhere() || (isNeeded(master) && isElsewhere(givenOptions(), System.getenv()));
  }

  /** Whether the command runs elsewhere, so that its status comes back by other ways. */
  public boolean runsElsewhere() {
    return isElsewhere(options, System.getenv());
  }

  /**
   * Whether Spark would take these options for deploy mode cluster, by an option, a setting, its
   * file of defaults or the environment. What it does not take it says when it is given the
   * command.
   */
  static boolean isElsewhere(List<String> options, Map<String, String> environment) {
    List<String> command = new ArrayList<>(List.of("--class", "any"));
    command.addAll(options);
    command.add("any.jar");
    try {
      return CLUSTER.equals(
          new SparkSubmitArguments(
                  JavaConverters.asScalaBuffer(command).toSeq(),
                  JavaConverters.mapAsScalaMap(environment).toMap(Predef.conforms()))
              .deployMode());
    } catch (Exception e) { // Scala declares none of those that it throws
      return false;
    }
  }

  /**
   * Submits. In client mode it returns when the command succeeded; otherwise the process ends with
   * the command's status.
   *
   * @param master URL
   * @param mainClass of the jar
   * @param settings further settings of Spark
   * @param arguments of the main class
   * @throws UserException {@code no-master} if Spark does not take master or settings
   */
  public void run(
      String master, String mainClass, Map<String, String> settings, List<String> arguments) {
    try {
      SparkSubmit.main(command(master, mainClass, settings, arguments).toArray(String[]::new));
    } catch (Exception e) { // Scala declares none of those that it throws
      if (e instanceof SparkException) {
        throw UserException.of(
            "no-master",
            "--master",
            "Spark does not take " + master + ": " + SparkContexts.said(e),
            "Correct it, or set what Spark asks for",
            e);
      }
      throw e;
    }
  }

  /** What {@code spark-submit} is called with. */
  List<String> command(
      String master, String mainClass, Map<String, String> settings, List<String> arguments) {
    Map<String, String> all = new TreeMap<>(ours());
    all.putAll(settings);
    List<String> command = new ArrayList<>();
    command.addAll(List.of("--master", master, "--class", mainClass, "--name", "Reverie"));
    all.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.addAll(options);
    command.add(jar.toUri().toString());
    command.addAll(arguments);
    return command;
  }

  private Map<String, String> ours() {
    Properties properties = new Properties();
    Path file = deploy.resolve(SETTINGS);
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException e) {
      throw UserException.of(
          "no-spark-conf",
          file.toString(),
          "Spark's settings cannot be read: " + e.getMessage(),
          "Take the deploy folder as it came",
          e);
    }
    Map<String, String> settings = new TreeMap<>();
    properties.forEach((key, value) -> settings.put((String) key, (String) value));
    return settings;
  }
}
