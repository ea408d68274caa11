package org.reverie.executor.onednn;

import java.util.List;
import java.util.stream.IntStream;
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

  /** to = function(from). */
  static HostKernel apply(Tensor from, Tensor to, Pointwise function) {
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (long position = 0; position < from.positions(); position++) {
        for (int c = 0; c < from.shape().channels(); c++) {
          target.put(position, c, function.at(c, source.get(position, c)));
        }
      }
    };
  }

  /** to = from times derivative(value). */
  static HostKernel applyBack(Tensor value, Tensor from, Tensor to, Pointwise derivative) {
    return arena -> {
      TensorValues arguments = arena.values(value);
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (long position = 0; position < from.positions(); position++) {
        for (int c = 0; c < from.shape().channels(); c++) {
          float slope = derivative.at(c, arguments.get(position, c));
          target.put(position, c, source.get(position, c) * slope);
        }
      }
    };
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
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (long position = 0; position < from.positions(); position++) {
        for (int c = 0; c < from.shape().channels(); c++) {
          target.put(position, c, target.get(position, c) + factor * source.get(position, c));
        }
      }
    };
  }

  /** to = from times a factor of the position. */
  static HostKernel scalePositions(Tensor from, Tensor to, float[] factors) {
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (int position = 0; position < from.positions(); position++) {
        for (int c = 0; c < from.shape().channels(); c++) {
          target.put(position, c, factors[position] * source.get(position, c));
        }
      }
    };
  }

  /** Takes pixels out of their blocks, see {@link StridedGradient}. */
  static HostKernel pixels(InputGradient blocks, Tensor to) {
    Tensor from = blocks.tensor();
    int channels = to.shape().channels();
    int width = to.shape().width();
    int length = blocks.blockWidth() * channels;
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      float[] line = new float[length];
      for (int y = 0; y < to.shape().height(); y++) {
        int first = y % blocks.blockHeight() * length;
        long row = (long) (y / blocks.blockHeight()) * from.shape().width();
        for (int x = 0; x < width; x += blocks.blockWidth()) {
          source.get(row + x / blocks.blockWidth(), first, line, length);
          int inside = Math.min(blocks.blockWidth(), width - x) * channels;
          target.put((long) y * width + x, 0, line, inside);
        }
      }
    };
  }

  /** to = 0 but for the channels from {@code first} on, which are {@code from}. */
  static HostKernel embed(Tensor from, int first, Tensor to) {
    int end = first + from.shape().channels();
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (long position = 0; position < to.positions(); position++) {
        for (int c = 0; c < to.shape().channels(); c++) {
          boolean inside = c >= first && c < end;
          target.put(position, c, inside ? source.get(position, c - first) : 0);
        }
      }
    };
  }

  /** to = product or maximum of all of {@code from}. */
  static HostKernel combine(Combine combine, List<Tensor> from, Tensor to) {
    return arena -> {
      List<TensorValues> sources = from.stream().map(arena::values).toList();
      TensorValues target = arena.values(to);
      for (long position = 0; position < to.positions(); position++) {
        for (int c = 0; c < to.shape().channels(); c++) {
          float result = sources.get(0).get(position, c);
          for (int i = 1; i < sources.size(); i++) {
            float next = sources.get(i).get(position, c);
            result = combine == Combine.PRODUCT ? result * next : Math.max(result, next);
          }
          target.put(position, c, result);
        }
      }
    };
  }

  /** The gradient of {@link #combine} at input {@code which}. */
  static HostKernel combineBack(
      Combine combine, List<Tensor> inputs, int which, Tensor from, Tensor to) {
    return arena -> {
      List<TensorValues> values = inputs.stream().map(arena::values).toList();
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (long position = 0; position < to.positions(); position++) {
        for (int c = 0; c < to.shape().channels(); c++) {
          float factor = 1;
          float own = values.get(which).get(position, c);
          for (int i = 0; i < values.size(); i++) {
            float other = values.get(i).get(position, c);
            if (i == which) {
              continue;
            } else if (combine == Combine.PRODUCT) {
              factor *= other;
            } else if (i < which ? other >= own : other > own) {
              factor = 0;
            }
          }
          target.put(position, c, factor * source.get(position, c));
        }
      }
    };
  }

  /** to = mean or maximum of each channel. */
  static HostKernel poolAll(Pool pool, Tensor from, Tensor to) {
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (int c = 0; c < from.shape().channels(); c++) {
        double sum = 0;
        float largest = Float.NEGATIVE_INFINITY;
        for (long position = 0; position < from.positions(); position++) {
          float value = source.get(position, c);
          sum += value;
          largest = Math.max(largest, value);
        }
        target.put(0, c, pool == Pool.MAX ? largest : (float) (sum / from.positions()));
      }
    };
  }

  /** The gradient of {@link #poolAll}; the first largest takes it. */
  static HostKernel poolAllBack(Pool pool, Tensor input, Tensor from, Tensor to) {
    return arena -> {
      TensorValues values = arena.values(input);
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (int c = 0; c < to.shape().channels(); c++) {
        float gradient = source.get(0, c);
        long first = 0;
        for (long position = 0; position < to.positions(); position++) {
          target.put(position, c, pool == Pool.MAX ? 0 : gradient / to.positions());
          if (values.get(position, c) > values.get(first, c)) {
            first = position;
          }
        }
        if (pool == Pool.MAX) {
          target.put(first, c, gradient);
        }
      }
    };
  }

  /** Normalisation by the squares of the channels around a channel. */
  static HostKernel normaliseAcross(Lrn lrn, Tensor from, Tensor to) {
    int channels = from.shape().channels();
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      float[] values = new float[channels];
      for (long position = 0; position < from.positions(); position++) {
        source.get(position, 0, values, channels);
        for (int c = 0; c < channels; c++) {
          double power = Math.pow(scaleAcross(lrn, values, c), -lrn.beta());
          target.put(position, c, (float) (values[c] * power));
        }
      }
    };
  }

  /**
   * The gradient of {@link #normaliseAcross}, by the formula at {@link #normaliseWithinBack}.
   *
   * @param threads at most so many compute, each some of the positions
   */
  static HostKernel normaliseAcrossBack(
      Lrn lrn, Tensor input, Tensor from, Tensor to, int threads) {
    long positions = input.positions();
    int parts = (int) Math.min(threads, positions);
    return arena -> {
      IntStream stream = IntStream.range(0, parts);
      (parts > 1 ? stream.parallel() : stream)
          .forEach(
              part ->
                  new NormalisationGradient(lrn, input, from, to)
                      .compute(arena, positions * part / parts, positions * (part + 1) / parts));
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
    return arena -> {
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      for (long position = 0; position < from.positions(); position++) {
        for (int c = 0; c < from.shape().channels(); c++) {
          double scale = scale(lrn, from.shape(), source, position, c);
          target.put(position, c, (float) (source.get(position, c) * Math.pow(scale, -lrn.beta())));
        }
      }
    };
  }

  /**
   * The gradient of {@link #normaliseWithin}: with s the scale, dx = dy s^-beta - 2 alpha beta / n
   * x sum over the square of dy x s^(-beta - 1).
   */
  static HostKernel normaliseWithinBack(Lrn lrn, Tensor input, Tensor from, Tensor to) {
    return arena -> {
      TensorValues values = arena.values(input);
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      Shape shape = input.shape();
      double area = (double) lrn.localSize() * lrn.localSize();
      int width = shape.width();
      for (int c = 0; c < shape.channels(); c++) {
        double[] ratios = new double[Math.toIntExact(input.positions())];
        double[] direct = new double[ratios.length];
        for (int position = 0; position < ratios.length; position++) {
          double scale = scale(lrn, shape, values, position, c);
          double gradient = source.get(position, c);
          double power = Math.pow(scale, -lrn.beta());
          direct[position] = gradient * power;
          ratios[position] = gradient * values.get(position, c) * power / scale;
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
          double value = values.get(position, c);
          target.put(
              position,
              c,
              (float) (direct[position] - 2 * lrn.alpha() * lrn.beta() / area * value * sum));
        }
      }
    };
  }

  private static double scale(Lrn lrn, Shape shape, TensorValues values, long position, int c) {
    int row = (int) (position / shape.width());
    int column = (int) (position % shape.width());
    int reach = lrn.localSize() / 2;
    double sum = 0;
    for (int y = Math.max(0, row - reach); y <= Math.min(shape.height() - 1, row + reach); y++) {
      for (int x = Math.max(0, column - reach);
          x <= Math.min(shape.width() - 1, column + reach);
          x++) {
        double value = values.get((long) y * shape.width() + x, c);
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
      TensorValues source = arena.values(products);
      TensorValues target = arena.values(to);
      float[] row = new float[count];
      float[] column = new float[channels];
      for (long position = 0; position < products.positions(); position++) {
        source.get(position, 0, row, count);
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
        target.put(first + position, 0, column, channels);
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
      TensorValues source = arena.values(from);
      TensorValues target = arena.values(to);
      float[] column = new float[channels];
      for (long position = 0; position < to.positions(); position++) {
        for (int c : counting) {
          column[c] = weight * drive.weights()[c] * source.get(position, c);
        }
        target.put(position, 0, column, channels);
      }
    };
  }
}
