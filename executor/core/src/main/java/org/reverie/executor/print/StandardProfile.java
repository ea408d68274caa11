package org.reverie.executor.print;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;

/** The ICC profile of sRGB (IEC 61966-2-1), for pictures that carry none. */
public final class StandardProfile {
  private StandardProfile() {}

  /** The profile's bytes, as the Java runtime carries it; a new array each time. */
  public static byte[] srgb() {
    return ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
  }
}
