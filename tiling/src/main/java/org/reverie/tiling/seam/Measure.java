package org.reverie.tiling.seam;

/** What is measured at a line across the canvas; the strips are one overlap wide. */
public enum Measure {
  /**
   * The mean difference of the two pixels on both sides of the line, over that of neighbouring
   * pixels in the strips beside it: 1 where there is nothing to see.
   */
  STEP("the step across seams"),
  /**
   * The difference of the mean detail of the strips on both sides, grey levels, mean of channels.
   */
  LEVEL("the level on both sides"),
  /** |ln| of the quotient of the mean |detail| of the strips on both sides. */
  DETAIL("the detail on both sides"),
  /**
   * Mean difference of neighbouring pixels along the line in the blend band, one overlap wide
   * around the line, over that in the bands beside it: below 1 where blending two drawings made
   * them paler.
   */
  TEXTURE("the texture along seams"),
  /**
   * |ln| of the quotient of the mean |detail| of the three quarters of both tiles that lie nearest
   * to the line. A scale per tile gives all tiles the same contrast: two tiles are then more alike
   * than two pieces of the same shape anywhere else. Says nothing about a single seam.
   */
  CONTRAST("the contrast of neighbouring tiles");

  private final String words;

  Measure(String words) {
    this.words = words;
  }

  /** What it is, for people, in a few words. */
  String words() {
    return words;
  }
}
