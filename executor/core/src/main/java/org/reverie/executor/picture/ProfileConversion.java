package org.reverie.executor.picture;

import java.awt.color.CMMException;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import java.util.Optional;
import org.reverie.executor.print.StandardProfile;

/** Turns the colours of one ICC profile into those of another, by the Java runtime's CMM. */
public final class ProfileConversion {
  private static final int CHANNELS = 3;

  /** Null between equal profiles, whose values stay as they are to the bit. */
  private final ColorConvertOp operation;

  private ProfileConversion(ColorConvertOp operation) {
    this.operation = operation;
  }

  /**
   * The conversion of RGB between two profiles.
   *
   * @param from ICC profile of an RGB device
   * @param to another one
   * @return empty if one of them cannot be used that way round, as profiles of scanners cannot as a
   *     destination
   */
  public static Optional<ProfileConversion> of(byte[] from, byte[] to) {
    if (Arrays.equals(from, to)) {
      return Optional.of(new ProfileConversion(null));
    }
    try {
      ColorConvertOp operation =
          operation(ICC_Profile.getInstance(from), ICC_Profile.getInstance(to));
      convert(operation, new int[CHANNELS], CHANNELS);
      return Optional.of(new ProfileConversion(operation));
    } catch (IllegalArgumentException | CMMException e) {
      return Optional.empty();
    }
  }

  /**
   * The conversion of RGB to sRGB.
   *
   * @param from ICC profile of an RGB device
   * @return empty if it cannot be used as a source
   */
  public static Optional<ProfileConversion> toSrgb(byte[] from) {
    return of(from, StandardProfile.srgb());
  }

  static ColorConvertOp operation(ICC_Profile from, ICC_Profile to) {
    return new ColorConvertOp(new ICC_Profile[] {from, to}, null);
  }

  /**
   * 16-bit samples, interleaved, to 16-bit RGB.
   *
   * @throws CMMException if a profile turns out to be damaged
   */
  static int[] convert(ColorConvertOp operation, int[] samples, int channels) {
    int width = samples.length / channels;
    WritableRaster from =
        Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, width, 1, channels, null);
    from.setPixels(0, 0, width, 1, samples);
    WritableRaster to =
        Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, width, 1, CHANNELS, null);
    operation.filter(from, to);
    return to.getPixels(0, 0, width, 1, (int[]) null);
  }

  /**
   * Converts pixels in place, to the nearest 65535th of white.
   *
   * @param planes RGB, CHW, 3 x rows x width, 0..255
   * @param width pixels of a row
   */
  public void convert(float[] planes, int width) {
    if (operation == null) {
      return;
    }
    int plane = planes.length / CHANNELS;
    int[] row = new int[CHANNELS * width];
    for (int start = 0; start < plane; start += width) {
      for (int i = 0; i < row.length; i++) {
        float value = planes[i % CHANNELS * plane + start + i / CHANNELS];
        row[i] = Math.round(Math.max(0, Math.min(255, value)) * 257);
      }
      int[] converted = convert(operation, row, CHANNELS);
      for (int i = 0; i < row.length; i++) {
        planes[i % CHANNELS * plane + start + i / CHANNELS] = converted[i] / 257f;
      }
    }
  }
}
