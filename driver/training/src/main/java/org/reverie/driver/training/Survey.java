package org.reverie.driver.training;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.reverie.conf.UserException;
import org.reverie.driver.Places;

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
   */
  record Finding(String hash, String problem, double[] colours) {}

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
    Configuration configuration = new Configuration();
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
      TrainingPicture picture = TrainingPicture.read(fileSystem, path, shorter);
      KeptPictures.keep(path.toString(), shorter, picture);
      return new Finding(hash, "", colours(picture));
    } catch (UserException e) {
      return new Finding("", e.problems().get(0).what(), new double[0]);
    } catch (IOException | ArithmeticException | IllegalArgumentException e) {
      return new Finding("", "it cannot be read: " + e.getMessage(), new double[0]);
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
