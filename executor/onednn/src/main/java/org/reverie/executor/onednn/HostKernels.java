package org.reverie.executor.onednn;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.onednn.Program.InputGradient;

/** What oneDNN has no primitive for, or none with Caffe's rules. Rare layers: right before fast. */
final class HostKernels {
  private HostKernels() {}

  /** A function of one value. */
  interface Pointwise {
    /**
     * Computes it.
     *
     * @param channel of the value
     */
    float at(int channel, float value);
  }

  /** The index of a value of a tensor among all values of the arena. */
  private static long index(Tensor tensor, long position) {
    return tensor.block().offset() / Float.BYTES + tensor.first() + position * tensor.pitch();
  }

  /** to = function(from). */
  static HostKernel apply(Tensor from, Tensor to, Pointwise function) {
    return arena ->
        positions(from)
            .forEach(
                position -> {
                  long source = index(from, position);
                  long target = index(to, position);
                  for (int c = 0; c < from.shape().channels(); c++) {
                    arena.put(target + c, function.at(c, arena.get(source + c)));
                  }
                });
  }

  /** to = from times derivative(value). */
  static HostKernel applyBack(Tensor value, Tensor from, Tensor to, Pointwise derivative) {
    return arena ->
        positions(from)
            .forEach(
                position -> {
                  long at = index(value, position);
                  long source = index(from, position);
                  long target = index(to, position);
                  for (int c = 0; c < from.shape().channels(); c++) {
                    arena.put(
                        target + c, arena.get(source + c) * derivative.at(c, arena.get(at + c)));
                  }
                });
  }

  static Pointwise power(Power p) {
    return (channel, x) -> (float) Math.pow(p.shift() + (double) p.scale() * x, p.power());
  }

  static Pointwise powerDerivative(Power p) {
    return p.power() == 0
        ? (channel, x) -> 0
        : (channel, x) ->
            (float)
                ((double) p.power()
                    * p.scale()
                    * Math.pow(p.shift() + (double) p.scale() * x, p.power() - 1.0));
  }

  /** to += factor from. */
  static HostKernel accumulate(float factor, Tensor from, Tensor to) {
    return arena ->
        positions(from)
            .forEach(
                position -> {
                  long source = index(from, position);
                  long target = index(to, position);
                  for (int c = 0; c < from.shape().channels(); c++) {
                    arena.put(target + c, arena.get(target + c) + factor * arena.get(source + c));
                  }
                });
  }

  /** to = from times a factor of the position. */
  static HostKernel scalePositions(Tensor from, Tensor to, float[] factors) {
    return arena ->
        positions(from)
            .forEach(
                position -> {
                  long source = index(from, position);
                  long target = index(to, position);
                  float factor = factors[(int) position];
                  for (int c = 0; c < from.shape().channels(); c++) {
                    arena.put(target + c, factor * arena.get(source + c));
                  }
                });
  }

  /** Takes pixels out of their blocks, see {@link StridedGradient}. */
  static HostKernel pixels(InputGradient blocks, Tensor to) {
    Tensor from = blocks.tensor();
    int channels = to.shape().channels();
    int width = to.shape().width();
    int length = blocks.blockWidth() * channels;
    return arena -> {
      float[] line = new float[length];
      for (int y = 0; y < to.shape().height(); y++) {
        int first = y % blocks.blockHeight() * length;
        long row = (long) (y / blocks.blockHeight()) * from.shape().width();
        for (int x = 0; x < width; x += blocks.blockWidth()) {
          arena.get(index(from, row + x / blocks.blockWidth()) + first, line, 0, length);
          int inside = Math.min(blocks.blockWidth(), width - x) * channels;
          arena.put(index(to, (long) y * width + x), line, 0, inside);
        }
      }
    };
  }

  /** to = 0 but for the channels from {@code first} on, which are {@code from}. */
  static HostKernel embed(Tensor from, int first, Tensor to) {
    return arena ->
        positions(to)
            .forEach(
                position -> {
                  long source = index(from, position);
                  long target = index(to, position);
                  int channels = from.shape().channels();
                  for (int c = 0; c < to.shape().channels(); c++) {
                    boolean inside = c >= first && c < first + channels;
                    arena.put(target + c, inside ? arena.get(source + c - first) : 0);
                  }
                });
  }

  /** to = product or maximum of all of {@code from}. */
  static HostKernel combine(Combine combine, List<Tensor> from, Tensor to) {
    return arena ->
        positions(to)
            .forEach(
                position -> {
                  for (int c = 0; c < to.shape().channels(); c++) {
                    float result = arena.get(index(from.get(0), position) + c);
                    for (int i = 1; i < from.size(); i++) {
                      float next = arena.get(index(from.get(i), position) + c);
                      result = combine == Combine.PRODUCT ? result * next : Math.max(result, next);
                    }
                    arena.put(index(to, position) + c, result);
                  }
                });
  }

  /** The gradient of {@link #combine} at input {@code which}. */
  static HostKernel combineBack(
      Combine combine, List<Tensor> inputs, int which, Tensor from, Tensor to) {
    return arena ->
        positions(to)
            .forEach(
                position -> {
                  for (int c = 0; c < to.shape().channels(); c++) {
                    float factor = 1;
                    float own = arena.get(index(inputs.get(which), position) + c);
                    for (int i = 0; i < inputs.size(); i++) {
                      float other = arena.get(index(inputs.get(i), position) + c);
                      if (i == which) {
                        continue;
                      } else if (combine == Combine.PRODUCT) {
                        factor *= other;
                      } else if (i < which ? other >= own : other > own) {
                        factor = 0;
                      }
                    }
                    arena.put(
                        index(to, position) + c, factor * arena.get(index(from, position) + c));
                  }
                });
  }

  /** to = mean or maximum of each channel. */
  static HostKernel poolAll(Pool pool, Tensor from, Tensor to) {
    return arena -> {
      for (int c = 0; c < from.shape().channels(); c++) {
        double sum = 0;
        float largest = Float.NEGATIVE_INFINITY;
        for (long position = 0; position < from.positions(); position++) {
          float value = arena.get(index(from, position) + c);
          sum += value;
          largest = Math.max(largest, value);
        }
        arena.put(index(to, 0) + c, pool == Pool.MAX ? largest : (float) (sum / from.positions()));
      }
    };
  }

  /** The gradient of {@link #poolAll}; the first largest takes it. */
  static HostKernel poolAllBack(Pool pool, Tensor input, Tensor from, Tensor to) {
    return arena -> {
      for (int c = 0; c < to.shape().channels(); c++) {
        float gradient = arena.get(index(from, 0) + c);
        long first = 0;
        for (long position = 0; position < to.positions(); position++) {
          arena.put(index(to, position) + c, pool == Pool.MAX ? 0 : gradient / to.positions());
          if (arena.get(index(input, position) + c) > arena.get(index(input, first) + c)) {
            first = position;
          }
        }
        if (pool == Pool.MAX) {
          arena.put(index(to, first) + c, gradient);
        }
      }
    };
  }

  /** Normalisation by the squares of the channels around a channel. */
  static HostKernel normaliseAcross(Lrn lrn, Tensor from, Tensor to) {
    int channels = from.shape().channels();
    return arena -> {
      float[] values = new float[channels];
      for (long position = 0; position < from.positions(); position++) {
        arena.get(index(from, position), values, 0, channels);
        for (int c = 0; c < channels; c++) {
          double power = Math.pow(scaleAcross(lrn, values, c), -lrn.beta());
          arena.put(index(to, position) + c, (float) (values[c] * power));
        }
      }
    };
  }

  /** The gradient of {@link #normaliseAcross}, by the formula at {@link #normaliseWithinBack}. */
  static HostKernel normaliseAcrossBack(Lrn lrn, Tensor input, Tensor from, Tensor to) {
    int channels = input.shape().channels();
    int reach = lrn.localSize() / 2;
    double factor = 2.0 * lrn.alpha() * lrn.beta() / lrn.localSize();
    return arena -> {
      float[] values = new float[channels];
      float[] gradients = new float[channels];
      double[] direct = new double[channels];
      double[] ratios = new double[channels];
      for (long position = 0; position < input.positions(); position++) {
        arena.get(index(input, position), values, 0, channels);
        arena.get(index(from, position), gradients, 0, channels);
        for (int c = 0; c < channels; c++) {
          double scale = scaleAcross(lrn, values, c);
          direct[c] = gradients[c] * Math.pow(scale, -lrn.beta());
          ratios[c] = direct[c] * values[c] / scale;
        }
        for (int c = 0; c < channels; c++) {
          double sum = 0;
          for (int i = Math.max(0, c - reach); i <= Math.min(channels - 1, c + reach); i++) {
            sum += ratios[i];
          }
          arena.put(index(to, position) + c, (float) (direct[c] - factor * values[c] * sum));
        }
      }
    };
  }

  private static double scaleAcross(Lrn lrn, float[] values, int channel) {
    int reach = lrn.localSize() / 2;
    double sum = 0;
    for (int i = Math.max(0, channel - reach);
        i <= Math.min(values.length - 1, channel + reach);
        i++) {
      sum += (double) values[i] * values[i];
    }
    return lrn.k() + lrn.alpha() / (double) lrn.localSize() * sum;
  }

  /** Normalisation by the squares around a position in the same channel. */
  static HostKernel normaliseWithin(Lrn lrn, Tensor from, Tensor to) {
    return arena ->
        positions(from)
            .forEach(
                position -> {
                  for (int c = 0; c < from.shape().channels(); c++) {
                    double scale = scale(lrn, from, arena, position, c);
                    arena.put(
                        index(to, position) + c,
                        (float)
                            (arena.get(index(from, position) + c) * Math.pow(scale, -lrn.beta())));
                  }
                });
  }

  /**
   * The gradient of {@link #normaliseWithin}: with s the scale, dx = dy s^-beta - 2 alpha beta / n
   * x sum over the square of dy x s^(-beta - 1).
   */
  static HostKernel normaliseWithinBack(Lrn lrn, Tensor input, Tensor from, Tensor to) {
    return arena -> {
      Shape shape = input.shape();
      double area = (double) lrn.localSize() * lrn.localSize();
      int width = shape.width();
      for (int c = 0; c < shape.channels(); c++) {
        double[] ratios = new double[Math.toIntExact(input.positions())];
        double[] direct = new double[ratios.length];
        for (int position = 0; position < ratios.length; position++) {
          double scale = scale(lrn, input, arena, position, c);
          double gradient = arena.get(index(from, position) + c);
          double power = Math.pow(scale, -lrn.beta());
          direct[position] = gradient * power;
          ratios[position] = gradient * arena.get(index(input, position) + c) * power / scale;
        }
        for (int position = 0; position < ratios.length; position++) {
          int row = position / width;
          int column = position % width;
          int reach = lrn.localSize() / 2;
          double sum = 0;
          for (int y = Math.max(0, row - reach);
              y <= Math.min(shape.height() - 1, row + reach);
              y++) {
            for (int x = Math.max(0, column - reach);
                x <= Math.min(width - 1, column + reach);
                x++) {
              sum += ratios[y * width + x];
            }
          }
          double value = arena.get(index(input, position) + c);
          arena.put(
              index(to, position) + c,
              (float) (direct[position] - 2 * lrn.alpha() * lrn.beta() / area * value * sum));
        }
      }
    };
  }

  private static double scale(Lrn lrn, Tensor from, FloatIndexer arena, long position, int c) {
    Shape shape = from.shape();
    int row = (int) (position / shape.width());
    int column = (int) (position % shape.width());
    int reach = lrn.localSize() / 2;
    double sum = 0;
    for (int y = Math.max(0, row - reach); y <= Math.min(shape.height() - 1, row + reach); y++) {
      for (int x = Math.max(0, column - reach);
          x <= Math.min(shape.width() - 1, column + reach);
          x++) {
        double value = arena.get(index(from, (long) y * shape.width() + x) + c);
        sum += value * value;
      }
    }
    return lrn.k() + lrn.alpha() / ((double) lrn.localSize() * lrn.localSize()) * sum;
  }

  /**
   * At every position, weight times that column of its region's guide which has the largest
   * product, the first on ties.
   *
   * @param centres of the layer's positions
   * @param products of the activations at some positions with all columns
   * @param first the position of the first of them
   * @param to gradient
   */
  static Step.RegionalKernel guide(
      Drive.Guide guide, float weight, Centres centres, Tensor products, long first, Tensor to) {
    int channels = to.shape().channels();
    int count = guide.count();
    int width = to.shape().width();
    return (arena, regions) -> {
      float[] row = new float[count];
      float[] column = new float[channels];
      for (long position = 0; position < products.positions(); position++) {
        arena.get(index(products, position), row, 0, count);
        int place = (int) (first + position);
        int region = centres.region(place % width, place / width, regions);
        int best = guide.first(region);
        for (int j = best + 1; j < guide.end(region); j++) {
          if (row[j] > row[best]) {
            best = j;
          }
        }
        for (int c = 0; c < channels; c++) {
          column[c] = weight * guide.columns()[c * count + best];
        }
        arena.put(index(to, first + position), column, 0, channels);
      }
    };
  }

  /**
   * At every position, weight times the channels that count, each times its own; 0 in the others.
   *
   * @param from activations
   * @param to gradient
   */
  static HostKernel channels(Drive.Channels drive, float weight, Tensor from, Tensor to) {
    int channels = to.shape().channels();
    int[] counting = IntStream.range(0, channels).filter(c -> drive.weights()[c] != 0).toArray();
    return arena -> {
      float[] column = new float[channels];
      for (long position = 0; position < to.positions(); position++) {
        long source = index(from, position);
        for (int c : counting) {
          column[c] = weight * drive.weights()[c] * arena.get(source + c);
        }
        arena.put(index(to, position), column, 0, channels);
      }
    };
  }

  private static LongStream positions(Tensor tensor) {
    return LongStream.range(0, tensor.positions());
  }
}
