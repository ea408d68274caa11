package org.reverie.executor.nd4j;

import org.reverie.executor.engine.Centres;

/**
 * A graph's placeholder for the positions of one region.
 *
 * @param name of the placeholder
 * @param region whose positions are 1; all others are 0
 * @param centres of the layer's positions
 * @param width of the layer
 * @param height of the layer
 */
record RegionMask(String name, int region, Centres centres, int width, int height) {
  /** Its values, row by row. */
  float[] values(Centres.Regions regions) {
    float[] values = new float[width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = centres.region(i % width, i / width, regions) == region ? 1 : 0;
    }
    return values;
  }
}
