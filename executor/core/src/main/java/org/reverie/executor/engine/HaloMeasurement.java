package org.reverie.executor.engine;

import org.reverie.conf.UserException;
import org.reverie.tiling.Border;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.KeyedRandom.Purpose;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much context a tile needs in practice: what lies far out in the receptive field hardly moves
 * the gradient (GoogLeNet inception_4c/output sees 304 px around a tile; 128 px leave 0.7 %).
 *
 * @param haloPixels the halo, a multiple of the stride, at most the exact one
 * @param influence what is lost outside of that halo: mean |g - exact g| over mean |exact g| in the
 *     core
 */
public record HaloMeasurement(int haloPixels, double influence) {
  /** An influence below this is taken for none. */
  public static final double NEGLIGIBLE = 0.01;

  /** What a layer without a bounded view is given as a border. */
  private static final int UNBOUNDED_PIXELS = 64;

  private static final int CORE_PIXELS = 256;
  private static final int SMALL_CORE_PIXELS = 64;
  private static final long SEED = 2015;

  private static final Logger LOG = LoggerFactory.getLogger(HaloMeasurement.class);

  /** Edges of the picture's cells, pixels, and how far their values swing, grey levels. */
  private static final int[][] TEXTURE = {{64, 48}, {16, 24}, {4, 12}, {1, 6}};

  /**
   * Finds the smallest halo with a negligible influence, by bisection, on a picture that is always
   * the same: smooth shades under ever finer noise. It takes about as many gradients as the exact
   * halo has binary digits in strides; the largest window is 256 px plus twice the exact halo.
   *
   * @param engine opened for the objective
   * @param geometry of the objective's layers together
   * @param mean of the brain, per channel
   * @throws UserException {@code unbounded-receptive-field} if the layers see the whole picture
   */
  public static HaloMeasurement of(Engine engine, LayerGeometry geometry, float[] mean) {
    if (!geometry.bounded()) {
      throw UserException.of(
          "unbounded-receptive-field",
          "--halo",
          "the layer sees the whole picture, so that no halo is enough",
          "Dream a layer below the global pooling, or an octave that fits one window");
    }
    return new Experiment(engine, geometry, mean).smallestNegligible();
  }

  /**
   * The halo that {@code auto} stands for: the smallest that is enough, the exact one where
   * gradients overflow on the picture that is measured with, and a margin for layers that see
   * everything.
   *
   * @return a multiple of the stride, pixels
   */
  public static int automatic(Engine engine, LayerGeometry geometry, float[] mean) {
    if (!geometry.bounded()) {
      int stride = geometry.stride();
      return (UNBOUNDED_PIXELS + stride - 1) / stride * stride;
    }
    try {
      return of(engine, geometry, mean).haloPixels();
    } catch (NotFiniteException e) {
      LOG.warn(
          "gradients overflow on the picture that halos are measured with; taking the exact one");
      return geometry.exactHalo();
    }
  }

  private static final class Experiment {
    private final Engine engine;
    private final int stride;
    private final int exactHalo;
    private final int core;
    private final int edge;
    private final float[] picture;
    private final float[] exact;

    Experiment(Engine engine, LayerGeometry geometry, float[] mean) {
      this.engine = engine;
      this.stride = geometry.stride();
      this.exactHalo = geometry.exactHalo();
      int wanted = Math.min(CORE_PIXELS, Math.max(SMALL_CORE_PIXELS, 4 * exactHalo));
      this.core = Math.multiplyExact((wanted + stride - 1) / stride, stride);
      this.edge = Math.addExact(core, Math.multiplyExact(2, exactHalo));
      this.picture = picture(edge, mean);
      this.exact = gradient(exactHalo);
    }

    HaloMeasurement smallestNegligible() {
      int tooSmall = -1;
      int enough = exactHalo / stride;
      double influence = 0;
      while (enough - tooSmall > 1) {
        int middle = (tooSmall + enough) >>> 1;
        double measured = influence(middle * stride);
        if (measured < NEGLIGIBLE) {
          enough = middle;
          influence = measured;
        } else {
          tooSmall = middle;
        }
      }
      return new HaloMeasurement(enough * stride, influence);
    }

    private double influence(int halo) {
      float[] gradient = gradient(halo);
      double difference = 0;
      double sum = 0;
      for (int i = 0; i < exact.length; i++) {
        difference += Math.abs(gradient[i] - exact[i]);
        sum += Math.abs(exact[i]);
      }
      return difference == 0 ? 0 : difference / sum;
    }

    /** The gradient in the core, 3 x core x core, of a window with that halo. */
    private float[] gradient(int halo) {
      int start = exactHalo - halo;
      int length = core + 2 * halo;
      WindowAxis axis = new WindowAxis(Border.MIRROR, edge, start, length, start, length, stride);
      float[] pixels = new float[3 * length * length];
      for (int row = 0; row < 3 * length; row++) {
        int from = (row / length * edge + start + row % length) * edge + start;
        System.arraycopy(picture, from, pixels, row * length, length);
      }
      Region middle = new Region(halo, halo, core, core);
      float[] gradient = new float[3 * middle.pixels()];
      try (Session session = engine.compile(length, length)) {
        session.load(new Window(axis, axis), pixels);
        session.gradient(Roll.NONE, middle);
        session.readGradient(middle, gradient);
      }
      return gradient;
    }
  }

  /** Bilinear noise at several scales around middle grey, 3 x edge x edge, mean subtracted. */
  private static float[] picture(int edge, float[] mean) {
    float[] picture = new float[Math.multiplyExact(3, Math.multiplyExact(edge, edge))];
    for (int c = 0; c < 3; c++) {
      for (int scale = 0; scale < TEXTURE.length; scale++) {
        int cell = TEXTURE[scale][0];
        int nodes = edge / cell + 2;
        float[] lattice = new float[nodes * nodes];
        KeyedRandom random = KeyedRandom.of(SEED, Purpose.CONTROL, c, scale, edge);
        for (int i = 0; i < lattice.length; i++) {
          lattice[i] = (float) (2 * random.nextDouble() - 1) * TEXTURE[scale][1];
        }
        addBilinear(picture, c * edge * edge, edge, lattice, nodes, cell);
      }
      for (int i = c * edge * edge; i < (c + 1) * edge * edge; i++) {
        picture[i] = Math.min(255, Math.max(0, picture[i] + 127.5f)) - mean[c];
      }
    }
    return picture;
  }

  private static void addBilinear(
      float[] picture, int plane, int edge, float[] lattice, int nodes, int cell) {
    for (int y = 0; y < edge; y++) {
      float down = (float) (y % cell) / cell;
      for (int x = 0; x < edge; x++) {
        float right = (float) (x % cell) / cell;
        int node = y / cell * nodes + x / cell;
        float upper = lattice[node] * (1 - right) + lattice[node + 1] * right;
        float lower = lattice[node + nodes] * (1 - right) + lattice[node + nodes + 1] * right;
        picture[plane + y * edge + x] += upper * (1 - down) + lower * down;
      }
    }
  }
}
