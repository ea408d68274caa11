package org.reverie.executor.place;

import org.apache.hadoop.fs.Path;

/** Paths made of others, and paths for people. */
public final class PathNames {
  private PathNames() {}

  /**
   * A file in a folder.
   *
   * @param name of one file; Hadoop's own constructor would take what stands before a colon in it
   *     for a scheme
   */
  public static Path inside(Path folder, String name) {
    return new Path(folder, new Path(null, null, name));
  }

  /** The same path with something added to its name. */
  public static Path beside(Path path, String suffix) {
    return inside(path.getParent(), path.getName() + suffix);
  }

  /** A path as a person would write it: a local one without its scheme. */
  public static String written(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }
}
