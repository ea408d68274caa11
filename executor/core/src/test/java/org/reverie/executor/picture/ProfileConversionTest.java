package org.reverie.executor.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import org.junit.jupiter.api.Test;
import org.reverie.executor.print.StandardProfile;

class ProfileConversionTest {
  private static final byte[] LINEAR = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();

  /** Two rows of two pixels, plane by plane; values outside 0..255 are clipped. */
  @Test
  void everyPixelIsConverted() {
    float[] planes = {0, 128, 255, 400, 10, 200, -5, 60, 0, 128, 30, 255};
    float[] linear = planes.clone();
    ProfileConversion.of(StandardProfile.srgb(), LINEAR).orElseThrow().convert(linear, 2);
    for (int i = 0; i < planes.length; i++) {
      double value = Math.max(0, Math.min(1, planes[i] / 255));
      double expected = value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
      assertEquals(255 * expected, linear[i], 0.05, "value " + i);
    }
  }

  @Test
  void equalProfilesLeaveEveryBit() {
    float[] planes = {0.1f, 300, -2};
    ProfileConversion.of(LINEAR, LINEAR.clone()).orElseThrow().convert(planes, 1);
    assertArrayEquals(new float[] {0.1f, 300, -2}, planes);
  }

  @Test
  void profilesThatDoNotFitAreNotUsed() {
    byte[] grey = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
    assertTrue(ProfileConversion.of(grey, LINEAR).isEmpty());
    assertTrue(ProfileConversion.of(LINEAR, grey).isEmpty());
    assertTrue(ProfileConversion.of(new byte[200], LINEAR).isEmpty());
  }
}
