package org.reverie.tiling.seam;

/** What is measured at a line across the canvas; the strips are one overlap wide. */
public enum Measure {
  /**
   * The mean difference of the two pixels on both sides of the line, over that of neighbouring
   * pixels in the strips beside it: 1 where there is nothing to see.
   */
  STEP,
  /**
   * The difference of the mean detail of the strips on both sides, grey levels, mean of channels.
   */
  LEVEL,
  /** |ln| of the quotient of the mean |detail| of the strips on both sides. */
  DETAIL,
  /**
   * Mean difference of neighbouring pixels along the line in the blend band, one overlap wide
   * around the line, over that in the bands beside it: below 1 where blending two drawings made
   * them paler.
   */
  TEXTURE,
  /**
   * |ln| of the quotient of the mean |detail| of the three quarters of both tiles that lie nearest
   * to the line. A scale per tile gives all tiles the same contrast: two tiles are then more alike
   * than two pieces of the same shape anywhere else. Says nothing about a single seam.
   */
  CONTRAST
}
