package org.reverie.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/**
 * Where a render reads and writes.
 *
 * @param name for people
 * @param root URI
 * @param settings of Hadoop that it needs
 * @param shaken disturbs it without losing anything
 * @param reads bytes that were read from it so far, where that is known
 * @param closed ends what was started for it
 */
record Storage(
    String name,
    String root,
    Map<String, String> settings,
    Runnable shaken,
    Optional<LongSupplier> reads,
    Runnable closed)
    implements AutoCloseable {
  private static final Pattern HTTP_PORT = Pattern.compile("(\\d+) \\(http/1\\.1\\)");
  private static final String BUCKET = "reverie";

  /** This machine's disk. */
  static Storage file(String folder) {
    return new Storage(
        "file",
        Folders.anew(folder).toUri().toString(),
        Map.of(),
        () -> {},
        Optional.empty(),
        () -> {});
  }

  /** A name node and two data nodes, which are shaken by a restart of one. */
  static Storage hdfs() {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, Folders.anew("hdfs").toString());
    configuration.setInt("dfs.replication", 2);
    try {
      MiniDFSCluster cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(2).build();
      cluster.waitActive();
      return new Storage(
          "hdfs",
          "hdfs://127.0.0.1:" + cluster.getNameNodePort() + "/",
          Map.of("dfs.replication", "2"),
          () -> {
            try {
              if (!cluster.restartDataNode(0)) {
                throw new IllegalStateException("the data node does not come back");
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          Optional.of(Storage::readFromDataNodes),
          cluster::shutdown);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adobe's S3Mock in a process of its own, which s3mock.xml keeps to loopback. */
  static Storage s3() {
    Path folder = Folders.anew("s3mock");
    Path log = Folders.TARGET.resolve("s3mock.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                Folders.TARGET.resolve("s3mock.jar").toString(),
                "--spring.main.sources="
                    + Folders.TARGET.resolve("test-classes/s3mock.xml").toUri(),
                "--spring.main.allow-bean-definition-overriding=true",
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--server.ssl.enabled=false",
                "--com.adobe.testing.s3mock.domain.initialBuckets=" + BUCKET,
                "--com.adobe.testing.s3mock.domain.root=" + folder));
    Process process = LocalCluster.process(folder, command, Map.of(), log);
    String port =
        Moments.await(60, () -> HTTP_PORT.matcher(LocalCluster.text(log)).find())
            ? port(LocalCluster.text(log))
            : null;
    if (port == null) {
      process.destroyForcibly();
      throw new IllegalStateException(LocalCluster.text(log));
    }
    Map<String, String> settings = new TreeMap<>();
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.connection.ssl.enabled", "false");
    // S3Mock answers a GET with the ETag it gave itself as if the object had changed.
    settings.put("fs.s3a.change.detection.mode", "none");
    settings.put("fs.s3a.access.key", "made-up");
    settings.put("fs.s3a.secret.key", "made-up");
    return new Storage(
        "s3a",
        "s3a://" + BUCKET + "/",
        settings,
        () -> {},
        Optional.empty(),
        () -> {
          process.destroy();
          LocalCluster.wait(process, 30);
        });
  }

  private static String port(String log) {
    Matcher found = HTTP_PORT.matcher(log);
    found.find();
    return found.group(1);
  }

  /** What the data nodes of this JVM sent to readers, in bytes. */
  private static long readFromDataNodes() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    long bytes = 0;
    try {
      for (ObjectName node :
          server.queryNames(
              new ObjectName("Hadoop:service=DataNode,name=DataNodeActivity-*"), null)) {
        bytes += (Long) server.getAttribute(node, "BytesRead");
      }
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
    return bytes;
  }

  /** Bytes that were read so far; empty where nobody counts. */
  OptionalLong read() {
    return reads.stream().mapToLong(LongSupplier::getAsLong).findFirst();
  }

  String uri(String path) {
    return root + path;
  }

  /** How Spark is told of the settings. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    settings.forEach(
        (key, value) -> options.addAll(List.of("--conf", "spark.hadoop." + key + "=" + value)));
    return options;
  }

  Configuration configuration() {
    Configuration configuration = new Configuration();
    settings.forEach(configuration::set);
    return configuration;
  }

  FileSystem fileSystem() {
    try {
      return FileSystem.get(URI.create(root), configuration());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closed.run();
  }
}
