package org.reverie.tiling.lattice;

/** One of the two directions of the canvas. */
public enum Axis {
  /** Along a row: positions are columns. */
  X,
  /** Along a column: positions are rows. */
  Y
}
