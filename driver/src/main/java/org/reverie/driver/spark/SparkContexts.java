package org.reverie.driver.spark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.util.Utils;
import org.reverie.conf.Master;
import org.reverie.conf.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts Spark with our settings. */
public final class SparkContexts {
  /** Attempts of a task before its stage fails. */
  private static final int ATTEMPTS = 4;

  private static final String STANDALONE = "spark://";

  /** How the name that Spark makes up for an application begins, until a master gives it one. */
  private static final String NEVER_REGISTERED = "spark-application-";

  private static final int ANSWER_MILLIS = 10_000;

  /** Spark asks a standalone master three times, 20 s each (StandaloneAppClient). */
  private static final int REGISTRATION_SECONDS = 60;

  /** A master that answers takes less, on a busy machine too. */
  private static final int PATIENCE_SECONDS = 5;

  /** Executors of a standalone cluster that has room are there within seconds. */
  static final int EXECUTOR_SECONDS = 30;

  /** Why a cluster may give no executor. */
  static final String NO_EXECUTOR =
      "its machines may be busy or gone, or none has the cores, memory or GPUs that are asked for";

  private static final Logger LOG = LoggerFactory.getLogger(SparkContexts.class);
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+|\\*)]");

  private SparkContexts() {}

  /**
   * Starts Spark.
   *
   * @param name of the application, for Spark's user interface
   * @param master the one asked for, or empty; one that stands in Spark's own settings
   *     (spark-submit, {@code -Dspark.master}) goes before it
   * @param slots tasks at a time where neither names a master
   * @param say told, in words for a person and by any thread, if a master or its executors let wait
   */
  static JavaSparkContext open(
      String name, Optional<String> master, int slots, Consumer<String> say) {
    return start(settings(new SparkConf(), name, master, slots), say);
  }

  /**
   * The same, for whoever sees to it by a {@link Patience} that there are executors.
   *
   * @param say told if a master lets wait
   */
  static JavaSparkContext openImpatiently(
      String name, Optional<String> master, int slots, Consumer<String> say) {
    return start(settings(new SparkConf(), name, master, slots), say, afterPatience());
  }

  /**
   * Starts Spark with settings that are complete.
   *
   * @param say as for {@link #open}
   * @throws UserException {@code no-master} if a cluster's master does not answer or take us
   */
  public static JavaSparkContext start(SparkConf conf, Consumer<String> say) {
    JavaSparkContext context = start(conf, say, afterPatience());
    if (isCluster(conf)) {
      watch(context, new ExecutorWatch(conf.get("spark.master"), say));
    }
    return context;
  }

  private static Executor afterPatience() {
    return CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void watch(JavaSparkContext context, ExecutorWatch watch) {
    context
        .sc()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                watch.lost(removed.reason());
              }
            });
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!context.sc().isStopped()) {
                  boolean awaited = context.statusTracker().getActiveJobIds().length > 0;
                  watch.look(executors(context.sc()), awaited, System.nanoTime());
                  Thread.sleep(Patience.LOOK_MILLIS);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "executor-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Executors that are there now, without the driver. */
  static int executors(SparkContext context) {
    return context.statusTracker().getExecutorInfos().length - 1;
  }

  /**
   * The same.
   *
   * @param later runs what is to be done if it takes long
   */
  static JavaSparkContext start(SparkConf conf, Consumer<String> say, Executor later) {
    String master = conf.get("spark.master");
    requireScratch(List.of(Utils.getConfiguredLocalDirs(conf)));
    if (!isCluster(conf)) {
      return new JavaSparkContext(conf);
    }
    if (!master.startsWith(STANDALONE)) {
      return begin(conf, master);
    }
    int places = master.split(",", -1).length;
    CompletableFuture<Void> telling =
        CompletableFuture.runAsync(
            () ->
                say.accept(
                    "waiting for Spark's master at %s to answer, for at most %d s"
                        .formatted(master, places * ANSWER_MILLIS / 1000 + REGISTRATION_SECONDS)),
            later);
    try {
      requireAnswer(master);
      return begin(conf, master);
    } finally {
      telling.cancel(false);
    }
  }

  /**
   * Spark ends the process where it can make none of its scratch folders.
   *
   * @throws UserException {@code no-scratch} if nothing can be written to any of them
   */
  static void requireScratch(List<String> folders) {
    List<String> refusals = new ArrayList<>();
    for (String folder : folders) {
      try {
        Path made = Files.createDirectories(Path.of(folder));
        Files.delete(Files.createTempDirectory(made, "reverie-probe"));
        return;
      } catch (IOException e) {
        refusals.add(folder + " (" + e + ")");
      }
    }
    throw UserException.of(
        "no-scratch",
        "SPARK_LOCAL_DIRS",
        "Spark can write to none of its scratch folders: " + String.join(", ", refusals),
        "Name a folder with room that you may write to, there or in spark.local.dir");
  }

  private static JavaSparkContext begin(SparkConf conf, String master) {
    JavaSparkContext context;
    try {
      context = new JavaSparkContext(conf);
    } catch (Exception e) { // Scala declares none of those that it throws
      LOG.error("Spark does not start", e);
      throw noMaster("Spark does not start with " + master + ": " + said(e));
    }
    if (master.startsWith(STANDALONE)
        && context.sc().applicationId().startsWith(NEVER_REGISTERED)) {
      // Spark has given up and stops itself, in a thread of its own.
      throw noMaster("what answers at " + master + " is no master of Spark, or has no time");
    }
    return context;
  }

  /** Spark itself would try for a minute, and may then wait for itself for ever. */
  private static void requireAnswer(String master) {
    List<String> refusals = new ArrayList<>();
    for (String place : master.substring(STANDALONE.length()).split(",", -1)) {
      try (Socket socket = new Socket()) {
        URI uri = new URI(STANDALONE + place);
        if (uri.getHost() == null || uri.getPort() < 0) {
          throw new URISyntaxException(place, "a master has a host and a port");
        }
        InetSocketAddress address = new InetSocketAddress(uri.getHost(), uri.getPort());
        if (address.isUnresolved()) {
          throw new UnknownHostException(uri.getHost());
        }
        socket.connect(address, ANSWER_MILLIS);
        return;
      } catch (URISyntaxException e) {
        refusals.add(e.getMessage());
      } catch (UnknownHostException e) {
        refusals.add("there is no host " + e.getMessage());
      } catch (IOException e) {
        refusals.add("nothing answers at " + place + " (" + e.getMessage() + ")");
      }
    }
    throw noMaster(String.join(", ", refusals));
  }

  /** What Spark says went wrong, as a part of a sentence. */
  static String said(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("\\.$", "");
  }

  private static UserException noMaster(String what) {
    return UserException.of(
        "no-master",
        "--master",
        what,
        "Start the master, correct its URL, or look at Spark's settings");
  }

  /**
   * Adds our settings to those that are given; what a person set stays.
   *
   * @throws UserException if there is no such kind of master
   */
  public static SparkConf settings(
      SparkConf conf, String name, Optional<String> master, int slots) {
    if (!conf.contains("spark.master")) {
      master
          .flatMap(named -> Master.problem("--master", named))
          .ifPresent(
              problem -> {
                throw new UserException(List.of(problem));
              });
      conf.setMaster(master.map(SparkContexts::withAttempts).orElse(localMaster(slots)));
    }
    conf.setIfMissing("spark.app.name", name);
    conf.set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    conf.set("spark.kryo.registrator", ReverieKryoRegistrator.class.getName());
    conf.set("spark.kryo.registrationRequired", "true");
    // A strip of a large print travels as one result.
    conf.setIfMissing("spark.kryoserializer.buffer.max", "1g");
    // Weights do not compress; two cores spend seconds trying.
    conf.setIfMissing("spark.broadcast.compress", "false");
    conf.set("spark.speculation", "false");
    conf.setIfMissing("spark.task.maxFailures", Integer.toString(ATTEMPTS));
    // Every task reads from the store: no executor is nearer than another.
    conf.setIfMissing("spark.locality.wait", "0s");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    String given = conf.get("spark.master");
    boolean local = !isCluster(conf);
    if (local || given.startsWith("spark://127.0.0.1:")) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      // Spark's page does not know of bindAddress: it would listen on all interfaces.
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    if (local) {
      // A process that was stopped for minutes, or a laptop that slept, would otherwise take itself
      // for a lost executor and end.
      conf.setIfMissing("spark.network.timeout", "14d");
      // In one process, a task out of memory must not take the driver along.
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
    }
    return conf;
  }

  /** Whether a master is named whose tasks run in other processes. */
  static boolean isCluster(SparkConf conf) {
    String master = conf.get("spark.master");
    return !master.equals("local") && !master.startsWith("local[");
  }

  /** GPUs of an executor. */
  static double gpus(SparkConf conf) {
    return conf.getDouble("spark.executor.resource.gpu.amount", 0);
  }

  /** A master in this process, whose tasks have as many attempts as on a cluster. */
  static String localMaster(int slots) {
    return "local[" + slots + "," + ATTEMPTS + "]";
  }

  /** {@code local[N]} gives each task one attempt whatever the settings say. */
  private static String withAttempts(String master) {
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      return "local[" + local.group(1) + "," + ATTEMPTS + "]";
    }
    return master.equals("local") ? localMaster(1) : master;
  }

  /** How many tasks run at the same time with the executors there are now; at least 1. */
  static int slots(SparkContext context) {
    SparkConf conf = context.conf();
    int taskCores = conf.getInt("spark.task.cpus", 1);
    if (context.isLocal()) {
      return Math.max(1, context.defaultParallelism() / taskCores);
    }
    int executors = Math.max(1, executors(context));
    int cores = conf.getInt("spark.executor.cores", context.defaultParallelism() / executors);
    int perExecutor = cores / taskCores;
    double gpus = gpus(conf);
    if (gpus > 0) {
      double taskGpus = conf.getDouble("spark.task.resource.gpu.amount", 1);
      perExecutor = Math.min(perExecutor, (int) (gpus / taskGpus));
    }
    return Math.max(1, executors * perExecutor);
  }
}
