package org.reverie.driver.training;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.reverie.executor.picture.ProfileConversion;

/**
 * Turns the colours of one ICC profile into sRGB, in which all pictures of a training are compared.
 * The pictures of a corpus share few profiles, and setting one up takes 5 ms, more than decoding a
 * picture of 96 px; so they are kept, for all threads of this process.
 */
final class SrgbColours {
  /** More kinds of cameras than a corpus has; whatever comes after them is set up each time. */
  private static final int MOST_KEPT = 64;

  /**
   * How far sRGB by another maker may be from that of the Java runtime, grey levels:
   * Hewlett-Packard's, which most cameras embed, is off by 0.7 at most and by 0.03 on average,
   * LittleCMS' by 1.1.
   */
  private static final float TOLERANCE = 2;

  private static final int PROBED_LEVELS = 9;
  private static final ConcurrentHashMap<ByteBuffer, SrgbColours> KEPT = new ConcurrentHashMap<>();

  /** Null where values stay as they are. */
  private final ProfileConversion conversion;

  private final boolean isUsable;

  private SrgbColours(Optional<ProfileConversion> found) {
    conversion = found.filter(any -> !keeps(any)).orElse(null);
    isUsable = found.isPresent();
  }

  /**
   * The conversion from a profile; values stay as they are where it is sRGB, by whichever maker, or
   * cannot be converted from.
   *
   * @param profile ICC profile of an RGB device
   */
  static SrgbColours of(byte[] profile) {
    ByteBuffer key = ByteBuffer.wrap(profile);
    SrgbColours kept = KEPT.get(key);
    if (kept != null) {
      return kept;
    }
    SrgbColours made = new SrgbColours(ProfileConversion.toSrgb(profile));
    if (KEPT.size() < MOST_KEPT) {
      KEPT.putIfAbsent(key, made);
    }
    return made;
  }

  /** Whether the profile can be converted from. */
  boolean isUsable() {
    return isUsable;
  }

  /** Whether a conversion leaves colours from all over the cube where they are. */
  private static boolean keeps(ProfileConversion conversion) {
    int pixels = PROBED_LEVELS * PROBED_LEVELS * PROBED_LEVELS;
    float[] planes = new float[TrainingPicture.CHANNELS * pixels];
    int divisor = 1;
    for (int c = 0; c < TrainingPicture.CHANNELS; c++) {
      for (int i = 0; i < pixels; i++) {
        planes[c * pixels + i] = i / divisor % PROBED_LEVELS * 255f / (PROBED_LEVELS - 1);
      }
      divisor *= PROBED_LEVELS;
    }
    float[] converted = planes.clone();
    conversion.convert(converted, pixels);
    for (int i = 0; i < planes.length; i++) {
      if (Math.abs(converted[i] - planes[i]) > TOLERANCE) {
        return false;
      }
    }
    return true;
  }

  /**
   * Converts a row of pixels in place.
   *
   * @param row RGB, one plane after the other, 0..255
   */
  void convert(float[] row) {
    if (conversion == null) {
      return;
    }
    // Java says nothing of its conversions being used by several threads at a time.
    synchronized (conversion) {
      conversion.convert(row, row.length / TrainingPicture.CHANNELS);
    }
  }
}
