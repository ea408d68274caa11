package org.reverie.driver;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;

/** Paths and URIs as people write them. */
public final class Places {
  private static final String SPARKS = "spark.hadoop.";

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
  static String[][] settings() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith(SPARKS))
        .sorted()
        .map(name -> new String[] {name.substring(SPARKS.length()), System.getProperty(name)})
        .toArray(String[][]::new);
  }

  /**
   * A path that Hadoop understands; without a scheme it lies on the default file system, relative
   * ones in the folder the program was started in.
   */
  public static Path path(String written, Configuration configuration) {
    try {
      // Hadoop takes what stands before a colon for a scheme; a file's name may hold one.
      Path path =
          written.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*")
              ? new Path(written)
              : new Path(null, null, written);
      FileSystem fileSystem = path.getFileSystem(configuration);
      return fileSystem.makeQualified(path);
    } catch (IllegalArgumentException | IOException e) {
      throw UserException.of(
          "bad-path", written, "this is no path: " + e.getMessage(), "Give a path or URI", e);
    }
  }

  /** The same path with something added to its name. */
  public static Path beside(Path path, String suffix) {
    return new Path(path.getParent(), path.getName() + suffix);
  }

  /** A path as a person would write it: a local one without its scheme. */
  public static String written(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  /** The file system of a path, without the checksum files that Hadoop keeps beside local ones. */
  public static FileSystem unchecked(Path path, Configuration configuration) throws IOException {
    FileSystem fileSystem = path.getFileSystem(configuration);
    return fileSystem instanceof LocalFileSystem checked ? checked.getRaw() : fileSystem;
  }
}
