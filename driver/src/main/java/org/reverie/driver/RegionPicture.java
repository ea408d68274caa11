package org.reverie.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.JobKey;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.picture.ProfileConversion;
import org.reverie.executor.print.StandardProfile;
import org.reverie.executor.work.GuideMask;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;

/**
 * A picture whose colours are the regions of guides. Soft edges, as brushes and JPEGs leave them,
 * belong to the guide whose colour is nearest; a colour that no guide has and that covers more than
 * an edge can is a mistake.
 *
 * <p>People name a region's colour as sRGB, as it looks. A mask with another profile is looked
 * through for what those colours are in it, and if that makes no sense, for the names' own values:
 * some programs show and take these, whatever the profile.
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

  /**
   * How far a channel of a region's colour may be off: at the foot of a soft edge, in a JPEG, or
   * where another program converted it into a profile. Beside a hard edge of pure colours a JPEG of
   * quality 60 is 23 levels off.
   */
  private static final int TOLERANCE = 24;

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
      Optional<ProfileConversion> inward =
          ProfileConversion.of(StandardProfile.srgb(), picture.profile());
      Optional<ProfileConversion> outward = ProfileConversion.toSrgb(picture.profile());
      int[] inMask = IntStream.of(guides).map(colour -> converted(colour, inward)).toArray();
      boolean same = Arrays.equals(inMask, guides);
      Reading reading = read(picture, inMask, TOLERANCE);
      Optional<UserException> mistake = mistake(reading, job.dream().guides(), name, outward);
      if (mistake.isPresent() && !same) {
        reading = read(picture, guides, TOLERANCE);
        if (mistake(reading, job.dream().guides(), name, outward).isEmpty()) {
          mistake = Optional.empty();
        }
      }
      if (mistake.isPresent()) {
        throw mistake.get();
      }
      int width = (int) size.width();
      int height = (int) size.height();
      return new RegionPicture(
          new GuideMask(width, height, reading.regions()),
          size,
          hash(width, height, reading.regions()));
    }
  }

  /**
   * A mask, looked through for the guides' colours.
   *
   * @param regions of every pixel, row by row
   * @param counts pixels of the very colour of each guide
   * @param foreign how many pixels have which other colour, without those of edges
   */
  private record Reading(byte[] regions, long[] counts, Map<Integer, Integer> foreign) {}

  private static Reading read(Picture picture, int[] guides, int tolerance) throws IOException {
    int width = (int) picture.size().width();
    int height = (int) picture.size().height();
    byte[] regions = new byte[width * height];
    ForeignColours foreign = new ForeignColours(guides, width);
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
        if (isAlike(guides[region], colour, tolerance)) {
          counts[region]++;
          foreign.region(i % width, region);
        } else {
          foreign.foreign(i % width, colour);
        }
      }
    }
    return new Reading(regions, counts, foreign.counts());
  }

  private static int colour(float red, float green, float blue) {
    return Math.round(red) << 16 | Math.round(green) << 8 | Math.round(blue);
  }

  private static int converted(int colour, Optional<ProfileConversion> conversion) {
    float[] rgb = {colour >> 16 & 255, colour >> 8 & 255, colour & 255};
    conversion.ifPresent(known -> known.convert(rgb, 1));
    return colour(rgb[0], rgb[1], rgb[2]);
  }

  private static boolean isAlike(int a, int b, int tolerance) {
    return Math.abs((a >> 16 & 255) - (b >> 16 & 255)) <= tolerance
        && Math.abs((a >> 8 & 255) - (b >> 8 & 255)) <= tolerance
        && Math.abs((a & 255) - (b & 255)) <= tolerance;
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

  private static Optional<UserException> mistake(
      Reading reading,
      List<RenderJob.Guide> guides,
      String name,
      Optional<ProfileConversion> outward) {
    for (int i = 0; i < reading.counts().length; i++) {
      if (reading.counts()[i] == 0) {
        return Optional.of(
            UserException.of(
                "colour-not-in-mask",
                JobKey.GUIDE.flag(),
                "the mask " + name + " has no pixel of " + guides.get(i).region(),
                "Leave that guide out, or draw its region in that very colour; the mask has "
                    + told(reading.foreign(), outward)));
      }
    }
    for (Map.Entry<Integer, Integer> entry : reading.foreign().entrySet()) {
      double share = (double) entry.getValue() / reading.regions().length;
      if (share > LARGEST_FOREIGN_SHARE) {
        String colour = text(converted(entry.getKey(), outward));
        return Optional.of(
            UserException.of(
                "colour-without-guide",
                JobKey.GUIDE_MASK.flag(),
                "%.0f %% of %s are %s, which has no guide"
                    .formatted(Math.max(1, 100 * share), name, colour),
                "Add --guide '" + colour + "=...', or draw another colour there"));
      }
    }
    return Optional.empty();
  }

  /** The colours that no guide has, those that cover most first, as sRGB. */
  private static String told(Map<Integer, Integer> foreign, Optional<ProfileConversion> outward) {
    List<String> colours =
        foreign.entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(4)
            .map(entry -> text(converted(entry.getKey(), outward)))
            .toList();
    return colours.isEmpty()
        ? "no colour but those of the other guides"
        : String.join(", ", colours);
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
