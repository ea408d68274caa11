package org.reverie.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.JobKey;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.work.GuideMask;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;

/**
 * A picture whose colours are the regions of guides. Soft edges, as brushes and JPEGs leave them,
 * belong to the guide whose colour is nearest; a colour that no guide has and that covers more than
 * an edge can is a mistake.
 *
 * @param mask the regions
 * @param size of the picture
 * @param hash SHA-256 of the regions and the size, lower-case hexadecimal
 */
record RegionPicture(GuideMask mask, Size size, String hash) {
  private static final long LARGEST_PIXELS = 16L << 20;
  private static final int BAND_ROWS = 64;

  /** An edge is many colours that cover little each. */
  private static final double LARGEST_FOREIGN_SHARE = 0.01;

  /** How far width over height may be from that of the input: a rounded row or column of 100. */
  private static final double SHAPE_TOLERANCE = 0.01;

  /**
   * Reads the mask of a job.
   *
   * @throws UserException if there is none, if a guide's colour is not in it, or if it has a colour
   *     without a guide
   */
  static RegionPicture read(RenderJob job, Configuration configuration) throws IOException {
    String name = job.dream().guideMask();
    int[] guides =
        job.dream().guides().stream()
            .mapToInt(guide -> Integer.parseInt(guide.region().substring(1), 16))
            .toArray();
    Path path = Places.path(name, configuration);
    try (Picture picture =
        PictureReader.open(
            Places.fileSystem(path, configuration),
            path,
            Background.parse(job.input().background()))) {
      Size size = picture.size();
      if (size.pixels() > LARGEST_PIXELS) {
        throw UserException.of(
            "mask-too-large",
            name,
            "a mask of " + size + " px is larger than 16 megapixels",
            "Scale it down without blending its colours; one pixel per 8 of the print will do");
      }
      int width = (int) size.width();
      int height = (int) size.height();
      byte[] regions = new byte[width * height];
      Map<Integer, Integer> foreign = new HashMap<>();
      long[] counts = new long[guides.length];
      float[] band = new float[3 * width * BAND_ROWS];
      for (int from = 0; from < height; from += BAND_ROWS) {
        int rows = Math.min(BAND_ROWS, height - from);
        picture.readRows(from, rows, band);
        for (int i = 0; i < rows * width; i++) {
          int plane = rows * width;
          int colour = colour(band[i], band[plane + i], band[2 * plane + i]);
          int region = nearest(colour, guides);
          regions[from * width + i] = (byte) region;
          if (guides[region] == colour) {
            counts[region]++;
          } else {
            foreign.merge(colour, 1, Integer::sum);
          }
        }
      }
      check(name, job.dream().guides(), counts, foreign, size);
      return new RegionPicture(
          new GuideMask(width, height, regions), size, hash(width, height, regions));
    }
  }

  private static int colour(float red, float green, float blue) {
    return Math.round(red) << 16 | Math.round(green) << 8 | Math.round(blue);
  }

  private static int nearest(int colour, int[] guides) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < guides.length; i++) {
      long distance = 0;
      for (int shift = 0; shift <= 16; shift += 8) {
        long difference = (colour >> shift & 255) - (guides[i] >> shift & 255);
        distance += difference * difference;
      }
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }

  private static void check(
      String name,
      List<RenderJob.Guide> guides,
      long[] counts,
      Map<Integer, Integer> foreign,
      Size size) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) {
        throw UserException.of(
            "colour-not-in-mask",
            JobKey.GUIDE.flag(),
            "the mask " + name + " has no pixel of " + guides.get(i).region(),
            "Leave that guide out, or draw its region in that very colour; the mask has "
                + told(foreign));
      }
    }
    foreign.forEach(
        (colour, pixels) -> {
          double share = (double) pixels / size.pixels();
          if (share > LARGEST_FOREIGN_SHARE) {
            throw UserException.of(
                "colour-without-guide",
                JobKey.GUIDE_MASK.flag(),
                "%.0f %% of %s are %s, which has no guide"
                    .formatted(Math.max(1, 100 * share), name, text(colour)),
                "Add --guide '" + text(colour) + "=...', or draw another colour there");
          }
        });
  }

  /** The colours that no guide has, those that cover most first. */
  private static String told(Map<Integer, Integer> foreign) {
    List<String> colours =
        foreign.entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(4)
            .map(entry -> text(entry.getKey()))
            .toList();
    return colours.isEmpty() ? "no other" : String.join(", ", colours);
  }

  private static String text(int colour) {
    return String.format(Locale.ROOT, "#%06x", colour);
  }

  private static String hash(int width, int height, byte[] regions) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(8).putInt(width).putInt(height).flip());
      return HexFormat.of().formatHex(digest.digest(regions));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Holds the mask against the picture that it lies on: the input, or the print of a start from
   * nothing.
   *
   * @throws UserException if it has another shape
   */
  void check(String name, RenderPlan plan) {
    Size under = plan.start().isEmpty() ? plan.inputSize() : plan.canvas();
    double shape = (double) size.width() / size.height();
    double wanted = (double) under.width() / under.height();
    if (Math.abs(shape / wanted - 1) > SHAPE_TOLERANCE) {
      throw UserException.of(
          "mask-shape",
          JobKey.GUIDE_MASK.flag(),
          "%s has %s px and does not fit %s px"
              .formatted(
                  name, size, (plan.start().isEmpty() ? "the input of " : "a print of ") + under),
          "Draw it in the same shape, at any size");
    }
  }
}
