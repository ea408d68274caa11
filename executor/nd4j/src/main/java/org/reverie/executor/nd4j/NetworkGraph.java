package org.reverie.executor.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
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
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive.Channels;
import org.reverie.executor.engine.Objective.Drive.Guide;
import org.reverie.executor.engine.Objective.Drive.Square;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.executor.engine.ObjectiveShapes;

/**
 * Writes a brain as a graph, forward and, for the input alone, backward. Forward, each layer leaves
 * a {@link Pullback} that knows what its derivative needs.
 */
final class NetworkGraph {
  /** A window of the guide's products is at most this large, values. */
  private static final int GUIDE_PRODUCTS = 1 << 22;

  private final Brain brain;
  private final Objective objective;
  private final List<Shape> shapes;
  private final Graph graph;
  private final Tensor[] values;
  private final Pullback[] pullbacks;
  private final List<RegionMask> masks = new ArrayList<>();
  private final Map<String, Tensor> masksByName = new HashMap<>();

  private NetworkGraph(
      Brain brain, Objective objective, Parameters parameters, int width, int height) {
    this.brain = brain;
    this.objective = objective;
    this.shapes = ObjectiveShapes.of(brain, objective, width, height);
    this.graph = new Graph(parameters);
    this.values = new Tensor[brain.layers().size()];
    this.pullbacks = new Pullback[values.length];
    boolean[] needed = brain.needed(objective.layers());
    values[0] = graph.input(width, height);
    for (int i = 1; i < values.length; i++) {
      if (needed[i]) {
        Step step = step(i, brain.layers().get(i));
        values[i] = step.value();
        pullbacks[i] = step.pullback();
      }
    }
  }

  /** The graph of the objective's layers' activations, in the objective's order. */
  static NetworkProgram activations(
      Brain brain, Objective objective, Parameters parameters, int width, int height) {
    NetworkGraph network = new NetworkGraph(brain, objective, parameters, width, height);
    List<String> outputs =
        objective.layers().stream()
            .map(layer -> network.computed(network.values[layer]).variable().name())
            .toList();
    return new NetworkProgram(network.graph, outputs, List.of());
  }

  /** The graph of d objective / d input. */
  static NetworkProgram gradient(
      Brain brain, Objective objective, Parameters parameters, int width, int height) {
    NetworkGraph network = new NetworkGraph(brain, objective, parameters, width, height);
    Tensor gradient = network.computed(network.backward());
    return new NetworkProgram(
        network.graph, List.of(gradient.variable().name()), List.copyOf(network.masks));
  }

  /** A layer's gradient on its inputs, in their order, from the gradient on its output. */
  private interface Pullback {
    List<Tensor> apply(Tensor gradient);
  }

  private record Step(Tensor value, Pullback pullback) {}

  private static Step step(Tensor value, UnaryOperator<Tensor> pullback) {
    return new Step(value, g -> List.of(pullback.apply(g)));
  }

  /** An output must be what an operation made, not a placeholder. */
  private Tensor computed(Tensor tensor) {
    return tensor.equals(values[0]) ? graph.scale(tensor, 1) : tensor;
  }

  private Tensor backward() {
    List<List<Tensor>> gradients = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      gradients.add(new ArrayList<>());
    }
    for (Target target : objective.targets()) {
      Tensor drive = drive(target);
      gradients
          .get(target.layer())
          .add(target.weight() == 1 ? drive : graph.scale(drive, target.weight()));
    }
    for (int i = values.length - 1; i > 0; i--) {
      if (!gradients.get(i).isEmpty()) {
        List<Integer> inputs = brain.layers().get(i).inputs();
        List<Tensor> parts = pullbacks[i].apply(graph.sum(gradients.get(i)));
        for (int k = 0; k < inputs.size(); k++) {
          gradients.get(inputs.get(k)).add(parts.get(k));
        }
      }
    }
    return graph.sum(gradients.get(0));
  }

  private Tensor drive(Target target) {
    Tensor a = values[target.layer()];
    if (target.drive() instanceof Square) {
      return a;
    }
    if (target.drive() instanceof Channels channels) {
      return graph.multiply(a, perChannel("channels" + target.layer(), channels.weights()));
    }
    if (!(target.drive() instanceof Guide guide)) {
      throw new AssertionError(target.drive());
    }
    long positions = (long) a.height() * a.width();
    Tensor flat = graph.reshape(a, a.channels(), positions);
    List<Tensor> chosen = new ArrayList<>();
    long chunk = Math.max(1, GUIDE_PRODUCTS / guide.count());
    for (long from = 0; from < positions; from += chunk) {
      long to = Math.min(positions, from + chunk);
      Tensor part = graph.slice(flat, 1, from, to);
      List<Tensor> byRegion = new ArrayList<>();
      for (int region = 0; region < guide.regions(); region++) {
        Tensor best = best(target, guide, region, part, to - from);
        byRegion.add(
            guide.regions() == 1
                ? best
                : graph.multiply(best, graph.slice(mask(target, a, region), 0, from, to)));
      }
      chosen.add(graph.sum(byRegion));
    }
    return graph.reshape(graph.permute(graph.concat(0, chosen), 1, 0), a.shape());
  }

  /** Of some positions, the columns of one region's guide with the largest products. */
  private Tensor best(Target target, Guide guide, int region, Tensor part, long positions) {
    int first = guide.first(region);
    int count = guide.end(region) - first;
    int channels = guide.columns().length / guide.count();
    String name = target.layer() + " of region " + region;
    Tensor columns =
        graph.parameter("guide" + name, () -> columns(guide, first, count), channels, count);
    Tensor rows =
        graph.parameter(
            "guide rows" + name,
            () -> transposed(columns(guide, first, count), count),
            count,
            channels);
    Tensor products =
        graph.apply(
            "matmul",
            new long[] {positions, count},
            new long[] {1, 0},
            new double[0],
            part,
            columns);
    Tensor best =
        graph.apply(
            "argmax",
            DataType.LONG,
            new long[] {positions},
            new long[] {1},
            new double[0],
            products);
    return graph.apply(
        "gather", new long[] {positions, channels}, new long[] {0}, new double[0], rows, best);
  }

  /** A placeholder for 1 at the positions of a region and 0 elsewhere. */
  private Tensor mask(Target target, Tensor a, int region) {
    String name = "region " + region + " at " + target.layer();
    Tensor known = masksByName.get(name);
    if (known == null) {
      known = graph.placeholder(name, (long) a.height() * a.width(), 1);
      masksByName.put(name, known);
      masks.add(
          new RegionMask(
              name,
              region,
              Centres.of(
                  brain,
                  target.layer(),
                  shapes.get(target.layer()),
                  values[0].width(),
                  values[0].height()),
              a.width(),
              a.height()));
    }
    return known;
  }

  /** Some of the guide's columns, channels x count. */
  private static float[] columns(Guide guide, int first, int count) {
    if (count == guide.count()) {
      return guide.columns();
    }
    int channels = guide.columns().length / guide.count();
    float[] some = new float[channels * count];
    for (int c = 0; c < channels; c++) {
      System.arraycopy(guide.columns(), c * guide.count() + first, some, c * count, count);
    }
    return some;
  }

  private static float[] transposed(float[] columns, int count) {
    int channels = columns.length / count;
    float[] rows = new float[columns.length];
    for (int c = 0; c < channels; c++) {
      for (int j = 0; j < count; j++) {
        rows[j * channels + c] = columns[c * count + j];
      }
    }
    return rows;
  }

  private Step step(int index, Layer layer) {
    Operation operation = layer.operation();
    String name = "layer" + index;
    Tensor x = values[layer.inputs().get(0)];
    if (operation instanceof Convolution c) {
      Kernel kernel = Kernel.of(name, c);
      return step(
          kernel.toCoarse(graph, x, c.bias()), g -> kernel.toFine(graph, g, x.height(), x.width()));
    } else if (operation instanceof Deconvolution d) {
      Kernel kernel = Kernel.of(name, d);
      Shape shape = shapes.get(index);
      Tensor y = kernel.toFine(graph, x, shape.height(), shape.width());
      Tensor bias = perChannel(name + "/bias", d.bias());
      return step(graph.add(y, bias), g -> kernel.toCoarse(graph, g, null));
    } else if (operation instanceof Pooling p) {
      return pooling(p, x, shapes.get(index));
    } else if (operation instanceof GlobalPooling p) {
      int h = x.height();
      int w = x.width();
      return pooling(new Pooling(p.pool(), h, w, h, w, 0, 0, true), x, shapes.get(index));
    } else if (operation instanceof Lrn lrn) {
      return normalisation(lrn, x);
    } else if (operation instanceof Eltwise e) {
      return eltwise(e, layer.inputs().stream().map(input -> values[input]).toList());
    } else if (operation instanceof Concat) {
      return concat(layer.inputs().stream().map(input -> values[input]).toList());
    } else if (operation instanceof Slice s) {
      int behind = x.channels() - s.to();
      return step(
          graph.slice(x, 1, s.from(), s.to()),
          g -> graph.pad(g, 0, 0, 0, s.from(), behind, 0, 0, 0, 0));
    } else if (operation instanceof Affine a) {
      Tensor multipliers = perChannel(name + "/multipliers", a.multipliers());
      Tensor offsets = perChannel(name + "/offsets", a.offsets());
      return step(
          graph.add(graph.multiply(x, multipliers), offsets), g -> graph.multiply(g, multipliers));
    } else if (operation instanceof Prelu p) {
      Tensor slopes = perChannel(name + "/slopes", p.slopes());
      Tensor positive = graph.rectify(x);
      return step(
          graph.add(positive, graph.multiply(graph.subtract(x, positive), slopes)),
          g -> {
            Tensor passed = graph.where(x, g);
            return graph.add(passed, graph.multiply(graph.subtract(g, passed), slopes));
          });
    }
    return pointwise(operation, x);
  }

  private Tensor perChannel(String name, float[] channels) {
    return graph.parameter(name, () -> channels, 1, channels.length, 1, 1);
  }

  private Step pointwise(Operation operation, Tensor x) {
    if (operation instanceof Relu r) {
      return rectifier(r.slope(), x);
    } else if (operation instanceof Elu e) {
      Tensor positive = graph.rectify(x);
      Tensor decay = graph.exponential(graph.subtract(x, positive));
      Tensor negative = graph.scale(graph.shift(decay, -1), e.alpha());
      return step(
          graph.add(positive, negative),
          g -> {
            Tensor passed = graph.where(x, g);
            Tensor damped = graph.multiply(graph.subtract(g, passed), decay);
            return graph.add(passed, graph.scale(damped, e.alpha()));
          });
    } else if (operation instanceof Sigmoid) {
      Tensor y = graph.sigmoid(x);
      return step(y, g -> graph.multiply(g, graph.subtract(y, graph.square(y))));
    } else if (operation instanceof Tanh) {
      Tensor y = graph.tanh(x);
      return step(y, g -> graph.subtract(g, graph.multiply(g, graph.square(y))));
    } else if (operation instanceof Absolute) {
      return step(graph.absolute(x), g -> graph.multiply(g, graph.sign(x)));
    } else if (operation instanceof Power p) {
      return power(p, x);
    } else if (operation instanceof Identity || operation instanceof Input) {
      return step(x, g -> g);
    }
    throw new AssertionError(operation);
  }

  private Step rectifier(float slope, Tensor x) {
    Tensor positive = graph.rectify(x);
    if (slope == 0) {
      // The output's sign is the input's, and the input can go at once.
      return step(positive, g -> graph.where(positive, g));
    }
    return step(
        graph.add(positive, graph.scale(graph.subtract(x, positive), slope)),
        g -> {
          Tensor passed = graph.where(x, g);
          return graph.add(passed, graph.scale(graph.subtract(g, passed), slope));
        });
  }

  private Step power(Power p, Tensor x) {
    Tensor base = graph.shift(graph.scale(x, p.scale()), p.shift());
    double factor = (double) p.power() * p.scale();
    if (p.power() == 0) {
      return step(graph.power(base, 0), g -> graph.scale(g, 0));
    } else if (p.power() == 1) {
      return step(base, g -> graph.scale(g, factor));
    } else if (p.power() == 2) {
      return step(graph.square(base), g -> graph.multiply(g, graph.scale(base, factor)));
    }
    return step(
        graph.power(base, p.power()),
        g -> graph.multiply(g, graph.scale(graph.power(base, p.power() - 1.0), factor)));
  }

  private Step concat(List<Tensor> inputs) {
    return new Step(
        graph.concat(1, inputs),
        g -> {
          List<Tensor> parts = new ArrayList<>();
          int from = 0;
          for (Tensor input : inputs) {
            parts.add(graph.slice(g, 1, from, (long) from + input.channels()));
            from += input.channels();
          }
          return parts;
        });
  }

  private Step eltwise(Eltwise e, List<Tensor> inputs) {
    return switch (e.combine()) {
      case SUM -> weightedSum(e.coefficients(), inputs);
      case PRODUCT -> new Step(product(inputs), g -> productGradients(inputs, g));
      case MAXIMUM -> {
        Tensor y = inputs.get(0);
        for (Tensor input : inputs.subList(1, inputs.size())) {
          y = graph.maximum(y, input);
        }
        Tensor largest = y;
        yield new Step(y, g -> maximumGradients(inputs, largest, g));
      }
    };
  }

  private Step weightedSum(float[] coefficients, List<Tensor> inputs) {
    List<Tensor> terms = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      terms.add(weighted(inputs.get(i), coefficients[i]));
    }
    return new Step(
        graph.sum(terms),
        g -> {
          List<Tensor> parts = new ArrayList<>();
          for (float coefficient : coefficients) {
            parts.add(weighted(g, coefficient));
          }
          return parts;
        });
  }

  private Tensor weighted(Tensor tensor, float coefficient) {
    return coefficient == 1 ? tensor : graph.scale(tensor, coefficient);
  }

  private Tensor product(List<Tensor> factors) {
    Tensor product = factors.get(0);
    for (Tensor factor : factors.subList(1, factors.size())) {
      product = graph.multiply(product, factor);
    }
    return product;
  }

  private List<Tensor> productGradients(List<Tensor> inputs, Tensor g) {
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      List<Tensor> factors = new ArrayList<>(inputs);
      factors.set(i, g);
      parts.add(product(factors));
    }
    return parts;
  }

  /** The first input that holds the maximum takes the gradient; what is left goes to the others. */
  private List<Tensor> maximumGradients(List<Tensor> inputs, Tensor largest, Tensor g) {
    List<Tensor> parts = new ArrayList<>();
    Tensor left = g;
    for (Tensor input : inputs) {
      Tensor part = graph.multiply(left, graph.equal(input, largest));
      parts.add(part);
      left = graph.subtract(left, part);
    }
    return parts;
  }

  /**
   * The native library rounds pooling's output length down and knows neither Caffe's clipping nor
   * its divisors, so the planes are padded to whole windows first: with the lowest float for the
   * maximum; with 0 for the average, which is then corrected by kernel area over clipped area.
   */
  private Step pooling(Pooling p, Tensor x, Shape out) {
    boolean max = p.pool() == Pool.MAX;
    int below =
        Math.max(
            0,
            (out.height() - 1) * p.strideHeight() + p.kernelHeight() - x.height() - p.padHeight());
    int right =
        Math.max(
            0, (out.width() - 1) * p.strideWidth() + p.kernelWidth() - x.width() - p.padWidth());
    Tensor padded =
        graph.pad(
            x, max ? -Float.MAX_VALUE : 0, 0, 0, 0, 0, p.padHeight(), below, p.padWidth(), right);
    long[] shape = {1, out.channels(), out.height(), out.width()};
    long[] integers = {
      p.kernelHeight(),
      p.kernelWidth(),
      p.strideHeight(),
      p.strideWidth(),
      0,
      0, // no pad
      1,
      1, // no dilation
      0, // pads as given
      max ? 0 : 1, // an average divides by the kernel's area
      0 // NCHW
    };
    String operation = max ? "maxpool2d" : "avgpool2d";
    Tensor pooled = graph.apply(operation, shape, integers, new double[0], padded);
    Tensor correction = max ? null : correction(p, x, out);
    return step(
        correction == null ? pooled : graph.multiply(pooled, correction),
        g -> {
          Tensor scaled = correction == null ? g : graph.multiply(g, correction);
          Tensor whole =
              graph.apply(
                  operation + "_bp", padded.shape(), integers, new double[0], padded, scaled);
          return graph.fit(whole, p.padHeight(), x.height(), p.padWidth(), x.width());
        });
  }

  /** Kernel area over clipped area, 1 x 1 x H x W, or null where it is 1 everywhere. */
  private Tensor correction(Pooling p, Tensor x, Shape out) {
    float[] factors = new float[out.height() * out.width()];
    boolean needed = false;
    for (int i = 0; i < factors.length; i++) {
      int top = i / out.width() * p.strideHeight() - p.padHeight();
      int left = i % out.width() * p.strideWidth() - p.padWidth();
      int rows = Math.min(top + p.kernelHeight(), x.height() + p.padHeight()) - top;
      int columns = Math.min(left + p.kernelWidth(), x.width() + p.padWidth()) - left;
      factors[i] = (float) p.kernelHeight() * p.kernelWidth() / (rows * columns);
      needed |= factors[i] != 1;
    }
    if (!needed) {
      return null;
    }
    String name = "divisors %s of %d x %d".formatted(p, x.width(), x.height());
    return graph.parameter(name, () -> factors, 1, 1, out.height(), out.width());
  }

  /**
   * With S = k + alpha / n sum x^2: y = x S^-beta, and dx = g S^-beta - 2 alpha beta / n x sum(g y
   * / S). The sum over neighbours is a convolution: with a band matrix across channels (1.2 GFLOP
   * of 25 at GoogLeNet's norm2 and 512 px), with a box within a channel.
   */
  private Step normalisation(Lrn lrn, Tensor x) {
    int channels = x.channels();
    int size = lrn.localSize();
    boolean across = lrn.region() == LrnRegion.ACROSS_CHANNELS;
    float share = lrn.alpha() / (across ? size : size * size);
    float[] offsets = new float[channels];
    Arrays.fill(offsets, across ? lrn.k() : 1);
    float[] weights = across ? band(channels, size / 2, share) : box(channels * size * size, share);
    int edge = across ? 1 : size;
    int pad = across ? 0 : size / 2;
    Kernel around =
        new Kernel(
            "lrn %s of %d".formatted(lrn, channels),
            channels,
            channels,
            edge,
            edge,
            1,
            1,
            pad,
            pad,
            across ? 1 : channels,
            weights);
    Tensor scale = around.toCoarse(graph, graph.square(x), offsets);
    Tensor factor = negativePower(scale, lrn.beta());
    Tensor y = graph.multiply(x, factor);
    return step(
        y,
        g -> {
          Tensor ratio = graph.divide(graph.multiply(g, y), scale);
          Tensor spread = graph.multiply(x, around.toCoarse(graph, ratio, null));
          return graph.subtract(graph.multiply(g, factor), graph.scale(spread, 2.0 * lrn.beta()));
        });
  }

  /**
   * S^-beta; for 0.75, which is everybody's, by square roots, since a power takes ten times as
   * long.
   */
  private Tensor negativePower(Tensor scale, float beta) {
    if (beta == 0.75f) {
      Tensor half = graph.inverseSquareRoot(scale);
      return graph.multiply(half, graph.squareRoot(half));
    }
    return graph.power(scale, -beta);
  }

  private static float[] band(int channels, int reach, float share) {
    float[] weights = new float[channels * channels];
    for (int o = 0; o < channels; o++) {
      for (int i = Math.max(0, o - reach); i <= Math.min(channels - 1, o + reach); i++) {
        weights[o * channels + i] = share;
      }
    }
    return weights;
  }

  private static float[] box(int length, float share) {
    float[] weights = new float[length];
    Arrays.fill(weights, share);
    return weights;
  }
}
