package org.reverie.driver;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.place.PathNames;
import org.reverie.tiling.seam.HeatMap;
import org.reverie.tiling.seam.SeamReport;

/**
 * The seam meter's heat map as a small PNG beside a print: every seam a line, dark grey where it
 * cannot be told from other lines, red from {@link SeamReport#BOUND} on, white from twice that.
 */
final class SeamPicture {
  /** Enough to tell seams apart, and a few kilobytes. */
  private static final int LONGER_SIDE_PIXELS = 1024;

  /** How every PNG begins, each byte as a character. */
  private static final String PNG = "\u0089PNG\r\n\u001a\n";

  /** How every PNG ends: the name of the last chunk, which is empty, and its checksum. */
  private static final String PNG_END = "IEND\u00aeB`\u0082";

  /** Where our palettes stand: after the first chunk, of 25 bytes, and a length. */
  private static final int PALETTE_BYTE = 37;

  private static final int COLOURS = 256;
  private static final double WHITE_Z = 2 * SeamReport.BOUND;

  private SeamPicture() {}

  /** Where the heat map of a print lies. */
  static Path path(Path print) {
    return PathNames.beside(print, ".seams.png");
  }

  /**
   * Whether a file is such a heat map, or as much of one as a killed run wrote: no other picture
   * has this palette.
   */
  static boolean isOurs(Path file, Configuration configuration) throws IOException {
    IndexColorModel palette = palette();
    StringBuilder chunk = new StringBuilder("PLTE");
    for (int i = 0; i < COLOURS; i++) {
      chunk.append((char) palette.getRed(i));
      chunk.append((char) palette.getGreen(i));
      chunk.append((char) palette.getBlue(i));
    }
    String head = Overwriting.head(file, configuration);
    if (head.length() <= PALETTE_BYTE) {
      return head.startsWith(PNG.substring(0, Math.min(head.length(), PNG.length())));
    }
    String there = head.substring(PALETTE_BYTE);
    return head.startsWith(PNG)
        && there.startsWith(chunk.substring(0, Math.min(there.length(), chunk.length())));
  }

  /** Whether a heat map is there to its end. */
  static boolean isWhole(Path file, Configuration configuration) throws IOException {
    FileSystem fileSystem = Places.fileSystem(file, configuration);
    try (FSDataInputStream in = fileSystem.open(file)) {
      byte[] end = new byte[PNG_END.length()];
      long from = fileSystem.getFileStatus(file).getLen() - end.length;
      if (from < 0) {
        return false;
      }
      in.readFully(from, end);
      return PNG_END.equals(new String(end, StandardCharsets.ISO_8859_1));
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /** Writes the heat map beside a print; nothing where there is no seam. */
  static void write(SeamReport report, Path print, Configuration configuration) throws IOException {
    Path path = path(print);
    if (report.seams().isEmpty()) {
      Places.fileSystem(path, configuration).delete(path, false);
      return;
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    // Without ImageIO's own file among the temporary ones.
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
      ImageIO.write(paint(report.heatMap(LONGER_SIDE_PIXELS)), "png", out);
    }
    WholeFile.write(path, configuration, png::writeTo);
  }

  private static BufferedImage paint(HeatMap map) {
    BufferedImage picture =
        new BufferedImage(map.width(), map.height(), BufferedImage.TYPE_BYTE_INDEXED, palette());
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        picture.getRaster().setSample(x, y, 0, colour(around(map, x, y)));
      }
    }
    return picture;
  }

  /** A line of one pixel is too thin for eyes: each is three wide. */
  private static float around(HeatMap map, int x, int y) {
    float largest = 0;
    for (int j = Math.max(0, y - 1); j <= Math.min(map.height() - 1, y + 1); j++) {
      for (int i = Math.max(0, x - 1); i <= Math.min(map.width() - 1, x + 1); i++) {
        largest = Math.max(largest, map.values()[j * map.width() + i]);
      }
    }
    return largest;
  }

  /** 0 is no seam at all. */
  private static int colour(float z) {
    return z == 0 ? 0 : (int) (1 + Math.min(1, z / WHITE_Z) * (COLOURS - 2));
  }

  /** With another one, earlier heat maps must still be told as ours. */
  private static IndexColorModel palette() {
    byte[] red = new byte[COLOURS];
    byte[] others = new byte[COLOURS];
    for (int i = 1; i < COLOURS; i++) {
      double fraction = (i - 1) / (COLOURS - 2.0);
      boolean found = fraction >= 0.5;
      red[i] = (byte) (found ? 255 : 60 + 100 * fraction);
      others[i] = (byte) (found ? 510 * (fraction - 0.5) : 60 + 100 * fraction);
    }
    return new IndexColorModel(8, COLOURS, red, others, others);
  }
}
