package org.reverie.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the pixels of a mask whose colour no guide has, but for those of an edge: a JPEG, or a
 * program that smooths, leaves a few pixels between two regions whose colours are mixed of both,
 * and along a straight edge each of these colours is as long as the edge. Told pixel by pixel, row
 * by row.
 */
final class ForeignColours {
  /** As wide as JPEGs with colour at half the size make an edge between pure colours. */
  private static final int WIDEST_EDGE = 4;

  /**
   * How far a channel of such a pixel may be off all mixtures of the two colours, since a JPEG
   * mixes colour there and not lightness: at quality 60 it is 112 between blue and yellow. Black,
   * white and grey lines between two pure colours are 127 off.
   */
  private static final int TOLERANCE = 112;

  private static final int NO_REGION = -1;

  private final int[] guides;
  private final Run row = new Run();
  private final Run[] columns;
  private final Map<Integer, Integer> counts = new HashMap<>();

  /**
   * @param guides colours of the regions
   * @param width pixels of a row
   */
  ForeignColours(int[] guides, int width) {
    this.guides = guides.clone();
    columns = new Run[width];
    for (int x = 0; x < width; x++) {
      columns[x] = new Run();
    }
  }

  /** The next pixel has the colour of a region. */
  void region(int x, int region) {
    run(x).end(region);
    columns[x].end(region);
  }

  /** The next pixel has the colour of none. */
  void foreign(int x, int colour) {
    counts.merge(colour, 1, Integer::sum);
    Pixel pixel = new Pixel(colour);
    run(x).add(pixel);
    columns[x].add(pixel);
  }

  private Run run(int x) {
    if (x == 0) {
      row.begin(NO_REGION);
    }
    return row;
  }

  /** How many pixels have which colour, without those of edges. */
  Map<Integer, Integer> counts() {
    return counts;
  }

  private static final class Pixel {
    private final int colour;
    private boolean counts = true;

    Pixel(int colour) {
      this.colour = colour;
    }
  }

  /** Foreign pixels behind one of a region, along a row or a column. */
  private final class Run {
    private final List<Pixel> pixels = new ArrayList<>(0);
    private int region = NO_REGION;
    private boolean wide;

    void begin(int next) {
      region = next;
      pixels.clear();
      wide = false;
    }

    void add(Pixel pixel) {
      if (wide || pixels.size() == WIDEST_EDGE) {
        wide = true;
      } else {
        pixels.add(pixel);
      }
    }

    void end(int next) {
      boolean edge = !wide && region != NO_REGION && region != next;
      if (edge && pixels.stream().allMatch(pixel -> isMixture(pixel.colour, region, next))) {
        for (Pixel pixel : pixels) {
          if (pixel.counts) {
            pixel.counts = false;
            counts.computeIfPresent(pixel.colour, (colour, n) -> n == 1 ? null : n - 1);
          }
        }
      }
      begin(next);
    }
  }

  /** Whether a colour lies about where those of two regions are mixed. */
  private boolean isMixture(int colour, int first, int second) {
    double along = 0;
    double length = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      double whole = channel(guides[second], shift) - channel(guides[first], shift);
      along += whole * (channel(colour, shift) - channel(guides[first], shift));
      length += whole * whole;
    }
    double share = length == 0 ? 0 : Math.min(1, Math.max(0, along / length));
    for (int shift = 0; shift <= 16; shift += 8) {
      double from = channel(guides[first], shift);
      double mixed = from + share * (channel(guides[second], shift) - from);
      if (Math.abs(channel(colour, shift) - mixed) > TOLERANCE) {
        return false;
      }
    }
    return true;
  }

  private static int channel(int colour, int shift) {
    return colour >> shift & 255;
  }
}
