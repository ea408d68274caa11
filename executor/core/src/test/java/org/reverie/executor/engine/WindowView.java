package org.reverie.executor.engine;

import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/**
 * What a network sees through a window at a roll, and what of its gradient belongs to canvas
 * pixels: beyond a mirrored border it sees them again, and nothing comes back from there.
 *
 * @param region of the loaded pixels, where the gradient is asked for
 */
record WindowView(Window window, Roll roll, Region region) {
  /**
   * The network's input.
   *
   * @param loaded 3 planes of the loaded pixels
   */
  double[] input(float[] loaded) {
    int[] columns = window.x().sources(roll.x());
    int[] rows = window.y().sources(roll.y());
    double[] input = new double[3 * rows.length * columns.length];
    int position = 0;
    for (int c = 0; c < 3; c++) {
      for (int row : rows) {
        int line = (c * window.y().loadedLength() + row) * window.x().loadedLength();
        for (int column : columns) {
          input[position++] = loaded[line + column];
        }
      }
    }
    return input;
  }

  /**
   * 3 planes of the region.
   *
   * @param atInput a gradient at the network's input
   */
  double[] gradient(double[] atInput) {
    int[] columns = window.x().sources(roll.x());
    int[] rows = window.y().sources(roll.y());
    int[] canvasColumns = window.x().canvasPositions(roll.x());
    int[] canvasRows = window.y().canvasPositions(roll.y());
    double[] gradient = new double[3 * region.pixels()];
    for (int c = 0; c < 3; c++) {
      for (int i = canvasRows[0]; i < canvasRows[1]; i++) {
        int y = rows[i] - region.y();
        for (int j = canvasColumns[0]; j < canvasColumns[1]; j++) {
          int x = columns[j] - region.x();
          if (y >= 0 && y < region.height() && x >= 0 && x < region.width()) {
            gradient[(c * region.height() + y) * region.width() + x] =
                atInput[(c * rows.length + i) * columns.length + j];
          }
        }
      }
    }
    return gradient;
  }
}
