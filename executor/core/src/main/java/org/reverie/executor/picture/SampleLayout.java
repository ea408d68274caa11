package org.reverie.executor.picture;

/**
 * What the samples of a stored pixel mean. All are scaled to 0..255.
 *
 * @param colour of the first samples
 * @param alpha of the one behind them
 * @param channels samples per pixel, those without meaning included
 */
record SampleLayout(Colour colour, Alpha alpha, int channels) {
  /** Colour of a pixel. */
  enum Colour {
    /** 0 black .. 255 white. */
    GREY(1),
    RGB(3),
    /** Ink, 0 none .. 255 full. */
    CMYK(4),
    /** CIE L*a*b* (D50) in ICC's encoding: L* 0..100 as 0..255, a* and b* plus 128. */
    LAB(3);

    private final int channels;

    Colour(int channels) {
      this.channels = channels;
    }

    int channels() {
      return channels;
    }
  }

  /** How the colour relates to its alpha. */
  enum Alpha {
    NONE,
    STRAIGHT,
    PREMULTIPLIED
  }

  SampleLayout {
    int needed = colour.channels() + (alpha == Alpha.NONE ? 0 : 1);
    if (channels < needed) {
      throw new IllegalArgumentException(channels + " channels for " + colour + " and " + alpha);
    }
  }
}
