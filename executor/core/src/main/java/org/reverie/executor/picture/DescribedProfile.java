package org.reverie.executor.picture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ICC profiles (ICC.1:2001-04) of devices that a picture describes by numbers alone: where white
 * and the primaries lie, and the power by which values become light.
 */
final class DescribedProfile {
  /** White, red, green and blue of sRGB (IEC 61966-2-1), CIE x and y each. */
  static final double[] SRGB_PRIMARIES = {0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06};

  private static final double[] ADOBE_RGB_PRIMARIES = {
    0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06
  };
  private static final double ADOBE_RGB_POWER = 563 / 256.0;
  private static final double[] D50 = {0.9642, 1, 0.8249};
  private static final double[][] BRADFORD = {
    {0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}
  };
  private static final int HEADER_BYTES = 128;

  private DescribedProfile() {}

  /** Adobe RGB (1998). */
  static byte[] adobeRgb() {
    return rgb("Adobe RGB (1998), described", ADOBE_RGB_PRIMARIES, ADOBE_RGB_POWER);
  }

  /**
   * The profile of an RGB device.
   *
   * @param name for people, ASCII
   * @param primaries white, red, green and blue, CIE x and y each
   * @param power light is a value of 0..1 raised to it; below 256
   */
  static byte[] rgb(String name, double[] primaries, double power) {
    double[] white = light(primaries, 0);
    double[][] columns = transposed(light(primaries, 1), light(primaries, 2), light(primaries, 3));
    double[] amounts = product(inverse(columns), white);
    double[] from = product(BRADFORD, white);
    double[] to = product(BRADFORD, D50);
    Map<String, byte[]> tags = described(name);
    byte[] curve = curve(power);
    String[] names = {"r", "g", "b"};
    for (int c = 0; c < 3; c++) {
      double[] cone = product(BRADFORD, light(primaries, c + 1));
      for (int i = 0; i < 3; i++) {
        cone[i] *= amounts[c] * to[i] / from[i];
      }
      tags.put(names[c] + "XYZ", xyz(product(inverse(BRADFORD), cone)));
      tags.put(names[c] + "TRC", curve);
    }
    return profile("RGB ", tags);
  }

  /**
   * The profile of a grey device.
   *
   * @param name for people, ASCII
   * @param power light is a value of 0..1 raised to it; below 256
   */
  static byte[] grey(String name, double power) {
    Map<String, byte[]> tags = described(name);
    tags.put("kTRC", curve(power));
    return profile("GRAY", tags);
  }

  /** X, Y and Z of a colour whose Y is 1. */
  private static double[] light(double[] primaries, int index) {
    double x = primaries[2 * index];
    double y = primaries[2 * index + 1];
    return new double[] {x / y, 1, (1 - x - y) / y};
  }

  private static double[][] transposed(double[]... rows) {
    double[][] columns = new double[3][3];
    for (int i = 0; i < 9; i++) {
      columns[i / 3][i % 3] = rows[i % 3][i / 3];
    }
    return columns;
  }

  private static double[] product(double[][] matrix, double[] vector) {
    return Arrays.stream(matrix)
        .mapToDouble(row -> row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2])
        .toArray();
  }

  private static double[][] inverse(double[][] m) {
    double[][] adjugate = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double[] next = m[(j + 1) % 3];
        double[] last = m[(j + 2) % 3];
        adjugate[i][j] =
            next[(i + 1) % 3] * last[(i + 2) % 3] - next[(i + 2) % 3] * last[(i + 1) % 3];
      }
    }
    double determinant =
        m[0][0] * adjugate[0][0] + m[0][1] * adjugate[1][0] + m[0][2] * adjugate[2][0];
    for (double[] row : adjugate) {
      for (int j = 0; j < 3; j++) {
        row[j] /= determinant;
      }
    }
    return adjugate;
  }

  private static Map<String, byte[]> described(String name) {
    Map<String, byte[]> tags = new LinkedHashMap<>();
    byte[] text = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    // Behind it neither Unicode nor a name for a Macintosh, which has a fixed place of 67 bytes.
    ByteBuffer description = ByteBuffer.allocate(12 + text.length + 8 + 3 + 67);
    tags.put("desc", type(description, "desc").putInt(text.length).put(text).array());
    byte[] free = "No copyright\0".getBytes(StandardCharsets.US_ASCII);
    tags.put("cprt", type(ByteBuffer.allocate(8 + free.length), "text").put(free).array());
    tags.put("wtpt", xyz(D50));
    return tags;
  }

  private static byte[] curve(double power) {
    ByteBuffer curve = type(ByteBuffer.allocate(14), "curv").putInt(1);
    return curve.putShort((short) Math.round(power * 256)).array();
  }

  private static byte[] xyz(double[] values) {
    ByteBuffer tag = type(ByteBuffer.allocate(20), "XYZ ");
    for (double value : values) {
      tag.putInt((int) Math.round(value * 65_536));
    }
    return tag.array();
  }

  private static ByteBuffer type(ByteBuffer tag, String type) {
    return tag.put(type.getBytes(StandardCharsets.US_ASCII)).putInt(0);
  }

  private static byte[] profile(String space, Map<String, byte[]> tags) {
    int bytes = HEADER_BYTES + 4 + 12 * tags.size();
    for (byte[] tag : tags.values()) {
      bytes += (tag.length + 3) / 4 * 4;
    }
    ByteBuffer profile = ByteBuffer.allocate(bytes);
    profile.putInt(bytes).putInt(0).putInt(0x0240_0000);
    for (String signature : new String[] {"mntr", space, "XYZ "}) {
      profile.put(signature.getBytes(StandardCharsets.US_ASCII));
    }
    // The same day for all, since a print's bytes follow from its job.
    profile.putShort((short) 2000).putShort((short) 1).putShort((short) 1).position(36);
    profile.put("acsp".getBytes(StandardCharsets.US_ASCII)).position(68);
    profile.put(xyz(D50), 8, 12).position(HEADER_BYTES);
    profile.putInt(tags.size());
    int place = HEADER_BYTES + 4 + 12 * tags.size();
    for (Map.Entry<String, byte[]> tag : tags.entrySet()) {
      byte[] value = tag.getValue();
      profile.put(tag.getKey().getBytes(StandardCharsets.US_ASCII));
      profile.putInt(place).putInt(value.length);
      profile.put(place, value);
      place += (value.length + 3) / 4 * 4;
    }
    return profile.array();
  }
}
