package org.reverie.executor.picture;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.reverie.executor.print.StandardProfile;

/**
 * Turns rows of stored samples into RGB, 0..255. RGB keeps its own encoding and profile; grey, CMYK
 * and Lab become sRGB, through the embedded profile where there is one that fits. Alpha is
 * flattened last, in the encoding of the result.
 */
final class ColourConversion {
  private static final int GREY_LEVELS = 65_536;
  private static final int PROFILE_HEADER_BYTES = 128;

  private final SampleLayout layout;
  private final Background background;
  private final byte[] resultProfile;
  private final List<String> notes = new ArrayList<>();
  private final float[] greyTable;
  private final ColorConvertOp inks;
  private final boolean isProfileIgnored;

  ColourConversion(SampleLayout layout, byte[] embedded, Background background) {
    this.layout = layout;
    this.background = background;
    byte[] profile = usable(embedded);
    isProfileIgnored = embedded.length > 0 && profile.length == 0;
    float[] table = null;
    ColorConvertOp operation = null;
    switch (layout.colour()) {
      case RGB -> {}
      case GREY -> {
        if (profile.length > 0) {
          table = greyTable(conversion(profile));
          notes.add("grey converted to sRGB through its profile");
        } else {
          notes.add("grey taken as sRGB");
        }
      }
      case CMYK -> {
        if (profile.length > 0) {
          operation = conversion(profile);
          notes.add("CMYK converted to sRGB through its profile");
        } else {
          notes.add("CMYK converted to sRGB without a profile, by (1 - ink) (1 - black)");
        }
      }
      case LAB -> notes.add("Lab converted to sRGB");
    }
    greyTable = table;
    inks = operation;
    boolean keeps = layout.colour() == SampleLayout.Colour.RGB && profile.length > 0;
    resultProfile = keeps ? profile : StandardProfile.srgb();
    if (layout.alpha() != SampleLayout.Alpha.NONE) {
      notes.add("alpha flattened on " + background);
    }
  }

  /** The ICC profile of the resulting RGB. */
  byte[] resultProfile() {
    return resultProfile.clone();
  }

  /** Whether there is a profile, but it is damaged or does not fit the pixels. */
  boolean isProfileIgnored() {
    return isProfileIgnored;
  }

  /** What was done, for people. */
  List<String> notes() {
    return notes;
  }

  private byte[] usable(byte[] embedded) {
    if (embedded.length == 0) {
      return embedded;
    }
    String wanted =
        switch (layout.colour()) {
          case RGB -> "RGB ";
          case GREY -> "GRAY";
          case CMYK -> "CMYK";
          case LAB -> "Lab ";
        };
    if (embedded.length < PROFILE_HEADER_BYTES
        || !"acsp".equals(new String(embedded, 36, 4, StandardCharsets.ISO_8859_1))) {
      notes.add("damaged colour profile ignored");
      return new byte[0];
    }
    String space = new String(embedded, 16, 4, StandardCharsets.ISO_8859_1);
    if (!space.equals(wanted)) {
      notes.add("colour profile for " + space.strip() + " ignored: it does not fit the pixels");
      return new byte[0];
    }
    try {
      ICC_Profile.getInstance(embedded);
      if (layout.colour() == SampleLayout.Colour.CMYK
          || layout.colour() == SampleLayout.Colour.GREY) {
        int channels = layout.colour().channels();
        ProfileConversion.convert(conversion(embedded), new int[channels], channels);
      }
      return embedded;
    } catch (IllegalArgumentException | CMMException e) {
      notes.add("damaged colour profile ignored");
      return new byte[0];
    }
  }

  private static ColorConvertOp conversion(byte[] profile) {
    return ProfileConversion.operation(
        ICC_Profile.getInstance(profile), ICC_Profile.getInstance(ColorSpace.CS_sRGB));
  }

  private static float[] greyTable(ColorConvertOp operation) {
    int[] levels = new int[GREY_LEVELS];
    for (int i = 0; i < GREY_LEVELS; i++) {
      levels[i] = i;
    }
    int[] rgb = ProfileConversion.convert(operation, levels, 1);
    float[] table = new float[3 * GREY_LEVELS];
    for (int i = 0; i < table.length; i++) {
      table[i] = rgb[i] / 257f;
    }
    return table;
  }

  /**
   * Converts one row.
   *
   * @param samples width x channels, interleaved
   * @param rgb receives 3 planes of width, one after the other
   */
  void convert(float[] samples, int width, float[] rgb) {
    int channels = layout.channels();
    switch (layout.colour()) {
      case RGB -> {
        for (int x = 0; x < width; x++) {
          for (int c = 0; c < 3; c++) {
            rgb[c * width + x] = samples[x * channels + c];
          }
        }
      }
      case GREY -> {
        for (int x = 0; x < width; x++) {
          float value = samples[x * channels];
          for (int c = 0; c < 3; c++) {
            rgb[c * width + x] =
                greyTable == null ? value : greyTable[3 * Math.round(value * 257) + c];
          }
        }
      }
      case CMYK -> convertInks(samples, width, rgb);
      case LAB -> {
        float[] pixel = new float[3];
        for (int x = 0; x < width; x++) {
          int i = x * channels;
          labToSrgb(samples[i], samples[i + 1], samples[i + 2], pixel);
          for (int c = 0; c < 3; c++) {
            rgb[c * width + x] = pixel[c];
          }
        }
      }
    }
    flatten(samples, width, rgb);
  }

  private void convertInks(float[] samples, int width, float[] rgb) {
    int channels = layout.channels();
    if (inks == null) {
      for (int x = 0; x < width; x++) {
        float light = 255 - samples[x * channels + 3];
        for (int c = 0; c < 3; c++) {
          rgb[c * width + x] = (255 - samples[x * channels + c]) * light / 255;
        }
      }
      return;
    }
    int[] row = new int[4 * width];
    for (int x = 0; x < width; x++) {
      for (int c = 0; c < 4; c++) {
        row[4 * x + c] = Math.round(samples[x * channels + c] * 257);
      }
    }
    int[] converted = ProfileConversion.convert(inks, row, 4);
    for (int x = 0; x < width; x++) {
      for (int c = 0; c < 3; c++) {
        rgb[c * width + x] = converted[3 * x + c] / 257f;
      }
    }
  }

  private void flatten(float[] samples, int width, float[] rgb) {
    if (layout.alpha() == SampleLayout.Alpha.NONE) {
      return;
    }
    float[] under = {background.red(), background.green(), background.blue()};
    int channels = layout.channels();
    int alphaChannel = layout.colour().channels();
    boolean premultiplied = layout.alpha() == SampleLayout.Alpha.PREMULTIPLIED;
    for (int x = 0; x < width; x++) {
      float alpha = samples[x * channels + alphaChannel] / 255;
      for (int c = 0; c < 3; c++) {
        float over = rgb[c * width + x];
        float value = (premultiplied ? over : over * alpha) + under[c] * (1 - alpha);
        rgb[c * width + x] = Math.min(255, value);
      }
    }
  }

  /**
   * CIE L*a*b* under D50 to sRGB (IEC 61966-2-1), with the Bradford adaptation to D65 in the
   * matrix; colours outside sRGB are clipped.
   */
  static void labToSrgb(float lightness, float a, float b, float[] rgb) {
    double fy = (lightness / 255.0 * 100 + 16) / 116;
    double fx = fy + (a - 128) / 500.0;
    double fz = fy - (b - 128) / 200.0;
    double x = 0.96422 * inverse(fx);
    double y = inverse(fy);
    double z = 0.82521 * inverse(fz);
    rgb[0] = encode(3.1338561 * x - 1.6168667 * y - 0.4906146 * z);
    rgb[1] = encode(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z);
    rgb[2] = encode(0.0719453 * x - 0.2289914 * y + 1.4052427 * z);
  }

  private static double inverse(double f) {
    return f > 6.0 / 29 ? f * f * f : 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0 / 29);
  }

  private static float encode(double linear) {
    double clipped = Math.min(1, Math.max(0, linear));
    double value =
        clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * Math.pow(clipped, 1 / 2.4) - 0.055;
    return (float) (255 * value);
  }
}
