package org.reverie.executor.agreement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Assumptions;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.brain.caffe.RandomCaffemodel;

/**
 * A network as it was published, in the folder beside the repository.
 *
 * @param definition its .prototxt
 * @param weights its .caffemodel, or null where only the definition was published
 */
record PublishedNetwork(Path definition, Path weights) {
  private static final Configuration CONFIGURATION = new Configuration(false);
  private static final long SEED = 1;

  /** A definition of {@code brains/definitions}, or a brain of {@code brains}. */
  static PublishedNetwork of(String name) {
    Path definition = shared("brains/definitions").resolve(name + ".prototxt");
    if (Files.exists(definition)) {
      return new PublishedNetwork(definition, null);
    }
    Path folder = shared("brains/" + name);
    return new PublishedNetwork(
        folder.resolve("deploy.prototxt"), folder.resolve(name + ".caffemodel"));
  }

  /** The names of all definitions without weights. */
  static List<String> definitions() {
    try (Stream<Path> files = Files.list(shared("brains/definitions"))) {
      return files.map(file -> file.getFileName().toString().replace(".prototxt", "")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads it, with random weights where it has none. */
  LoadedBrain read() throws IOException {
    Path from = weights == null ? definition : definition.getParent();
    OptionalLong seed = weights == null ? OptionalLong.of(SEED) : OptionalLong.empty();
    return BrainReader.read(
        FileSystem.getLocal(CONFIGURATION), new org.apache.hadoop.fs.Path(from.toUri()), seed);
  }

  /**
   * The .caffemodel that {@link #read} has its weights from; random ones are written.
   *
   * @param folder for what is written
   */
  Path caffemodel(LoadedBrain brain, Path folder) throws IOException {
    if (weights != null) {
      return weights;
    }
    Path file = folder.resolve("random.caffemodel");
    RandomCaffemodel.write(definition, brain.brain(), SEED, file);
    return file;
  }

  /** A file or folder beside the repository; skips the test where it is missing. */
  static Path shared(String name) {
    String given = System.getenv("REVERIE_SHARED");
    Path found = given == null ? null : Path.of(given);
    for (Path at = Path.of("").toAbsolutePath(); found == null && at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared").resolve("brains"))) {
        found = at.resolve("shared");
      }
    }
    Assumptions.assumeTrue(
        found != null && Files.exists(found.resolve(name)), "no " + name + " in a shared folder");
    return found.resolve(name);
  }
}
