package org.reverie.executor.brain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.reverie.executor.brain.Brain.ColourOrder;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Relu;

/**
 * A brain that needs no file and has no training, for tests: two levels after the visual cortex, made from formulas.
 *
 * <p>{@code gabor/output} (144 channels, stride 8) sees stripes: Gabor filters (Daugman, 1985) in
 * eight orientations, both signs, along three opponent colour axes, at the picture's scale and at a
 * half and a quarter of it, rectified and divided by what all of them together see (Heeger, 1992),
 * so that a faint gradient counts as much as a hard edge.
 *
 * <p>{@code weave/output} (32 channels, stride 8) sees how stripes are arranged around a point:
 * along rays, rings, and open and tight spirals to both sides, each in four schemes of colour that
 * change from the middle to the rim, and along arcs in eight directions. Rays at right angles to
 * what a form wants count against it, and so does, weakly, everything else: that is what makes
 * separate figures with calm between them rather than a texture everywhere. Dreamt over octaves it
 * winds a gradient into nested shells.
 *
 * <p>Forward and backward take about 18,000 floating-point operations for each pixel, a fifth of
 * what GoogLeNet takes to inception_4c.
 */
public final class AnalyticBrain {
  /** The first level. */
  public static final String GABOR = "gabor/output";

  /** The second level, and the default layer. */
  public static final String WEAVE = "weave/output";

  private static final int ORIENTATIONS = 8;
  private static final int SCALES = 3;
  private static final int STRIDE_PIXELS = 8;

  /** Brightness, red against green, blue against yellow: as blue, green, red. */
  private static final double[][] OPPONENTS = {{1, 1, 1}, {0, -1, 1}, {1, -0.5, -0.5}};

  /** Colours of pictures differ less than their brightness does. */
  private static final double[] OPPONENT_GAINS = {1, 1.5, 1.5};

  private static final int BRIGHTNESS = 0;
  private static final int RED_GREEN = 1;
  private static final int BLUE_YELLOW = 2;

  private static final int GABOR_KERNEL = 7;
  private static final double WAVELENGTH = 5;
  private static final double ACROSS_DEVIATION = 2;
  private static final double ALONG_DEVIATION = 2.4;

  /** Brings the answer to a strong edge of 0..255 values to about 1. */
  private static final double GABOR_GAIN = 1 / 60.0;

  /** Coarse stripes count more than fine ones, or the picture fills with hair. */
  private static final double[] SCALE_GAINS = {0.7, 1, 1.3};

  private static final int FILTERS = OPPONENTS.length * 2 * ORIENTATIONS;
  private static final int STRIPES = SCALES * FILTERS;

  /** How strongly the energy of all stripes divides each. */
  private static final double NORMALISATION = 4;

  private static final int FORM_KERNEL = 5;
  private static final double FORM_RADIUS = 1.6;
  private static final double ARC_RADIUS = 1.8;
  private static final double FORM_DEVIATION = 0.9;

  /**
   * Inside this radius lies the middle of a colour scheme, outside its rim; in steps of the stride.
   */
  private static final double RIM_RADIUS = 1.5;

  /** Angle between the ray from the middle and the stripes on it: rays, rings, spirals. */
  private static final double[] TWISTS_DEGREES = {0, 90, 45, -45, 67, -67};

  private static final int ARCS = 8;
  private static final int FORMS = TWISTS_DEGREES.length * Scheme.values().length + ARCS;

  /** What a form gives to the three scales of stripes, finest first. */
  private static final double[][] SCALE_MIXES = {{1, 0.6, 0.3}, {0.5, 1, 0.5}, {0.3, 0.6, 1}};

  /** What everything else takes away from a form, as a share of its mean weight. */
  private static final double INHIBITION = 0.25;

  private static final float MEAN = 128;

  private final List<Layer> layers = new ArrayList<>();

  private AnalyticBrain() {}

  /** The brain: always the same, hash included. */
  public static Brain create() {
    return new AnalyticBrain().build();
  }

  /** How much a form wants stripes of one colour axis and sign, in its middle and at its rim. */
  private enum Scheme {
    LIGHT {
      @Override
      double weight(int opponent, boolean positive, boolean rim) {
        return opponent == BRIGHTNESS
            ? (positive ? 1 : 0)
            : opponent == BLUE_YELLOW && positive != rim ? 0.8 : 0;
      }
    },
    DARK {
      @Override
      double weight(int opponent, boolean positive, boolean rim) {
        return opponent == BRIGHTNESS
            ? (positive ? 0 : 1)
            : opponent == RED_GREEN && positive != rim ? 0.8 : 0;
      }
    },
    WARM {
      @Override
      double weight(int opponent, boolean positive, boolean rim) {
        return opponent == RED_GREEN
            ? (positive == rim ? 1 : 0)
            : opponent == BLUE_YELLOW && positive ? 0.8 : 0;
      }
    },
    COOL {
      @Override
      double weight(int opponent, boolean positive, boolean rim) {
        return opponent == BLUE_YELLOW
            ? (positive == rim ? 1 : 0)
            : opponent == BRIGHTNESS ? 0.6 : 0;
      }
    };

    abstract double weight(int opponent, boolean positive, boolean rim);
  }

  private Brain build() {
    int picture = add("data", List.of(), new Input(), 3);
    List<Integer> scales = new ArrayList<>();
    for (int scale = 0; scale < SCALES; scale++) {
      scales.add(stripes(picture, scale));
    }
    int all = add("gabor/all", scales, new Concat(), STRIPES);
    int gabor = normalised(all);
    int forms = add("weave/forms", List.of(gabor), forms(), FORMS);
    add(WEAVE, List.of(forms), new Relu(0), FORMS);
    return BrainCodec.hashed(
        "analytic", layers, new float[] {MEAN, MEAN, MEAN}, ColourOrder.BGR, List.of(WEAVE, GABOR));
  }

  private int add(String name, List<Integer> inputs, Operation operation, int channels) {
    layers.add(new Layer(name, inputs, operation, channels));
    return layers.size() - 1;
  }

  /** Rectified Gabor filters over the picture made smaller 2^scale times, brought to the stride. */
  private int stripes(int picture, int scale) {
    int shrink = 1 << scale;
    String name = "gabor/scale" + shrink;
    int from = picture;
    if (shrink > 1) {
      from = add(name + "/picture", List.of(picture), pooling(Pool.AVERAGE, shrink), 3);
    }
    int filtered = add(name + "/filters", List.of(from), gabors(SCALE_GAINS[scale]), FILTERS);
    int rectified = add(name + "/rectified", List.of(filtered), new Relu(0), FILTERS);
    int remaining = STRIDE_PIXELS / (2 * shrink);
    return remaining == 1
        ? rectified
        : add(name + "/strongest", List.of(rectified), pooling(Pool.MAX, remaining), FILTERS);
  }

  private static Pooling pooling(Pool pool, int edge) {
    return new Pooling(pool, edge, edge, edge, edge, 0, 0, true);
  }

  /**
   * Divides every stripe by sqrt(1 + alpha mean a^2) over all stripes at its place. Caffe's LRN
   * could do it, but only with a window of 287 channels, which engines compute naively.
   */
  private int normalised(int all) {
    int squares = add("gabor/squares", List.of(all), new Power(2, 1, 0), STRIPES);
    float[] weights = new float[STRIPES * STRIPES];
    Arrays.fill(weights, (float) (NORMALISATION / STRIPES));
    float[] ones = new float[STRIPES];
    Arrays.fill(ones, 1);
    Operation sum = convolution(STRIPES, STRIPES, 1, 1, weights, ones);
    int energy = add("gabor/energy", List.of(squares), sum, STRIPES);
    int gain = add("gabor/gain", List.of(energy), new Power(-0.5f, 1, 0), STRIPES);
    Operation product = new Eltwise(Combine.PRODUCT, new float[0]);
    return add(GABOR, List.of(all, gain), product, STRIPES);
  }

  private static Convolution convolution(
      int inputs, int outputs, int kernel, int stride, float[] weights, float[] bias) {
    int pad = kernel / 2;
    return new Convolution(
        inputs, outputs, kernel, kernel, stride, stride, pad, pad, 1, 1, 1, weights, bias);
  }

  private static Convolution gabors(double gain) {
    int taps = GABOR_KERNEL * GABOR_KERNEL;
    float[] weights = new float[FILTERS * 3 * taps];
    int at = 0;
    for (int filter = 0; filter < FILTERS; filter++) {
      int opponent = opponent(filter);
      double length = 0;
      for (double share : OPPONENTS[opponent]) {
        length += share * share;
      }
      double amplitude =
          (positive(filter) ? 1 : -1)
              * OPPONENT_GAINS[opponent]
              * GABOR_GAIN
              * gain
              / Math.sqrt(length);
      double[] profile = gabor(orientation(filter));
      for (double share : OPPONENTS[opponent]) {
        for (double tap : profile) {
          weights[at++] = (float) (amplitude * share * tap);
        }
      }
    }
    return convolution(3, FILTERS, GABOR_KERNEL, 2, weights, new float[FILTERS]);
  }

  /** An even Gabor function with sum 0 and norm 1 whose stripes run at {@code angle} radians. */
  private static double[] gabor(double angle) {
    double[] envelope = new double[GABOR_KERNEL * GABOR_KERNEL];
    double[] values = new double[envelope.length];
    double envelopeSum = 0;
    double sum = 0;
    int centre = GABOR_KERNEL / 2;
    for (int i = 0; i < values.length; i++) {
      int x = i % GABOR_KERNEL - centre;
      int y = i / GABOR_KERNEL - centre;
      double across = (y * StrictMath.cos(angle) - x * StrictMath.sin(angle));
      double along = x * StrictMath.cos(angle) + y * StrictMath.sin(angle);
      envelope[i] = gauss(across / ACROSS_DEVIATION) * gauss(along / ALONG_DEVIATION);
      values[i] = envelope[i] * StrictMath.cos(2 * Math.PI * across / WAVELENGTH);
      envelopeSum += envelope[i];
      sum += values[i];
    }
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] -= envelope[i] * sum / envelopeSum;
      squares += values[i] * values[i];
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= Math.sqrt(squares);
    }
    return values;
  }

  private static Convolution forms() {
    int taps = FORM_KERNEL * FORM_KERNEL;
    float[] weights = new float[FORMS * STRIPES * taps];
    int form = 0;
    for (double twist : TWISTS_DEGREES) {
      for (Scheme scheme : Scheme.values()) {
        double[] mix = SCALE_MIXES[form % SCALE_MIXES.length];
        double[] values = form(StrictMath.toRadians(twist), FORM_RADIUS, scheme, mix, Double.NaN);
        store(values, weights, form++);
      }
    }
    for (int arc = 0; arc < ARCS; arc++) {
      Scheme scheme = Scheme.values()[arc % Scheme.values().length];
      double[] mix = SCALE_MIXES[arc % SCALE_MIXES.length];
      double direction = 2 * Math.PI * arc / ARCS;
      store(form(Math.PI / 2, ARC_RADIUS, scheme, mix, direction), weights, form++);
    }
    return convolution(STRIPES, FORMS, FORM_KERNEL, 1, weights, new float[FORMS]);
  }

  /**
   * A form's weights, scale x filter x row x column.
   *
   * @param twist radians between a ray from the middle and the stripes on it
   * @param radius where it is strongest, in steps of the stride
   * @param scheme its colours
   * @param mix its scales
   * @param direction radians of the side an arc lies on; NaN for the whole round
   */
  private static double[] form(
      double twist, double radius, Scheme scheme, double[] mix, double direction) {
    int taps = FORM_KERNEL * FORM_KERNEL;
    int centre = FORM_KERNEL / 2;
    double[] values = new double[STRIPES * taps];
    for (int i = 0; i < values.length; i++) {
      int x = i % FORM_KERNEL - centre;
      int y = i / FORM_KERNEL % FORM_KERNEL - centre;
      if (x == 0 && y == 0) {
        continue;
      }
      int filter = i / taps % FILTERS;
      double distance = Math.sqrt(x * x + y * y);
      double ray = StrictMath.atan2(y, x);
      double agreement = StrictMath.cos(2 * (orientation(filter) - ray - twist));
      double side = 1;
      if (!Double.isNaN(direction)) {
        side = Math.max(0, StrictMath.cos(ray - direction));
        // An arc sees few stripes, so it is choosier about their direction.
        agreement *= Math.abs(agreement);
      }
      values[i] =
          mix[i / taps / FILTERS]
              * scheme.weight(opponent(filter), positive(filter), distance >= RIM_RADIUS)
              * gauss((distance - radius) / FORM_DEVIATION)
              * agreement
              * side;
    }
    return values;
  }

  /** Takes the inhibition off a form, brings it to norm 1 and puts it where it belongs. */
  private static void store(double[] form, float[] weights, int index) {
    double sum = 0;
    for (double value : form) {
      sum += Math.abs(value);
    }
    double squares = 0;
    for (int i = 0; i < form.length; i++) {
      form[i] -= INHIBITION * sum / form.length;
      squares += form[i] * form[i];
    }
    for (int i = 0; i < form.length; i++) {
      weights[index * form.length + i] = (float) (form[i] / Math.sqrt(squares));
    }
  }

  private static int opponent(int filter) {
    return filter / (2 * ORIENTATIONS);
  }

  private static boolean positive(int filter) {
    return filter / ORIENTATIONS % 2 == 0;
  }

  /** Radians from the x axis towards the y axis, which points down. */
  private static double orientation(int filter) {
    return Math.PI * (filter % ORIENTATIONS) / ORIENTATIONS;
  }

  private static double gauss(double deviations) {
    return StrictMath.exp(-deviations * deviations / 2);
  }
}
