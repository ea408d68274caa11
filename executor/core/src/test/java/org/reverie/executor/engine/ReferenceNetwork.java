package org.reverie.executor.engine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Elu;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Objective.Drive.Channels;
import org.reverie.executor.engine.Objective.Drive.Guide;
import org.reverie.executor.engine.Objective.Drive.Square;
import org.reverie.executor.engine.Objective.Target;

/**
 * A brain and an objective for one input size, forward and back in float64, written as the formulas
 * of {@link Operation} read: the oracle that engines are held against. Planes are CHW.
 */
final class ReferenceNetwork {
  private final Brain brain;
  private final Objective objective;
  private final List<Shape> shapes;
  private final boolean[] needed;
  private final int width;
  private final int height;

  /** Set before the gradient is asked for where guides have regions. */
  Centres.Regions regions = (x, y) -> 0;

  ReferenceNetwork(Brain brain, Objective objective, int width, int height) {
    this.brain = brain;
    this.objective = objective;
    this.width = width;
    this.height = height;
    this.shapes = ObjectiveShapes.of(brain, objective, width, height);
    this.needed = brain.needed(objective.layers());
  }

  /** The activations of every layer that the objective needs; null for the others. */
  double[][] forward(double[] input) {
    double[][] values = new double[brain.layers().size()][];
    for (int i = 0; i < values.length; i++) {
      if (needed[i]) {
        values[i] = i == 0 ? input : forward(i, values);
      }
    }
    return values;
  }

  /**
   * What the gradient is the gradient of: for the L2 drive weight / 2 ||a||^2, with each channel's
   * own weight where it has one, for the guide the sum of each position's largest product.
   */
  double value(double[] input) {
    double[][] values = forward(input);
    double sum = 0;
    for (Target target : objective.targets()) {
      double[] activations = values[target.layer()];
      double[] drive = drive(target, activations);
      double product = 0;
      for (int i = 0; i < activations.length; i++) {
        product += activations[i] * drive[i];
      }
      sum += target.weight() * (target.drive() instanceof Guide ? 1 : 0.5) * product;
    }
    return sum;
  }

  /** d objective / d input. */
  double[] gradient(double[] input) {
    return gradient(input, Set.of());
  }

  /**
   * A decision that float32 can take either way.
   *
   * @param layer a rectifier or a maximum pooling
   * @param position index of the output
   */
  record Tie(int layer, int position) {}

  /**
   * The decisions of rectifiers and maximum poolings that are closer than {@code tolerance} times
   * their input's largest value; those first that are closest by the measure of their own channel,
   * since a quiet channel is computed more finely than a loud one.
   */
  List<Tie> ties(double[] input, double tolerance) {
    double[][] values = forward(input);
    Map<Tie, Double> ties = new HashMap<>();
    for (int i = 1; i < values.length; i++) {
      if (needed[i]) {
        int layer = i;
        int from = brain.layers().get(i).inputs().get(0);
        Shape in = shapes.get(from);
        int plane = in.height() * in.width();
        double[] x = values[from];
        double near = tolerance * largest(x, 0, x.length);
        Operation operation = brain.layers().get(i).operation();
        if (operation instanceof Relu) {
          for (int k = 0; k < x.length; k++) {
            if (x[k] != 0 && Math.abs(x[k]) < near) {
              ties.put(new Tie(layer, k), Math.abs(x[k]) / largest(x, k / plane * plane, plane));
            }
          }
        } else if (operation instanceof Pooling p && p.pool() == Pool.MAX) {
          eachWindow(
              p,
              in,
              shapes.get(i),
              (position, window) -> {
                int largest = window.largest(x);
                double gap = x[largest] - x[window.second(x)];
                if (gap > 0 && gap < near) {
                  ties.put(
                      new Tie(layer, position), gap / largest(x, largest / plane * plane, plane));
                }
              });
        }
      }
    }
    return ties.keySet().stream().sorted(Comparator.comparing(ties::get)).toList();
  }

  private static double largest(double[] values, int from, int count) {
    return Arrays.stream(values, from, from + count).map(Math::abs).max().orElse(0);
  }

  /** The gradient with some decisions taken the other way. */
  double[] gradient(double[] input, Set<Tie> turned) {
    double[][] values = forward(input);
    double[][] gradients = new double[values.length][];
    for (int i = 0; i < values.length; i++) {
      if (needed[i]) {
        gradients[i] = new double[values[i].length];
      }
    }
    for (Target target : objective.targets()) {
      double[] drive = drive(target, values[target.layer()]);
      for (int i = 0; i < drive.length; i++) {
        gradients[target.layer()][i] += target.weight() * drive[i];
      }
    }
    for (int i = values.length - 1; i > 0; i--) {
      if (needed[i]) {
        backward(i, values, gradients, turned);
      }
    }
    return gradients[0];
  }

  private double[] drive(Target target, double[] a) {
    if (target.drive() instanceof Square) {
      return a;
    }
    int channels = brain.layers().get(target.layer()).channels();
    int positions = a.length / channels;
    if (target.drive() instanceof Channels some) {
      double[] drive = new double[a.length];
      for (int i = 0; i < a.length; i++) {
        drive[i] = some.weights()[i / positions] * a[i];
      }
      return drive;
    }
    if (!(target.drive() instanceof Guide guide)) {
      throw new AssertionError(target.drive());
    }
    int count = guide.count();
    double[] drive = new double[a.length];
    Shape shape = shapes.get(target.layer());
    Centres centres = Centres.of(brain, target.layer(), shape, width, height);
    for (int i = 0; i < positions; i++) {
      int region = centres.region(i % shape.width(), i / shape.width(), regions);
      int best = guide.first(region);
      double largest = Double.NEGATIVE_INFINITY;
      for (int j = guide.first(region); j < guide.end(region); j++) {
        double product = 0;
        for (int c = 0; c < channels; c++) {
          product += a[c * positions + i] * guide.columns()[c * count + j];
        }
        if (product > largest) {
          largest = product;
          best = j;
        }
      }
      for (int c = 0; c < channels; c++) {
        drive[c * positions + i] = guide.columns()[c * count + best];
      }
    }
    return drive;
  }

  private double[] forward(int index, double[][] values) {
    Layer layer = brain.layers().get(index);
    Operation operation = layer.operation();
    Shape out = shapes.get(index);
    Shape in = shapes.get(layer.inputs().get(0));
    double[] x = values[layer.inputs().get(0)];
    double[] y = new double[Math.toIntExact(out.values())];
    if (operation instanceof Convolution c) {
      Filter filter = Filter.of(c);
      filter.gather(x, in, y, out);
      addBias(y, out, c.bias());
    } else if (operation instanceof Deconvolution d) {
      Filter filter = Filter.of(d);
      filter.scatter(x, in, y, out);
      addBias(y, out, d.bias());
    } else if (operation instanceof Pooling p) {
      eachWindow(p, in, out, (position, window) -> y[position] = window.reduce(p.pool(), x));
    } else if (operation instanceof GlobalPooling g) {
      Pooling whole = whole(g, in);
      eachWindow(whole, in, out, (position, window) -> y[position] = window.reduce(g.pool(), x));
    } else if (operation instanceof Lrn lrn) {
      double[] scale = lrnScale(lrn, in, x);
      for (int i = 0; i < y.length; i++) {
        y[i] = x[i] * Math.pow(scale[i], -lrn.beta());
      }
    } else if (operation instanceof Eltwise e) {
      for (int i = 0; i < y.length; i++) {
        y[i] = combine(e, layer, values, i);
      }
    } else if (operation instanceof Concat) {
      int position = 0;
      for (int input : layer.inputs()) {
        System.arraycopy(values[input], 0, y, position, values[input].length);
        position += values[input].length;
      }
    } else if (operation instanceof Slice s) {
      System.arraycopy(x, s.from() * in.height() * in.width(), y, 0, y.length);
    } else {
      int plane = out.height() * out.width();
      for (int i = 0; i < y.length; i++) {
        y[i] = pointwise(operation, i / plane, x[i]);
      }
    }
    return y;
  }

  private void backward(int index, double[][] values, double[][] gradients, Set<Tie> turned) {
    Layer layer = brain.layers().get(index);
    Operation operation = layer.operation();
    Shape out = shapes.get(index);
    Shape in = shapes.get(layer.inputs().get(0));
    double[] x = values[layer.inputs().get(0)];
    double[] y = values[index];
    double[] g = gradients[index];
    double[] gx = gradients[layer.inputs().get(0)];
    if (operation instanceof Convolution c) {
      Filter.of(c).scatter(g, out, gx, in);
    } else if (operation instanceof Deconvolution d) {
      Filter.of(d).gather(g, out, gx, in);
    } else if (operation instanceof Pooling p) {
      eachWindow(
          p,
          in,
          out,
          (position, window) -> {
            if (turned.contains(new Tie(index, position))) {
              gx[window.second(x)] += g[position];
            } else {
              window.spread(p.pool(), x, g[position], gx);
            }
          });
    } else if (operation instanceof GlobalPooling p) {
      eachWindow(
          whole(p, in), in, out, (position, window) -> window.spread(p.pool(), x, g[position], gx));
    } else if (operation instanceof Lrn lrn) {
      lrnBackward(lrn, in, x, g, gx);
    } else if (operation instanceof Eltwise e) {
      for (int i = 0; i < y.length; i++) {
        eltwiseBackward(e, layer, values, i, y[i], g[i], gradients);
      }
    } else if (operation instanceof Concat) {
      int position = 0;
      for (int input : layer.inputs()) {
        for (int i = 0; i < gradients[input].length; i++) {
          gradients[input][i] += g[position++];
        }
      }
    } else if (operation instanceof Slice s) {
      int offset = s.from() * in.height() * in.width();
      for (int i = 0; i < g.length; i++) {
        gx[offset + i] += g[i];
      }
    } else {
      int plane = out.height() * out.width();
      for (int i = 0; i < g.length; i++) {
        double side = turned.contains(new Tie(index, i)) ? -x[i] : x[i];
        gx[i] += g[i] * slope(operation, i / plane, side, y[i]);
      }
    }
  }

  private static double pointwise(Operation operation, int channel, double x) {
    if (operation instanceof Relu r) {
      return r.slope() == 0 ? Math.max(x, 0) : x > 0 ? x : r.slope() * x;
    } else if (operation instanceof Prelu p) {
      return x > 0 ? x : p.slopes()[channel] * x;
    } else if (operation instanceof Elu e) {
      return x > 0 ? x : e.alpha() * Math.expm1(x);
    } else if (operation instanceof Sigmoid) {
      return 1 / (1 + Math.exp(-x));
    } else if (operation instanceof Tanh) {
      return Math.tanh(x);
    } else if (operation instanceof Absolute) {
      return Math.abs(x);
    } else if (operation instanceof Power p) {
      return Math.pow(p.shift() + (double) p.scale() * x, p.power());
    } else if (operation instanceof Affine a) {
      return (double) a.multipliers()[channel] * x + a.offsets()[channel];
    } else if (operation instanceof Identity || operation instanceof Input) {
      return x;
    }
    throw new AssertionError(operation);
  }

  private static double slope(Operation operation, int channel, double x, double y) {
    if (operation instanceof Relu r) {
      return x > 0 ? 1 : r.slope();
    } else if (operation instanceof Prelu p) {
      return x > 0 ? 1 : p.slopes()[channel];
    } else if (operation instanceof Elu e) {
      return x > 0 ? 1 : e.alpha() * Math.exp(x);
    } else if (operation instanceof Sigmoid) {
      return y * (1 - y);
    } else if (operation instanceof Tanh) {
      return 1 - y * y;
    } else if (operation instanceof Absolute) {
      return Math.signum(x);
    } else if (operation instanceof Power p) {
      return p.power() == 0
          ? 0
          : (double) p.power()
              * p.scale()
              * Math.pow(p.shift() + (double) p.scale() * x, p.power() - 1.0);
    } else if (operation instanceof Affine a) {
      return a.multipliers()[channel];
    } else if (operation instanceof Identity) {
      return 1;
    }
    throw new AssertionError(operation);
  }

  private static double combine(Eltwise e, Layer layer, double[][] values, int i) {
    double y = e.combine() == Combine.SUM ? 0 : values[layer.inputs().get(0)][i];
    for (int k = 0; k < layer.inputs().size(); k++) {
      double x = values[layer.inputs().get(k)][i];
      switch (e.combine()) {
        case SUM -> y += (double) e.coefficients()[k] * x;
        case PRODUCT -> y = k == 0 ? x : y * x;
        case MAXIMUM -> y = Math.max(y, x);
      }
    }
    return y;
  }

  private static void eltwiseBackward(
      Eltwise e, Layer layer, double[][] values, int i, double y, double g, double[][] gradients) {
    boolean taken = false;
    for (int k = 0; k < layer.inputs().size(); k++) {
      double factor = 1;
      switch (e.combine()) {
        case SUM -> factor = e.coefficients()[k];
        case PRODUCT -> {
          for (int other = 0; other < layer.inputs().size(); other++) {
            if (other != k) {
              factor *= values[layer.inputs().get(other)][i];
            }
          }
        }
        case MAXIMUM -> {
          boolean largest = !taken && values[layer.inputs().get(k)][i] == y;
          taken |= largest;
          factor = largest ? 1 : 0;
        }
      }
      gradients[layer.inputs().get(k)][i] += factor * g;
    }
  }

  private static void addBias(double[] y, Shape shape, float[] bias) {
    int plane = shape.height() * shape.width();
    for (int i = 0; i < y.length; i++) {
      y[i] += bias[i / plane];
    }
  }

  /** k + alpha / n * the sum of squares around each value. */
  private static double[] lrnScale(Lrn lrn, Shape shape, double[] x) {
    double[] squares = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      squares[i] = x[i] * x[i];
    }
    double[] scale = around(lrn, shape, squares);
    double n = lrn.localSize();
    boolean across = lrn.region() == LrnRegion.ACROSS_CHANNELS;
    double k = across ? lrn.k() : 1;
    for (int i = 0; i < scale.length; i++) {
      scale[i] = k + lrn.alpha() / (across ? n : n * n) * scale[i];
    }
    return scale;
  }

  /** The sum over each value's neighbourhood, zero outside. */
  private static double[] around(Lrn lrn, Shape shape, double[] values) {
    int reach = lrn.localSize() / 2;
    boolean across = lrn.region() == LrnRegion.ACROSS_CHANNELS;
    int height = shape.height();
    int width = shape.width();
    double[] sums = new double[values.length];
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double sum = 0;
          for (int d = -reach; d <= reach; d++) {
            if (across) {
              if (c + d >= 0 && c + d < shape.channels()) {
                sum += values[((c + d) * height + y) * width + x];
              }
            } else if (y + d >= 0 && y + d < height) {
              for (int e = Math.max(0, x - reach); e <= Math.min(width - 1, x + reach); e++) {
                sum += values[(c * height + y + d) * width + e];
              }
            }
          }
          sums[(c * height + y) * width + x] = sum;
        }
      }
    }
    return sums;
  }

  /**
   * With S the scale: dx = g S^-b - 2 a b / n x around(g x S^(-b - 1)); the region is symmetric.
   */
  private static void lrnBackward(Lrn lrn, Shape shape, double[] x, double[] g, double[] gx) {
    double[] scale = lrnScale(lrn, shape, x);
    double[] ratio = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      ratio[i] = g[i] * x[i] * Math.pow(scale[i], -lrn.beta() - 1.0);
    }
    double[] sums = around(lrn, shape, ratio);
    double n = lrn.localSize();
    double values = lrn.region() == LrnRegion.ACROSS_CHANNELS ? n : n * n;
    for (int i = 0; i < x.length; i++) {
      gx[i] +=
          g[i] * Math.pow(scale[i], -lrn.beta())
              - 2.0 * lrn.alpha() * lrn.beta() / values * x[i] * sums[i];
    }
  }

  private static Pooling whole(GlobalPooling pooling, Shape in) {
    return new Pooling(
        pooling.pool(), in.height(), in.width(), in.height(), in.width(), 0, 0, true);
  }

  private interface WindowVisitor {
    void visit(int position, PoolingWindow window);
  }

  /** Visits every window of a pooling layer with the index of its output. */
  private static void eachWindow(Pooling p, Shape in, Shape out, WindowVisitor visitor) {
    int position = 0;
    for (int c = 0; c < out.channels(); c++) {
      for (int y = 0; y < out.height(); y++) {
        for (int x = 0; x < out.width(); x++) {
          int top = y * p.strideHeight() - p.padHeight();
          int left = x * p.strideWidth() - p.padWidth();
          int bottom = Math.min(top + p.kernelHeight(), in.height() + p.padHeight());
          int right = Math.min(left + p.kernelWidth(), in.width() + p.padWidth());
          visitor.visit(
              position++,
              new PoolingWindow(
                  c * in.height() * in.width(),
                  in.width(),
                  Math.max(0, top),
                  Math.max(0, left),
                  Math.min(bottom, in.height()),
                  Math.min(right, in.width()),
                  (bottom - top) * (right - left)));
        }
      }
    }
  }

  /**
   * The real pixels of one pooling window.
   *
   * @param plane index of the channel's first value
   * @param stride values per row
   * @param area what an average divides by
   */
  private record PoolingWindow(
      int plane, int stride, int top, int left, int bottom, int right, int area) {
    double reduce(Pool pool, double[] x) {
      if (pool == Pool.MAX) {
        return x[largest(x)];
      }
      double sum = 0;
      for (int row = top; row < bottom; row++) {
        for (int column = left; column < right; column++) {
          sum += x[plane + row * stride + column];
        }
      }
      return sum / area;
    }

    void spread(Pool pool, double[] x, double g, double[] gx) {
      if (pool == Pool.MAX) {
        gx[largest(x)] += g;
        return;
      }
      for (int row = top; row < bottom; row++) {
        for (int column = left; column < right; column++) {
          gx[plane + row * stride + column] += g / area;
        }
      }
    }

    int largest(double[] x) {
      return largest(x, -1);
    }

    /** The largest but for the largest; that one where it is alone. */
    int second(double[] x) {
      return largest(x, largest(x));
    }

    private int largest(double[] x, int apartFrom) {
      int best = -1;
      for (int row = top; row < bottom; row++) {
        for (int column = left; column < right; column++) {
          int i = plane + row * stride + column;
          if (i != apartFrom && (best < 0 || x[i] > x[best])) {
            best = i;
          }
        }
      }
      return best < 0 ? apartFrom : best;
    }
  }

  /**
   * A convolution's kernel seen as connections between a fine side and a coarse side: {@link
   * #gather} goes from fine to coarse (convolution), {@link #scatter} the other way (its
   * transpose).
   *
   * @param coarse channels of the coarse side
   * @param fine channels of the fine side
   * @param weights coarse x (fine / group) x kernelHeight x kernelWidth
   */
  private record Filter(
      int coarse,
      int fine,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int padHeight,
      int padWidth,
      int dilationHeight,
      int dilationWidth,
      int group,
      float[] weights) {
    static Filter of(Convolution c) {
      return new Filter(
          c.outputs(),
          c.inputs(),
          c.kernelHeight(),
          c.kernelWidth(),
          c.strideHeight(),
          c.strideWidth(),
          c.padHeight(),
          c.padWidth(),
          c.dilationHeight(),
          c.dilationWidth(),
          c.group(),
          c.weights());
    }

    static Filter of(Deconvolution d) {
      return new Filter(
          d.inputs(),
          d.outputs(),
          d.kernelHeight(),
          d.kernelWidth(),
          d.strideHeight(),
          d.strideWidth(),
          d.padHeight(),
          d.padWidth(),
          d.dilationHeight(),
          d.dilationWidth(),
          d.group(),
          d.weights());
    }

    void gather(double[] x, Shape in, double[] y, Shape out) {
      eachRow(
          in,
          out,
          (weight, inStart, inStep, outStart, count) -> {
            for (int i = 0; i < count; i++) {
              y[outStart + i] += weight * x[inStart + i * inStep];
            }
          });
    }

    void scatter(double[] g, Shape out, double[] gx, Shape in) {
      eachRow(
          in,
          out,
          (weight, inStart, inStep, outStart, count) -> {
            for (int i = 0; i < count; i++) {
              gx[inStart + i * inStep] += weight * g[outStart + i];
            }
          });
    }

    private interface RowVisitor {
      void visit(double weight, int fineStart, int fineStep, int coarseStart, int count);
    }

    /** Visits, for each weight, the rows that it connects. */
    private void eachRow(Shape fineShape, Shape coarseShape, RowVisitor visitor) {
      int finePerGroup = fine / group;
      int coarsePerGroup = coarse / group;
      int position = 0;
      for (int o = 0; o < coarse; o++) {
        for (int i = 0; i < finePerGroup; i++) {
          int fineChannel = o / coarsePerGroup * finePerGroup + i;
          for (int ky = 0; ky < kernelHeight; ky++) {
            for (int kx = 0; kx < kernelWidth; kx++) {
              double weight = weights[position++];
              int shift = kx * dilationWidth - padWidth;
              int from = shift >= 0 ? 0 : (-shift + strideWidth - 1) / strideWidth;
              int last = Math.floorDiv(fineShape.width() - 1 - shift, strideWidth);
              int count = Math.min(coarseShape.width() - 1, last) - from + 1;
              for (int y = 0; y < coarseShape.height() && count > 0; y++) {
                int row = y * strideHeight + ky * dilationHeight - padHeight;
                if (row >= 0 && row < fineShape.height()) {
                  visitor.visit(
                      weight,
                      (fineChannel * fineShape.height() + row) * fineShape.width()
                          + from * strideWidth
                          + shift,
                      strideWidth,
                      (o * coarseShape.height() + y) * coarseShape.width() + from,
                      count);
                }
              }
            }
          }
        }
      }
    }
  }

  static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
