package org.reverie.driver.training;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.reverie.conf.Counted;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.driver.Inspection;
import org.reverie.driver.MotifRequest;
import org.reverie.driver.Overwriting;
import org.reverie.driver.TrainingView;
import org.reverie.driver.training.motif.Motif;
import org.reverie.executor.place.UnwritableException;

/** Writes motifs as JPEG files, a folder per class. */
final class MotifWriter {
  /** Of 1: a motif of 128 px takes 9 KB, and its grain survives. */
  private static final float QUALITY = 0.92f;

  /** The second byte of the marker that the size follows (ITU-T T.81, table B.1). */
  private static final int START_OF_FRAME = 0xC0;

  private static final String OUT = "--out";
  private static final String PER_CLASS = "--per-class";

  private MotifWriter() {}

  /**
   * Writes them, then removes those of an earlier call whose numbers go beyond these.
   *
   * @throws UserException if the folder cannot be written, or {@code output-not-ours}, before
   *     anything is, if files that no motifs are have the names of some
   */
  static void write(MotifRequest request, TrainingView view) {
    long start = System.nanoTime();
    Motif[] motifs = Motif.values();
    long total = (long) motifs.length * request.perClass();
    AtomicLong done = new AtomicLong();
    try {
      keepOthers(request);
      for (Motif motif : motifs) {
        Path folder = request.out().resolve(motif.folder());
        Files.createDirectories(folder);
        IntStream.range(0, request.perClass())
            .parallel()
            .forEach(
                index -> {
                  write(folder, motif, index, request);
                  view.progress(
                      "%s  %d of %s"
                          .formatted(
                              motif.folder(),
                              done.incrementAndGet(),
                              Counted.of(total, "picture")));
                });
      }
    } catch (IOException e) {
      throw unwritable(request.out(), e);
    }
    int removed = removeBeyond(request);
    if (removed > 0) {
      view.note(
          "removed %s of an earlier call, of which there were more than %d per class"
              .formatted(Counted.of(removed, "motif"), request.perClass()));
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    view.result(
        String.format(
            Locale.ROOT,
            "Drew %s of %d classes into %s, %.0f per second",
            Counted.of(total, "picture"),
            motifs.length,
            request.out(),
            total / seconds));
  }

  /**
   * Looks at the place of motifs of a request that is not sound itself.
   *
   * @param unread flags that were given and are of no use
   */
  static void look(MotifRequest request, Set<String> unread, Inspection inspection) {
    if (request.out() != null && !unread.contains(OUT)) {
      // Without a number nobody knows which files would be written over.
      inspection.look(
          () -> {
            if (unread.contains(PER_CLASS)) {
              requireFolder(request.out());
            } else {
              keepOthers(request);
            }
          });
    }
  }

  /**
   * Looks at all files that will be written over. A mark in them would change their hashes, by
   * which a training divides them; but up to its size every motif has the same bytes, which other
   * programs' pictures have not.
   */
  private static void keepOthers(MotifRequest request) throws IOException {
    requireFolder(request.out());
    byte[] start = start();
    List<Problem> problems = new ArrayList<>();
    for (Motif motif : Motif.values()) {
      Path folder = request.out().resolve(motif.folder());
      if (!Files.isDirectory(folder)) {
        try {
          requireFolder(folder);
        } catch (UserException e) {
          problems.addAll(e.problems());
        }
        continue;
      }
      for (Map.Entry<Integer, Path> file : numbered(folder, motif).entrySet()) {
        if (file.getKey() < request.perClass() && !startsWith(file.getValue(), start)) {
          problems.addAll(
              Overwriting.notOurs(new org.apache.hadoop.fs.Path(file.getValue().toUri()), "motif")
                  .problems());
        }
      }
    }
    problems.sort(Comparator.comparing(Problem::where));
    if (!problems.isEmpty()) {
      throw new UserException(Overwriting.shortened(problems, request.out().toString()));
    }
  }

  /**
   * Removes the motifs beyond those asked for, which a training would take too; a file or link of
   * somebody else's stays.
   *
   * @return how many
   */
  private static int removeBeyond(MotifRequest request) {
    int removed = 0;
    try {
      byte[] start = start();
      for (Motif motif : Motif.values()) {
        Path folder = request.out().resolve(motif.folder());
        for (Map.Entry<Integer, Path> file : numbered(folder, motif).entrySet()) {
          if (file.getKey() >= request.perClass()
              && !Files.isSymbolicLink(file.getValue())
              && startsWith(file.getValue(), start)) {
            Files.delete(file.getValue());
            removed++;
          }
        }
      }
    } catch (IOException e) {
      throw unwritable(request.out(), e);
    }
    return removed;
  }

  /** What in a folder has the name of a motif, by its number. */
  private static Map<Integer, Path> numbered(Path folder, Motif motif) throws IOException {
    Map<Integer, Path> numbered = new TreeMap<>();
    Pattern pattern = Pattern.compile(motif.folder() + "-(\\d{6,8})\\.jpg");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Matcher matcher = pattern.matcher(name);
        if (matcher.matches()) {
          int number = Integer.parseInt(matcher.group(1));
          if (name.equals(name(motif, number))) {
            numbered.put(number, file);
          }
        }
      }
    }
    return numbered;
  }

  private static String name(Motif motif, int number) {
    return "%s-%06d.jpg".formatted(motif.folder(), number);
  }

  private static void requireFolder(Path folder) {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
      throw UserException.of(
          "motifs-unwritable",
          folder.toString(),
          "motifs go into a folder, and this is "
              + (Files.exists(folder) ? "a file" : "a link that leads nowhere"),
          "Move it away, or choose another folder with --out");
    }
  }

  /** What every motif begins with: all that comes before its size. */
  private static byte[] start() throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(jpeg)) {
      encode(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), out);
    }
    byte[] bytes = jpeg.toByteArray();
    int frame = 2;
    while ((bytes[frame + 1] & 0xFF) != START_OF_FRAME) {
      frame += 2 + ((bytes[frame + 2] & 0xFF) << 8 | bytes[frame + 3] & 0xFF);
    }
    return Arrays.copyOf(bytes, frame);
  }

  /** Whether a file begins with these bytes, or is the beginning of them that a killed run left. */
  private static boolean startsWith(Path file, byte[] start) throws IOException {
    // Whoever opens a pipe waits until somebody writes to it.
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] there = in.readNBytes(start.length);
      return Arrays.equals(there, 0, there.length, start, 0, there.length);
    }
  }

  private static void write(Path folder, Motif motif, int index, MotifRequest request) {
    Path file = folder.resolve(name(motif, index));
    BufferedImage picture = motif.draw(request.seed(), index, request.size());
    try {
      Files.deleteIfExists(file);
      try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
        if (out == null) {
          throw new IOException("no file can be made");
        }
        encode(picture, out);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static void encode(BufferedImage picture, ImageOutputStream out) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), parameters);
    } finally {
      writer.dispose();
    }
  }

  private static UserException unwritable(Path path, IOException cause) {
    return UserException.of(
        "motifs-unwritable",
        path.toString(),
        "it cannot be written: " + UnwritableException.reason(cause),
        "Choose another folder with --out, or make room",
        cause);
  }
}
