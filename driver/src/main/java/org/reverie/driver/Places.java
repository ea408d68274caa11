package org.reverie.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.reverie.conf.Causes;
import org.reverie.conf.UserException;
import org.reverie.executor.print.PrintTarget;

/** Paths and URIs as people write them. */
public final class Places {
  private static final String SPARKS = "spark.hadoop.";
  private static final Map<String, String> CREDENTIALS =
      Map.of(
          "AWS_ACCESS_KEY_ID", "fs.s3a.access.key",
          "AWS_SECRET_ACCESS_KEY", "fs.s3a.secret.key",
          "AWS_SESSION_TOKEN", "fs.s3a.session.token");

  private static final String SET_LOCALE =
      "Set LC_ALL to a locale of UTF-8 that this machine has (locale -a)";

  private Places() {}

  /** Hadoop's settings: its own files, and what Spark was told for it as spark.hadoop.*. */
  public static Configuration configuration() {
    Configuration configuration = new Configuration();
    for (String[] setting : settings()) {
      configuration.set(setting[0], setting[1]);
    }
    return configuration;
  }

  /** What Spark was told for Hadoop, which executors do not hear of by themselves: name, value. */
  public static String[][] settings() {
    Map<String, String> properties = new TreeMap<>();
    System.getProperties()
        .stringPropertyNames()
        .forEach(name -> properties.put(name, System.getProperty(name)));
    return settings(properties, System.getenv());
  }

  /**
   * The same of given properties, and credentials for S3 from an environment, which Spark hands to
   * executors too.
   */
  static String[][] settings(Map<String, String> properties, Map<String, String> environment) {
    Map<String, String> settings = new TreeMap<>();
    if (environment.containsKey("AWS_ACCESS_KEY_ID")
        && environment.containsKey("AWS_SECRET_ACCESS_KEY")) {
      CREDENTIALS.forEach(
          (variable, setting) -> {
            if (environment.containsKey(variable)) {
              settings.put(setting, environment.get(variable));
            }
          });
    }
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(SPARKS)) {
            settings.put(name.substring(SPARKS.length()), value);
          }
        });
    return settings.entrySet().stream()
        .map(setting -> new String[] {setting.getKey(), setting.getValue()})
        .toArray(String[][]::new);
  }

  /**
   * A path that Hadoop understands; without a scheme it lies on the default file system, relative
   * ones in the folder the program was started in.
   */
  public static Path path(String written, Configuration configuration) {
    if (written.isEmpty()) {
      throw UserException.of(
          "bad-path", "\"\"", "the name of a file or folder is empty", "Give a path or URI");
    }
    try {
      // Hadoop takes what stands before a colon for a scheme; a file's name may hold one.
      Path path = isUri(written) ? new Path(written) : new Path(null, null, written);
      if (written.matches("https?:/.*")) {
        // Hadoop has a file system for them, which cannot read from the middle of a file.
        throw UserException.of(
            "bad-path", written, "this is a web address", "Download it, and name the file");
      }
      Path qualified = fileSystem(path, configuration).makeQualified(path);
      if ("hdfs".equals(qualified.toUri().getScheme())
          && qualified.toUri().getPath().contains(":")) {
        throw UserException.of(
            "bad-path", written, "HDFS takes no colon in a name", "Choose a name without one");
      }
      if ("file".equals(qualified.toUri().getScheme())) {
        requireEncodable(written, qualified.toUri().getPath());
      }
      return qualified;
    } catch (IllegalArgumentException | IOException e) {
      Optional<UnknownHostException> unknown = Causes.first(e, UnknownHostException.class);
      if (unknown.isPresent()) {
        throw UserException.of(
            "no-host",
            written,
            "there is no host " + unknown.get().getMessage() + " that this machine knows",
            "Correct the name, or let Hadoop's settings say what it stands for",
            e);
      }
      throw UserException.of(
          "bad-path", written, "this is no path: " + e.getMessage(), "Give a path or URI", e);
    }
  }

  /** Whether a path means something else in another folder. */
  public static boolean isRelative(String written) {
    return !written.startsWith("/") && !isUri(written);
  }

  /** Whether a path names its file system. */
  static boolean isUri(String written) {
    return written.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*");
  }

  private static void requireEncodable(String written, String path) {
    if (!isEncodable(path)) {
      throw UserException.of(
          "bad-path",
          written,
          "the name does not fit the locale's encoding, " + System.getProperty("sun.jnu.encoding"),
          SET_LOCALE + ", or rename it");
    }
  }

  /**
   * Sees to it that Java can work in the current folder: where it cannot write its name, it fails
   * at whatever it first does with a file, without a word on the cause.
   *
   * @throws UserException if the locale's encoding does not know the folder's name
   */
  public static void requireCurrentFolder() {
    String folder = System.getProperty("user.dir");
    if (!isEncodable(folder)) {
      throw UserException.of(
          "bad-folder",
          folder,
          "the name of the current folder does not fit the locale's encoding, "
              + System.getProperty("sun.jnu.encoding"),
          SET_LOCALE + ", or work in another folder");
    }
  }

  /**
   * Java 17 reads and writes names by the encoding of the process' locale. What that does not know
   * it reads as U+FFFD.
   */
  private static boolean isEncodable(String path) {
    try {
      java.nio.file.Path unused = java.nio.file.Path.of(path);
      return path.indexOf('\uFFFD') < 0;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * The file system of a path, without the checksum files that Hadoop keeps beside local ones: no
   * print needs them, and their names cannot hold a colon.
   *
   * @throws UserException if this program has no connector for it, or if its server was not there
   *     when it was first asked
   */
  public static FileSystem fileSystem(Path path, Configuration configuration) throws IOException {
    try {
      FileSystem fileSystem = path.getFileSystem(configuration);
      FirstCall.at(fileSystem.getUri(), configuration);
      return fileSystem instanceof LocalFileSystem checked ? checked.getRaw() : fileSystem;
    } catch (UnsupportedFileSystemException e) {
      throw withoutConnector(path, e);
    } catch (RuntimeException e) {
      if (!(e.getCause() instanceof ClassNotFoundException)) {
        throw e;
      }
      throw withoutConnector(path, e);
    }
  }

  private static UserException withoutConnector(Path path, Throwable cause) {
    String scheme = path.toUri().getScheme();
    return UserException.of(
        "no-connector",
        path.toString(),
        "this program carries no connector for " + scheme,
        ("s3".equals(scheme) ? "Outside of Amazon EMR, write s3a://. " : "")
            + "Start it by deploy/submit, which takes the connectors of its Spark, with"
            + " --master 'local[*]' for this machine alone; where the master is a cluster's, --jars"
            + " in REVERIE_SPARK_OPTIONS adds them to ./reverie as well",
        cause);
  }

  /**
   * Creates a file, or empties it. A local one has the permissions that this process gives its
   * files; Hadoop would set those of its own umask.
   *
   * @param path as {@link #path} gives it; its folder is there
   */
  public static OutputStream create(Path path, Configuration configuration) throws IOException {
    FileSystem fileSystem = fileSystem(path, configuration);
    return fileSystem.getClass() == RawLocalFileSystem.class
        ? Files.newOutputStream(java.nio.file.Path.of(path.toUri().getPath()))
        : fileSystem.create(path, true);
  }

  /**
   * What tells a file from all others, by whatever path or link it is named. A local file that is
   * there is told by the file system's own key, so that hard links count too; one that is not, by
   * its folder.
   *
   * @param path as {@link #path} gives it
   */
  public static String identity(Path path) throws IOException {
    if (!"file".equals(path.toUri().getScheme())) {
      return path.toString();
    }
    java.nio.file.Path local =
        PrintTarget.behindLinks(java.nio.file.Path.of(path.toUri().getPath()));
    if (Files.exists(local)) {
      Object key = Files.readAttributes(local, BasicFileAttributes.class).fileKey();
      return key == null ? local.toRealPath().toString() : key.toString();
    }
    return real(local).toString();
  }

  /**
   * The {@link #identity} of a path, and of each folder that it lies in: by its name, and where
   * links lead.
   *
   * @param path as {@link #path} gives it
   */
  public static Set<String> identities(Path path) throws IOException {
    Set<String> identities = new HashSet<>();
    addIdentities(path, identities);
    if ("file".equals(path.toUri().getScheme())) {
      java.nio.file.Path local =
          PrintTarget.behindLinks(java.nio.file.Path.of(path.toUri().getPath()));
      addIdentities(new Path(real(local).toUri()), identities);
    }
    return identities;
  }

  private static void addIdentities(Path path, Set<String> identities) throws IOException {
    for (Path at = path; at != null; at = at.getParent()) {
      identities.add(identity(at));
    }
  }

  /** A local path without links, whether there is such a file or not. */
  private static java.nio.file.Path real(java.nio.file.Path local) throws IOException {
    java.nio.file.Path there = local;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return there == null ? local : there.toRealPath().resolve(there.relativize(local));
  }
}
