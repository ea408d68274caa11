package org.reverie.driver.training;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MULTIPLE_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_backward;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_fuse_norm_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_exclude_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_global_stats;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_scale;
import static org.bytedeco.dnnl.global.dnnl.dnnl_use_shift;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.concat;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory_desc_vector;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.dnnl.sum;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.reverie.driver.training.TrunkParameters.Kind;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Shape;

/**
 * A trunk as primitives of oneDNN, for batches of one size: forward to the mean of every channel of
 * its last layer, and back to the gradients of all weights and, if wanted, of the pictures. Every
 * convolution is followed by its normalisation and rectifier, which are one primitive. All values
 * lie with their channels innermost, the layout of oneDNN's fastest float convolutions.
 *
 * <p>Used by one thread at a time. Its memory, about 12 bytes for every value of every layer, goes
 * when nothing refers to it any more.
 */
final class TrunkProgram {
  private static final int NORMALISED = dnnl_use_scale | dnnl_use_shift | dnnl_fuse_norm_relu;
  private static final long[] NONE = {0, 0};

  private final engine processor = new engine(engine.kind.cpu, 0);
  private final stream order = new stream(processor);
  private final Brain trunk;
  private final TrunkParameters parameters;
  private final int batch;
  private final Tensor[] tensors;
  private final List<Step> training = new ArrayList<>();
  private final List<Step> inference = new ArrayList<>();
  private final List<Step> backward = new ArrayList<>();
  private final Map<Integer, Normalised> normalised = new HashMap<>();
  private final Map<Integer, pooling_forward.primitive_desc> pools = new HashMap<>();
  private final Map<Integer, memory> workspaces = new HashMap<>();
  private final List<Bound> weights = new ArrayList<>();
  private final List<Bound> gradients = new ArrayList<>();
  private final memory input;

  /** Where the gradient at the pictures goes, or null. */
  private final memory inputErrors;

  private final Tensor means;
  private final primitive_attr attributes = new primitive_attr();
  private final List<Scratchpad> scratchpads = new ArrayList<>();

  /** Held, since what the steps have of it does not own it. */
  @SuppressWarnings("unused")
  private final memory scratchpad;

  private final long scratchBytes;
  private final Pointer scratch;

  /** A primitive and what it reads and writes. */
  private record Step(primitive what, IntMemoryMap arguments) {}

  /** What a primitive computes in besides, and among whose arguments it belongs. */
  private record Scratchpad(memory.desc layout, IntMemoryMap arguments) {}

  /** Memory that lies in the weights, or the gradients, of whoever calls; offset in bytes. */
  private record Bound(memory memory, long offset) {}

  /** The values that a layer gives and the gradients that come back for them. */
  private static final class Tensor {
    final memory.desc layout;
    final memory values;
    final List<memory> parts = new ArrayList<>();

    Tensor(memory.desc layout, memory values) {
      this.layout = layout;
      this.values = values;
    }
  }

  /** What the way back needs of a convolution and its normalisation. */
  private record Normalised(
      convolution_forward.primitive_desc convolution,
      memory convolved,
      batch_normalization_forward.primitive_desc normalisation,
      memory mean,
      memory variance,
      memory scale,
      memory plainWeights) {}

  /** Memory that somebody else owns. */
  static final class Address extends Pointer {
    Address(long value) {
      address = value;
    }
  }

  /**
   * Makes all primitives and their memory.
   *
   * @param trunk one that {@link #supports} says yes to
   * @param batch pictures at a time
   * @param size edge of the pictures, pixels
   * @param toPictures whether {@link #backward} also gives the gradient at the pictures
   */
  TrunkProgram(Brain trunk, int batch, int size, boolean toPictures) {
    this.trunk = trunk;
    this.batch = batch;
    // oneDNN's own scratchpad is one per thread, as large as what that thread made needs: another
    // thread that runs a program, as tasks of Spark do, would write beyond its end.
    attributes.set_scratchpad_mode(dnnl_scratchpad_mode_user);
    parameters = TrunkParameters.of(trunk);
    List<Shape> shapes = trunk.shapes(size, size);
    scratchBytes =
        shapes.stream().mapToLong(Shape::values).max().orElseThrow() * batch * Float.BYTES;
    scratch = Pointer.malloc(scratchBytes);
    memory.desc planes = layout(memory.format_tag.nchw, batch, 3, size, size);
    input = new memory(planes, processor, new Address(0));
    inputErrors = toPictures ? new memory(planes, processor, new Address(0)) : null;
    int count = trunk.layers().size();
    tensors = new Tensor[count];
    for (int i = 0; i < count; i++) {
      Operation operation = trunk.layers().get(i).operation();
      if (operation instanceof Input) {
        tensors[i] = tensor(shapes.get(i));
        both(copy(input, tensors[i].values));
      } else if (operation instanceof Convolution c) {
        tensors[i] = convolve(i, c, shapes.get(i));
      } else if (operation instanceof Relu) {
        tensors[i] = tensors[trunk.layers().get(i).input()];
      } else if (operation instanceof Pooling p) {
        tensors[i] = pool(i, p, shapes);
      } else if (operation instanceof Concat) {
        tensors[i] = concatenate(i, shapes.get(i));
      } else {
        throw new AssertionError(operation);
      }
    }
    means = mean(shapes.get(count - 1));
    for (int i = count - 1; i > 0; i--) {
      Operation operation = trunk.layers().get(i).operation();
      if (operation instanceof Convolution c) {
        convolveBack(i, c);
      } else if (operation instanceof Pooling p) {
        poolBack(i, p, shapes);
      } else if (operation instanceof Concat) {
        divide(i, shapes);
      }
    }
    if (toPictures) {
      backward.add(copy(gradient(tensors[0]), inputErrors));
    }
    scratchpad = shareScratchpad();
  }

  /** Whether a trunk is nothing but convolutions with rectifiers, largest-value pools and joins. */
  static boolean supports(Brain trunk) {
    List<Layer> layers = trunk.layers();
    for (int i = 0; i < layers.size(); i++) {
      Operation operation = layers.get(i).operation();
      int at = i;
      boolean known =
          operation instanceof Input
              || operation instanceof Concat
              || operation instanceof Pooling p && p.pool() == Operation.Pool.MAX
              || operation instanceof Convolution c
                  && c.group() == 1
                  && c.dilationHeight() == 1
                  && c.dilationWidth() == 1
                  && layers.stream()
                      .filter(layer -> layer.inputs().contains(at))
                      .allMatch(layer -> layer.operation() instanceof Relu)
              || operation instanceof Relu r
                  && r.slope() == 0
                  && layers.get(layers.get(i).input()).operation() instanceof Convolution;
      if (!known) {
        return false;
      }
    }
    return !(layers.get(layers.size() - 1).operation() instanceof Convolution);
  }

  /**
   * Computes the mean of every channel of the last layer.
   *
   * @param pictures address of batch x 3 x size x size floats
   * @param values address of all weights, as {@link TrunkParameters} lays them out
   * @param out address of batch x channels floats, which are written
   * @param learning whether values are normalised over this batch, else by running means
   */
  void forward(long pictures, long values, long out, boolean learning) {
    bind(input, pictures);
    weights.forEach(bound -> bind(bound.memory, values + bound.offset));
    bind(means.values, out);
    run(learning ? training : inference);
  }

  /**
   * Goes back, after a {@link #forward} in learning with the same pictures and weights.
   *
   * @param pictures address of the pictures
   * @param values address of all weights
   * @param errors address of the gradient at the means, batch x channels
   * @param out address of the gradients of all weights, which are written; those of running means
   *     and variances are how far these are to go, downwards
   * @param pictureErrors address of the gradients at the pictures, which are written; only if they
   *     were asked for
   * @param decay share that running means keep
   */
  void backward(
      long pictures, long values, long errors, long out, long pictureErrors, double decay) {
    bind(input, pictures);
    if (inputErrors != null) {
      bind(inputErrors, pictureErrors);
    }
    weights.forEach(bound -> bind(bound.memory, values + bound.offset));
    bind(means.parts.get(0), errors);
    gradients.forEach(bound -> bind(bound.memory, out + bound.offset));
    run(backward);
    normalised.forEach(
        (layer, n) -> {
          follow(layer, Kind.MEAN, n.mean(), values, out, decay);
          follow(layer, Kind.VARIANCE, n.variance(), values, out, decay);
        });
  }

  private void follow(int layer, Kind kind, memory now, long values, long out, double decay) {
    TrunkParameters.Entry entry = parameters.entry(layer, kind);
    float[] running = new float[entry.length()];
    float[] batchs = new float[entry.length()];
    new FloatPointer(new Address(values + entry.offsetBytes())).get(running);
    new FloatPointer(now.get_data_handle()).get(batchs);
    for (int i = 0; i < running.length; i++) {
      running[i] = (float) ((1 - decay) * (running[i] - batchs[i]));
    }
    new FloatPointer(new Address(out + entry.offsetBytes())).put(running);
  }

  private static void bind(memory memory, long address) {
    memory.set_data_handle(new Address(address));
  }

  private void run(List<Step> steps) {
    for (Step step : steps) {
      step.what.execute(order, step.arguments);
    }
    order._wait();
  }

  private Tensor convolve(int index, Convolution c, Shape shape) {
    Tensor from = tensors[trunk.layers().get(index).input()];
    Tensor to = tensor(shape);
    memory plain = bound(weights, index, Kind.WEIGHTS);
    convolution_forward.primitive_desc convolution =
        new convolution_forward.primitive_desc(
            processor,
            dnnl_forward_training,
            dnnl_convolution_direct,
            from.layout,
            any(c),
            to.layout,
            strides(c),
            pads(c),
            pads(c),
            attributes,
            false);
    memory arranged = new memory(convolution.weights_desc(), processor);
    both(copy(plain, arranged));
    memory convolved = new memory(to.layout, processor);
    both(
        step(
            new convolution_forward(convolution),
            convolution,
            DNNL_ARG_SRC,
            from.values,
            DNNL_ARG_WEIGHTS,
            arranged,
            DNNL_ARG_DST,
            convolved));
    float epsilon = (float) Network.BATCH_NORM_EPSILON;
    memory scale = bound(weights, index, Kind.SCALE);
    memory shift = bound(weights, index, Kind.SHIFT);
    batch_normalization_forward.primitive_desc learning =
        new batch_normalization_forward.primitive_desc(
            processor,
            dnnl_forward_training,
            to.layout,
            to.layout,
            epsilon,
            NORMALISED,
            attributes,
            false);
    memory mean = new memory(learning.mean_desc(), processor);
    memory variance = new memory(learning.variance_desc(), processor);
    workspaces.put(index, new memory(learning.workspace_desc(), processor));
    training.add(
        step(
            new batch_normalization_forward(learning),
            learning,
            DNNL_ARG_SRC,
            convolved,
            DNNL_ARG_MEAN,
            mean,
            DNNL_ARG_VARIANCE,
            variance,
            DNNL_ARG_SCALE,
            scale,
            DNNL_ARG_SHIFT,
            shift,
            DNNL_ARG_WORKSPACE,
            workspaces.get(index),
            DNNL_ARG_DST,
            to.values));
    batch_normalization_forward.primitive_desc known =
        new batch_normalization_forward.primitive_desc(
            processor,
            dnnl_forward_inference,
            to.layout,
            to.layout,
            epsilon,
            NORMALISED | dnnl_use_global_stats,
            attributes,
            false);
    inference.add(
        step(
            new batch_normalization_forward(known),
            known,
            DNNL_ARG_SRC,
            convolved,
            DNNL_ARG_MEAN,
            bound(weights, index, Kind.MEAN),
            DNNL_ARG_VARIANCE,
            bound(weights, index, Kind.VARIANCE),
            DNNL_ARG_SCALE,
            scale,
            DNNL_ARG_SHIFT,
            shift,
            DNNL_ARG_DST,
            to.values));
    normalised.put(
        index, new Normalised(convolution, convolved, learning, mean, variance, scale, plain));
    return to;
  }

  private void convolveBack(int index, Convolution c) {
    Normalised forward = normalised.get(index);
    Tensor from = tensors[trunk.layers().get(index).input()];
    Tensor to = tensors[index];
    memory errors = new memory(to.layout, processor, scratch);
    batch_normalization_backward.primitive_desc normalising =
        new batch_normalization_backward.primitive_desc(
            processor,
            dnnl_backward,
            to.layout,
            to.layout,
            to.layout,
            (float) Network.BATCH_NORM_EPSILON,
            NORMALISED,
            forward.normalisation(),
            attributes,
            false);
    backward.add(
        step(
            new batch_normalization_backward(normalising),
            normalising,
            DNNL_ARG_SRC,
            forward.convolved(),
            DNNL_ARG_MEAN,
            forward.mean(),
            DNNL_ARG_VARIANCE,
            forward.variance(),
            DNNL_ARG_SCALE,
            forward.scale(),
            DNNL_ARG_WORKSPACE,
            workspaces.get(index),
            DNNL_ARG_DIFF_DST,
            gradient(to),
            DNNL_ARG_DIFF_SRC,
            errors,
            DNNL_ARG_DIFF_SCALE,
            bound(gradients, index, Kind.SCALE),
            DNNL_ARG_DIFF_SHIFT,
            bound(gradients, index, Kind.SHIFT)));
    convolution_backward_weights.primitive_desc weighing =
        new convolution_backward_weights.primitive_desc(
            processor,
            dnnl_convolution_direct,
            from.layout,
            any(c),
            to.layout,
            strides(c),
            pads(c),
            pads(c),
            forward.convolution(),
            attributes,
            false);
    memory weighed = new memory(weighing.diff_weights_desc(), processor);
    backward.add(
        step(
            new convolution_backward_weights(weighing),
            weighing,
            DNNL_ARG_SRC,
            from.values,
            DNNL_ARG_DIFF_DST,
            errors,
            DNNL_ARG_DIFF_WEIGHTS,
            weighed));
    backward.add(copy(weighed, bound(gradients, index, Kind.WEIGHTS)));
    if (from == tensors[0] && inputErrors == null) {
      return;
    }
    convolution_backward_data.primitive_desc passing =
        new convolution_backward_data.primitive_desc(
            processor,
            dnnl_convolution_direct,
            from.layout,
            any(c),
            to.layout,
            strides(c),
            pads(c),
            pads(c),
            forward.convolution(),
            attributes,
            false);
    memory arranged = new memory(passing.weights_desc(), processor);
    backward.add(copy(forward.plainWeights(), arranged));
    backward.add(
        step(
            new convolution_backward_data(passing),
            passing,
            DNNL_ARG_DIFF_DST,
            errors,
            DNNL_ARG_WEIGHTS,
            arranged,
            DNNL_ARG_DIFF_SRC,
            part(from)));
  }

  private Tensor pool(int index, Pooling p, List<Shape> shapes) {
    int below = trunk.layers().get(index).input();
    Tensor from = tensors[below];
    Tensor to = tensor(shapes.get(index));
    pooling_forward.primitive_desc pooling =
        new pooling_forward.primitive_desc(
            processor,
            dnnl_forward_training,
            dnnl_pooling_max,
            from.layout,
            to.layout,
            new long[] {p.strideHeight(), p.strideWidth()},
            new long[] {p.kernelHeight(), p.kernelWidth()},
            NONE,
            new long[] {p.padHeight(), p.padWidth()},
            after(p, shapes.get(below), shapes.get(index)),
            attributes,
            false);
    pools.put(index, pooling);
    workspaces.put(index, new memory(pooling.workspace_desc(), processor));
    both(
        step(
            new pooling_forward(pooling),
            pooling,
            DNNL_ARG_SRC,
            from.values,
            DNNL_ARG_DST,
            to.values,
            DNNL_ARG_WORKSPACE,
            workspaces.get(index)));
    return to;
  }

  private void poolBack(int index, Pooling p, List<Shape> shapes) {
    int below = trunk.layers().get(index).input();
    Tensor from = tensors[below];
    Tensor to = tensors[index];
    pooling_backward.primitive_desc spreading =
        new pooling_backward.primitive_desc(
            processor,
            dnnl_pooling_max,
            from.layout,
            to.layout,
            new long[] {p.strideHeight(), p.strideWidth()},
            new long[] {p.kernelHeight(), p.kernelWidth()},
            NONE,
            new long[] {p.padHeight(), p.padWidth()},
            after(p, shapes.get(below), shapes.get(index)),
            pools.get(index),
            attributes,
            false);
    backward.add(
        step(
            new pooling_backward(spreading),
            spreading,
            DNNL_ARG_DIFF_DST,
            gradient(to),
            DNNL_ARG_WORKSPACE,
            workspaces.get(index),
            DNNL_ARG_DIFF_SRC,
            part(from)));
  }

  /** Rows and columns beyond the input that the last windows reach; Caffe rounds sizes up. */
  private static long[] after(Pooling p, Shape from, Shape to) {
    return new long[] {
      (to.height() - 1L) * p.strideHeight() + p.kernelHeight() - from.height() - p.padHeight(),
      (to.width() - 1L) * p.strideWidth() + p.kernelWidth() - from.width() - p.padWidth()
    };
  }

  private Tensor concatenate(int index, Shape shape) {
    Tensor to = tensor(shape);
    List<Integer> inputs = trunk.layers().get(index).inputs();
    memory.desc[] layouts = inputs.stream().map(i -> tensors[i].layout).toArray(memory.desc[]::new);
    IntMemoryMap arguments = new IntMemoryMap();
    for (int i = 0; i < layouts.length; i++) {
      arguments.put(DNNL_ARG_MULTIPLE_SRC + i, tensors[inputs.get(i)].values);
    }
    arguments.put(DNNL_ARG_DST, to.values);
    concat.primitive_desc joining =
        new concat.primitive_desc(
            processor, to.layout, 1, new memory_desc_vector(layouts), attributes, false);
    both(step(new concat(joining), joining, arguments));
    return to;
  }

  /** The way back of a concatenation: each input gets its channels. */
  private void divide(int index, List<Shape> shapes) {
    Tensor to = tensors[index];
    memory whole = gradient(to);
    long channel = 0;
    for (int i : trunk.layers().get(index).inputs()) {
      Shape shape = shapes.get(i);
      memory.desc slice =
          to.layout.submemory_desc(
              new long[] {batch, shape.channels(), shape.height(), shape.width()},
              new long[] {0, channel, 0, 0});
      backward.add(copy(new memory(slice, processor, whole.get_data_handle()), part(tensors[i])));
      channel += shape.channels();
    }
  }

  private Tensor mean(Shape shape) {
    Tensor from = tensors[tensors.length - 1];
    memory.desc layout = layout(memory.format_tag.nhwc, batch, shape.channels(), 1, 1);
    Tensor to = new Tensor(layout, new memory(layout, processor, new Address(0)));
    long[] kernel = {shape.height(), shape.width()};
    pooling_forward.primitive_desc pooling =
        new pooling_forward.primitive_desc(
            processor,
            dnnl_forward_training,
            dnnl_pooling_avg_exclude_padding,
            from.layout,
            to.layout,
            kernel,
            kernel,
            NONE,
            NONE,
            NONE,
            attributes,
            false);
    both(
        step(
            new pooling_forward(pooling),
            pooling,
            DNNL_ARG_SRC,
            from.values,
            DNNL_ARG_DST,
            to.values));
    memory errors = new memory(layout, processor, new Address(0));
    to.parts.add(errors);
    pooling_backward.primitive_desc spreading =
        new pooling_backward.primitive_desc(
            processor,
            dnnl_pooling_avg_exclude_padding,
            from.layout,
            to.layout,
            kernel,
            kernel,
            NONE,
            NONE,
            NONE,
            pooling,
            attributes,
            false);
    backward.add(
        step(
            new pooling_backward(spreading),
            spreading,
            DNNL_ARG_DIFF_DST,
            errors,
            DNNL_ARG_DIFF_SRC,
            part(from)));
    return to;
  }

  private Tensor tensor(Shape shape) {
    memory.desc layout =
        layout(memory.format_tag.nhwc, batch, shape.channels(), shape.height(), shape.width());
    return new Tensor(layout, new memory(layout, processor));
  }

  /** Room for what one of its readers gives back for a tensor. */
  private memory part(Tensor tensor) {
    memory part = new memory(tensor.layout, processor);
    tensor.parts.add(part);
    return part;
  }

  /** What all readers of a tensor gave back, summed by a step. */
  private memory gradient(Tensor tensor) {
    if (tensor.parts.size() == 1) {
      return tensor.parts.get(0);
    }
    memory.desc[] layouts = new memory.desc[tensor.parts.size()];
    Arrays.fill(layouts, tensor.layout);
    float[] ones = new float[layouts.length];
    Arrays.fill(ones, 1);
    memory whole = new memory(tensor.layout, processor);
    IntMemoryMap arguments = new IntMemoryMap();
    for (int i = 0; i < layouts.length; i++) {
      arguments.put(DNNL_ARG_MULTIPLE_SRC + i, tensor.parts.get(i));
    }
    arguments.put(DNNL_ARG_DST, whole);
    sum.primitive_desc adding =
        new sum.primitive_desc(
            processor, tensor.layout, ones, new memory_desc_vector(layouts), attributes, false);
    backward.add(step(new sum(adding), adding, arguments));
    return whole;
  }

  private memory bound(List<Bound> where, int layer, Kind kind) {
    TrunkParameters.Entry entry = parameters.entry(layer, kind);
    long[] shape = entry.shape();
    memory.desc layout =
        layout(shape.length == 4 ? memory.format_tag.oihw : memory.format_tag.x, shape);
    memory memory = new memory(layout, processor, new Address(0));
    where.add(new Bound(memory, entry.offsetBytes()));
    return memory;
  }

  private static memory.desc layout(memory.format_tag tag, long... dims) {
    return new memory.desc(dims, memory.data_type.f32, tag);
  }

  private static memory.desc any(Convolution c) {
    return layout(
        memory.format_tag.any, c.outputs(), c.inputs(), c.kernelHeight(), c.kernelWidth());
  }

  private static long[] strides(Convolution c) {
    return new long[] {c.strideHeight(), c.strideWidth()};
  }

  private static long[] pads(Convolution c) {
    return new long[] {c.padHeight(), c.padWidth()};
  }

  private void both(Step step) {
    training.add(step);
    inference.add(step);
  }

  private Step copy(memory from, memory to) {
    reorder.primitive_desc moving = new reorder.primitive_desc(from, to, attributes, false);
    return step(new reorder(moving), moving, DNNL_ARG_SRC, from, DNNL_ARG_DST, to);
  }

  /** A primitive with its arguments, which alternate between role and memory. */
  private Step step(primitive what, primitive_desc_base description, Object... arguments) {
    IntMemoryMap map = new IntMemoryMap();
    for (int i = 0; i < arguments.length; i += 2) {
      map.put((Integer) arguments[i], (memory) arguments[i + 1]);
    }
    return step(what, description, map);
  }

  private Step step(primitive what, primitive_desc_base description, IntMemoryMap arguments) {
    memory.desc layout = description.scratchpad_desc();
    if (layout.get_size() > 0) {
      scratchpads.add(new Scratchpad(layout, arguments));
    }
    return new Step(what, arguments);
  }

  /** Room for each; steps follow one another, so that what the largest needs does for all. */
  private memory shareScratchpad() {
    memory.desc largest =
        scratchpads.stream()
            .map(Scratchpad::layout)
            .max(Comparator.comparingLong(memory.desc::get_size))
            .orElseGet(memory.desc::new);
    memory room = new memory(largest, processor);
    for (Scratchpad each : scratchpads) {
      each.arguments()
          .put(DNNL_ARG_SCRATCHPAD, new memory(each.layout(), processor, room.get_data_handle()));
    }
    return room;
  }
}
