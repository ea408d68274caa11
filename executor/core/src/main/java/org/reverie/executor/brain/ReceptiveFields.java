package org.reverie.executor.brain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.tiling.LayerGeometry;

/**
 * What each layer of a brain sees of the picture.
 *
 * <p>Along one axis, output position o of a layer sees at most the input pixels {@code first + jump
 * o .. last + jump o}. The usual recurrence (Araujo, Norris and Sim, "Computing Receptive Fields of
 * Convolutional Neural Networks", 2019) moves both ends; where paths meet, the union of what they
 * see counts, which is the larger one unless the paths are shifted against each other. Everything
 * is an exact fraction, since a deconvolution divides the jump; its own reach is taken over all
 * phases of its stride, so that the result is never too small.
 */
public final class ReceptiveFields {
  private final Brain brain;
  private final List<Sight> horizontal;
  private final List<Sight> vertical;

  private ReceptiveFields(Brain brain) {
    this.brain = brain;
    this.horizontal = follow(true);
    this.vertical = follow(false);
  }

  /** Computes what every layer of {@code brain} sees. */
  public static ReceptiveFields of(Brain brain) {
    return new ReceptiveFields(brain);
  }

  /**
   * What tiling must know to dream these layers together.
   *
   * @param targets indices of layers
   * @return the least common multiple of the strides at and below the targets, and the largest
   *     receptive field among them
   */
  public LayerGeometry geometry(List<Integer> targets) {
    boolean[] needed = brain.needed(targets);
    BigInteger stride = BigInteger.ONE;
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        stride = leastCommonMultiple(stride, horizontal.get(i).jump().numerator());
        stride = leastCommonMultiple(stride, vertical.get(i).jump().numerator());
      }
    }
    int receptiveField = 1;
    for (int target : targets) {
      receptiveField = Math.max(receptiveField, receptiveField(target));
    }
    return new LayerGeometry(stride.intValueExact(), receptiveField);
  }

  /** The same for one layer. */
  public LayerGeometry geometry(int target) {
    return geometry(List.of(target));
  }

  /**
   * Where one axis of a layer looks: output position o sees the input around {@code (offset + jump
   * o) / divisor}, in pixels.
   *
   * @param bounded whether it does; a layer above a global pool sees everything
   */
  public record Centre(int offset, int jump, int divisor, boolean bounded) {}

  /** Where a layer looks, along its width or its height. */
  public Centre centre(int layer, boolean alongWidth) {
    Sight sight = (alongWidth ? horizontal : vertical).get(layer);
    Fraction middle = sight.first().plus(sight.last()).times(1, 2);
    BigInteger divisor = middle.denominator().multiply(sight.jump().denominator());
    BigInteger offset = middle.numerator().multiply(sight.jump().denominator());
    BigInteger jump = sight.jump().numerator().multiply(middle.denominator());
    return new Centre(
        offset.intValueExact(), jump.intValueExact(), divisor.intValueExact(), sight.bounded());
  }

  private int receptiveField(int layer) {
    return Math.max(horizontal.get(layer).length(), vertical.get(layer).length());
  }

  private List<Sight> follow(boolean alongWidth) {
    List<Sight> sights = new ArrayList<>(brain.layers().size());
    for (Layer layer : brain.layers()) {
      Sight in = Sight.PIXEL;
      for (int i = 0; i < layer.inputs().size(); i++) {
        Sight input = sights.get(layer.inputs().get(i));
        in = i == 0 ? input : in.union(input);
      }
      sights.add(above(layer.operation(), in, alongWidth));
    }
    return List.copyOf(sights);
  }

  private static Sight above(Operation operation, Sight in, boolean alongWidth) {
    if (operation instanceof Convolution c) {
      return alongWidth
          ? in.window(extent(c.kernelWidth(), c.dilationWidth()), c.strideWidth(), c.padWidth())
          : in.window(
              extent(c.kernelHeight(), c.dilationHeight()), c.strideHeight(), c.padHeight());
    }
    if (operation instanceof Deconvolution d) {
      return alongWidth
          ? in.spread(extent(d.kernelWidth(), d.dilationWidth()), d.strideWidth(), d.padWidth())
          : in.spread(
              extent(d.kernelHeight(), d.dilationHeight()), d.strideHeight(), d.padHeight());
    }
    if (operation instanceof Pooling p) {
      return alongWidth
          ? in.window(p.kernelWidth(), p.strideWidth(), p.padWidth())
          : in.window(p.kernelHeight(), p.strideHeight(), p.padHeight());
    }
    if (operation instanceof Lrn lrn && lrn.region() == LrnRegion.WITHIN_CHANNEL) {
      return in.window(lrn.localSize(), 1, (lrn.localSize() - 1) / 2);
    }
    if (operation instanceof GlobalPooling) {
      return in.everything();
    }
    return in;
  }

  private static int extent(int kernel, int dilation) {
    return dilation * (kernel - 1) + 1;
  }

  private static BigInteger leastCommonMultiple(BigInteger a, BigInteger b) {
    return a.divide(a.gcd(b)).multiply(b);
  }

  /**
   * What one axis of a layer sees.
   *
   * @param jump input pixels from one output position to the next
   * @param first first input pixel of output position 0, relative to pixel 0
   * @param last last input pixel of output position 0
   * @param bounded whether first and last mean anything
   */
  private record Sight(Fraction jump, Fraction first, Fraction last, boolean bounded) {
    static final Sight PIXEL = new Sight(Fraction.ONE, Fraction.ZERO, Fraction.ZERO, true);

    Sight window(int extent, int stride, int pad) {
      return new Sight(
          jump.times(stride, 1),
          first.plus(jump.times(-pad, 1)),
          last.plus(jump.times(extent - 1 - pad, 1)),
          bounded);
    }

    /**
     * Output o is fed by the inputs from (o + pad - (extent - 1)) / stride to (o + pad) / stride.
     */
    Sight spread(int extent, int stride, int pad) {
      return new Sight(
          jump.times(1, stride),
          first.plus(jump.times(pad - (extent - 1), stride)),
          last.plus(jump.times(pad, stride)),
          bounded);
    }

    Sight everything() {
      return new Sight(jump, first, last, false);
    }

    /** Paths of different jumps drift apart over the picture, and so see everything together. */
    Sight union(Sight other) {
      return new Sight(
          jump,
          first.least(other.first),
          last.most(other.last),
          bounded && other.bounded && jump.equals(other.jump));
    }

    int length() {
      return bounded ? last.plus(first.times(-1, 1)).ceiling() + 1 : LayerGeometry.UNBOUNDED;
    }
  }

  /** An exact fraction in lowest terms with a positive denominator. */
  private record Fraction(BigInteger numerator, BigInteger denominator) {
    static final Fraction ZERO = new Fraction(BigInteger.ZERO, BigInteger.ONE);
    static final Fraction ONE = new Fraction(BigInteger.ONE, BigInteger.ONE);

    static Fraction reduced(BigInteger numerator, BigInteger denominator) {
      BigInteger common = numerator.gcd(denominator);
      return new Fraction(numerator.divide(common), denominator.divide(common));
    }

    Fraction times(long factor, long divisor) {
      return reduced(
          numerator.multiply(BigInteger.valueOf(factor)),
          denominator.multiply(BigInteger.valueOf(divisor)));
    }

    Fraction plus(Fraction other) {
      return reduced(
          numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
          denominator.multiply(other.denominator));
    }

    Fraction least(Fraction other) {
      return compare(other) <= 0 ? this : other;
    }

    Fraction most(Fraction other) {
      return compare(other) >= 0 ? this : other;
    }

    int ceiling() {
      BigInteger[] parts = numerator.divideAndRemainder(denominator);
      return (parts[1].signum() > 0 ? parts[0].add(BigInteger.ONE) : parts[0]).intValueExact();
    }

    private int compare(Fraction other) {
      return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator));
    }
  }
}
