package org.reverie.driver.training;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.reverie.conf.Counted;
import org.reverie.conf.UserException;
import org.reverie.driver.MotifRequest;
import org.reverie.driver.TrainingView;
import org.reverie.driver.training.motif.Motif;

/** Writes motifs as JPEG files, a folder per class. */
final class MotifWriter {
  /** Of 1: a motif of 128 px takes 9 KB, and its grain survives. */
  private static final float QUALITY = 0.92f;

  private MotifWriter() {}

  /**
   * Writes them.
   *
   * @throws UserException if the folder cannot be written
   */
  static void write(MotifRequest request, TrainingView view) {
    long start = System.nanoTime();
    Motif[] motifs = Motif.values();
    long total = (long) motifs.length * request.perClass();
    AtomicLong done = new AtomicLong();
    try {
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

  private static void write(Path folder, Motif motif, int index, MotifRequest request) {
    Path file = folder.resolve("%s-%06d.jpg".formatted(motif.folder(), index));
    BufferedImage picture = motif.draw(request.seed(), index, request.size());
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try {
      Files.deleteIfExists(file);
      try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
        if (out == null) {
          throw new IOException("no file can be made");
        }
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(QUALITY);
        writer.setOutput(out);
        writer.write(null, new IIOImage(picture, null, null), parameters);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    } finally {
      writer.dispose();
    }
  }

  private static UserException unwritable(Path path, IOException cause) {
    return UserException.of(
        "motifs-unwritable",
        path.toString(),
        "it cannot be written: " + cause.getMessage(),
        "Choose another folder with --out, or make room",
        cause);
  }
}
