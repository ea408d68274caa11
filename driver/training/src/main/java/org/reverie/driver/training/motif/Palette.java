package org.reverie.driver.training.motif;

import java.awt.Color;

/**
 * Colours of one picture that go together: a ground and a ramp of tones that stands out from it.
 *
 * @param ground behind the motif
 * @param ramp dark to light, at least two colours
 * @param accent unlike the ramp in hue
 */
record Palette(Color ground, Color[] ramp, Color accent) {
  private static final double[] HUE_STEPS = {0, 0.04, 0.08, 0.12, 0.33, 0.42, 0.5, 0.58};

  /** Some are of any colour, so that shape still counts. */
  private static final double ANY = 0.15;

  private static final int TONES = 4;

  /** Draws one, mostly of one of the families. */
  static Palette of(Chance chance, Family[] families) {
    return families.length == 0 || chance.flip(ANY)
        ? any(chance)
        : near(families[chance.whole(0, families.length - 1)], chance);
  }

  /**
   * A family's colours, a little off: hue by up to 12 degrees, paler or richer, darker or lighter.
   */
  private static Palette near(Family family, Chance chance) {
    double hue = chance.in(-0.033, 0.033);
    double saturation = chance.in(0.75, 1.15);
    double value = chance.in(0.88, 1.1);
    Color[] grounds = family.grounds();
    Color ground =
        shifted(
            grounds[chance.whole(0, grounds.length - 1)],
            chance.in(-0.033, 0.033),
            chance.in(0.7, 1.15),
            chance.in(0.85, 1.1));
    // What stands before a dark ground lacks the darkest tones, before a light one the lightest.
    boolean dark = lightness(ground) < 0.45;
    double from = dark ? chance.in(0.1, 0.35) : 0;
    double to = dark ? 1 : chance.in(0.75, 1);
    Color[] ramp = new Color[TONES];
    for (int i = 0; i < ramp.length; i++) {
      double t = from + (to - from) * i / (ramp.length - 1.0);
      ramp[i] = shifted(tone(family.ramp(), t), hue, saturation, value);
    }
    Color accent = shifted(family.accent(), chance.in(-0.04, 0.04), saturation, value);
    return new Palette(ground, ramp, accent);
  }

  private static Color shifted(Color colour, double hue, double saturation, double value) {
    float[] hsb = Color.RGBtoHSB(colour.getRed(), colour.getGreen(), colour.getBlue(), null);
    return colour(hsb[0] + hue, hsb[1] * saturation, hsb[2] * value);
  }

  private static Palette any(Chance chance) {
    double hue = chance.in(0, 1);
    double step = HUE_STEPS[chance.whole(0, HUE_STEPS.length - 1)] * (chance.flip(0.5) ? 1 : -1);
    double saturation = chance.flip(0.12) ? chance.in(0, 0.12) : chance.in(0.3, 0.9);
    boolean darkGround = chance.flip(0.5);
    Color ground =
        darkGround
            ? colour(hue + step + chance.in(-0.05, 0.05), chance.in(0.2, 0.8), chance.in(0.05, 0.3))
            : colour(hue + step + chance.in(-0.05, 0.05), chance.in(0, 0.4), chance.in(0.72, 1));
    double low = darkGround ? chance.in(0.35, 0.55) : chance.in(0.08, 0.25);
    double high = darkGround ? chance.in(0.85, 1) : chance.in(0.5, 0.75);
    double drift = chance.in(-0.12, 0.12);
    Color[] ramp = new Color[TONES];
    for (int i = 0; i < ramp.length; i++) {
      double t = i / (ramp.length - 1.0);
      // Light tones are paler, as under one lamp.
      ramp[i] = colour(hue + drift * t, saturation * (1.1 - 0.55 * t * t), low + (high - low) * t);
    }
    Color accent =
        colour(hue + 0.5 + chance.in(-0.12, 0.12), chance.in(0.5, 0.95), (low + high) / 2 + 0.15);
    return new Palette(ground, ramp, accent);
  }

  /** The tone at {@code t}, 0 (dark) to 1 (light). */
  Color tone(double t) {
    return tone(ramp, t);
  }

  private static Color tone(Color[] ramp, double t) {
    double at = Math.min(1, Math.max(0, t)) * (ramp.length - 1);
    int index = Math.min(ramp.length - 2, (int) at);
    return mix(ramp[index], ramp[index + 1], at - index);
  }

  /** A colour between two. */
  static Color mix(Color a, Color b, double t) {
    return new Color(
        channel(a.getRed() + (b.getRed() - a.getRed()) * t),
        channel(a.getGreen() + (b.getGreen() - a.getGreen()) * t),
        channel(a.getBlue() + (b.getBlue() - a.getBlue()) * t));
  }

  /** The same colour, see-through. */
  static Color veil(Color colour, double opacity) {
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), channel(255 * opacity));
  }

  /** Lighter (above 0) or darker (below 0) by a share of the way to white or black. */
  static Color light(Color colour, double by) {
    return by >= 0 ? mix(colour, Color.WHITE, by) : mix(colour, Color.BLACK, -by);
  }

  /** How far apart two colours are in lightness, 0 to 1. */
  static double contrast(Color a, Color b) {
    return Math.abs(lightness(a) - lightness(b));
  }

  private static double lightness(Color colour) {
    return (0.299 * colour.getRed() + 0.587 * colour.getGreen() + 0.114 * colour.getBlue()) / 255;
  }

  static Color colour(double hue, double saturation, double value) {
    return Color.getHSBColor(
        (float) hue,
        (float) Math.min(1, Math.max(0, saturation)),
        (float) Math.min(1, Math.max(0, value)));
  }

  private static int channel(double value) {
    return (int) Math.round(Math.min(255, Math.max(0, value)));
  }
}
