package org.reverie.executor.onednn;

import java.util.List;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.engine.Objective;

/**
 * How many times as fast this processor convolves bfloat16 as float32. Its instruction set does not
 * tell: with vectors (AVX-512) an AMD EPYC is twice as fast, an Intel Xeon whose tiles (AMX) are
 * hidden from it was slower, and with its tiles is ten times as fast. Measured once per process, in
 * a tenth of a second.
 */
final class Bfloat16Gain {
  /**
   * From here on whole gradients gain: Winograd's form, which float32 alone has, saves up to a
   * third of what is compared here.
   */
  private static final double WORTH = 1.5;

  private static final int CHANNELS = 64;
  private static final int KERNEL = 3;
  private static final int EDGE_PIXELS = 32;

  /** The first warms up; of the others the fastest counts, which other programs disturb least. */
  private static final int ROUNDS = 5;

  private Bfloat16Gain() {}

  /** Not measured before somebody asks. */
  private static final class Measured {
    static final double GAIN = seconds(Element.FLOAT32) / seconds(Element.BFLOAT16);
  }

  /** Whether gradients take much less time in bfloat16 here. */
  static boolean isWorthIt() {
    return Library.get().multipliesBfloat16() && Measured.GAIN >= WORTH;
  }

  private static double seconds(Element element) {
    try (ConvolutionRoof convolutions =
        new ConvolutionRoof(
            brain(), Objective.l2(1), EDGE_PIXELS, EDGE_PIXELS, 1, element, System::nanoTime)) {
      for (int i = 0; i < ROUNDS; i++) {
        convolutions.round();
      }
      return convolutions.fastestSeconds();
    }
  }

  /** One convolution of three rows, as most are. */
  private static Brain brain() {
    Operation convolution =
        new Operation.Convolution(
            CHANNELS,
            CHANNELS,
            KERNEL,
            KERNEL,
            1,
            1,
            KERNEL / 2,
            KERNEL / 2,
            1,
            1,
            1,
            new float[CHANNELS * CHANNELS * KERNEL * KERNEL],
            new float[CHANNELS]);
    return new Brain(
        "a convolution to time",
        List.of(
            new Layer("data", List.of(), new Operation.Input(), CHANNELS),
            new Layer("convolution", List.of(0), convolution, CHANNELS)),
        new float[3],
        Brain.ColourOrder.BGR,
        List.of(),
        "");
  }
}
