package org.reverie.driver.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.reverie.conf.Counted;
import org.reverie.conf.UserException;
import org.reverie.driver.Places;
import org.reverie.executor.place.PathNames;

/**
 * One look at every file, on the executors: can it be decoded, what is its hash, which colours has
 * it.
 */
final class Survey {
  private static final int PARTS_PER_SLOT = 4;
  private static final int LARGEST_PARTS = 4096;

  private Survey() {}

  /**
   * What was found of one file.
   *
   * @param hash SHA-256, lower-case hexadecimal
   * @param problem why it cannot be used; empty if it can
   * @param colours sums over pixels of 0..255 values: count, red, green, blue, then the products
   *     rr, rg, rb, gg, gb, bb
   * @param isProfileIgnored as {@link TrainingPicture.Decoded} has it
   * @param pages as {@link TrainingPicture.Decoded} has them
   * @param absentFrom the machine on which there is no such file; empty if there is one
   */
  record Finding(
      String hash,
      String problem,
      double[] colours,
      boolean isProfileIgnored,
      int pages,
      String absentFrom) {
    /** Of a file that cannot be used. */
    static Finding unusable(String problem) {
      return new Finding("", problem, new double[0], false, 0, "");
    }

    /** Of a file that is not there. */
    static Finding absent(String problem, String machine) {
      return new Finding("", problem, new double[0], false, 0, machine);
    }
  }

  /**
   * Refuses pictures that lie on the driver's machine and not on those of the executors: a training
   * would otherwise pass over those that fell to such a machine.
   *
   * @param paths of the files, which the driver has found
   * @param findings of each
   * @throws UserException {@code images-not-shared}
   */
  static void requireShared(String images, String[] paths, List<Finding> findings) {
    int[] absent = indices(findings, finding -> !finding.absentFrom().isEmpty());
    if (absent.length == 0) {
      return;
    }
    throw UserException.of(
        "images-not-shared",
        images,
        "%d of %s are not there for executors, such as %s on %s"
            .formatted(
                absent.length,
                Counted.of(paths.length, "file"),
                PathNames.written(new Path(paths[absent[0]])),
                findings.get(absent[0]).absentFrom()),
        "Put the pictures where all machines see them by that path, such as hdfs: or a shared disk");
  }

  /**
   * What people should know of the pictures that are used.
   *
   * @param paths of the files
   * @param findings of each
   * @return a line for each kind of thing, with the first file of that kind
   */
  static List<String> notes(String[] paths, List<Finding> findings) {
    List<String> notes = new ArrayList<>();
    note(
        notes,
        paths,
        indices(findings, Finding::isProfileIgnored),
        "has a colour profile that cannot be used; its colours are taken as they are",
        "have a colour profile that cannot be used; their colours are taken as they are");
    note(
        notes,
        paths,
        indices(findings, finding -> finding.pages() > 1),
        "has more pages than one; the first is taken",
        "have more pages than one; the first of each is taken");
    return notes;
  }

  private static int[] indices(List<Finding> findings, Predicate<Finding> kind) {
    return IntStream.range(0, findings.size()).filter(i -> kind.test(findings.get(i))).toArray();
  }

  private static void note(
      List<String> notes, String[] paths, int[] indices, String one, String many) {
    if (indices.length == 0) {
      return;
    }
    String path = PathNames.written(new Path(paths[indices[0]]));
    notes.add(
        indices.length == 1
            ? path + " " + one
            : "%s %s (first %s)".formatted(Counted.of(indices.length, "picture"), many, path));
  }

  /** Looks at all of them, in their order. */
  static List<Finding> of(JavaSparkContext spark, String[] paths, int size) {
    Broadcast<String[]> all = spark.broadcast(paths);
    int parts =
        Math.max(
            1,
            Math.min(
                paths.length,
                Math.min(LARGEST_PARTS, PARTS_PER_SLOT * spark.defaultParallelism())));
    List<Integer> indices = IntStream.range(0, paths.length).boxed().toList();
    List<Finding> findings =
        spark
            .parallelize(new ArrayList<>(indices), parts)
            .mapPartitions(part -> look(all.value(), part, size))
            .collect();
    all.destroy();
    return findings;
  }

  private static Iterator<Finding> look(String[] paths, Iterator<Integer> part, int size)
      throws IOException {
    Configuration configuration = ExecutorFiles.configuration();
    List<Finding> findings = new ArrayList<>();
    while (part.hasNext()) {
      Path path = new Path(paths[part.next()]);
      findings.add(look(Places.fileSystem(path, configuration), path, size));
    }
    return findings.iterator();
  }

  /** Looks at one. */
  static Finding look(FileSystem fileSystem, Path path, int size) {
    try {
      String hash = hash(fileSystem, path);
      int shorter = BatchLoader.shorter(size);
      TrainingPicture.Decoded decoded = TrainingPicture.decode(fileSystem, path, shorter);
      KeptPictures.keep(path.toString(), shorter, decoded.picture());
      return new Finding(
          hash, "", colours(decoded.picture()), decoded.isProfileIgnored(), decoded.pages(), "");
    } catch (UserException e) {
      return Finding.unusable(e.problems().get(0).what());
    } catch (IOException | ArithmeticException | IllegalArgumentException e) {
      String problem = "it cannot be read: " + e.getMessage();
      return e instanceof FileNotFoundException && !exists(fileSystem, path)
          ? Finding.absent(problem, machine())
          : Finding.unusable(problem);
    }
  }

  /** What Spark calls the one that this runs on. */
  private static String machine() {
    SparkEnv spark = SparkEnv.get();
    return spark == null ? "this machine" : spark.blockManager().blockManagerId().host();
  }

  /** Also where that cannot be told; a file that may not be read is called not found too. */
  private static boolean exists(FileSystem fileSystem, Path path) {
    try {
      return fileSystem.exists(path);
    } catch (IOException e) {
      return true;
    }
  }

  private static String hash(FileSystem fileSystem, Path path) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    try (DigestInputStream in = new DigestInputStream(fileSystem.open(path), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static double[] colours(TrainingPicture picture) {
    int each = picture.width() * picture.height();
    double[] sums = new double[10];
    sums[0] = each;
    byte[] planes = picture.planes();
    for (int i = 0; i < each; i++) {
      double red = planes[i] & 0xFF;
      double green = planes[each + i] & 0xFF;
      double blue = planes[2 * each + i] & 0xFF;
      sums[1] += red;
      sums[2] += green;
      sums[3] += blue;
      sums[4] += red * red;
      sums[5] += red * green;
      sums[6] += red * blue;
      sums[7] += green * green;
      sums[8] += green * blue;
      sums[9] += blue * blue;
    }
    return sums;
  }
}
