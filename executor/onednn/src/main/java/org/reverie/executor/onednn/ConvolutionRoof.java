package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_data_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_diff_dst_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_diff_src_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_dst_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_src_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.ObjectiveShapes;
import org.reverie.executor.engine.Roof;

/**
 * The fastest that a gradient could be if it were nothing but convolutions: every convolution that
 * an objective needs, forward and backward to its input, as oneDNN's own primitive of that layer,
 * timed alone, in the best of the layouts it may choose and those with channels innermost. A
 * measure for comparison, not for planning: a form that needs fewer products, such as {@link
 * Winograd}, goes beyond it. Used by one thread; closed by who opened it.
 */
final class ConvolutionRoof implements Roof {
  private static final long[] NONE = {0, 0};

  private final NativeScope scope = new NativeScope();
  private final LibraryThread thread;
  private final List<Candidate> candidates = new ArrayList<>();
  private final Element element;
  private final LongSupplier clock;
  private double operations;
  private long memoryBytes;
  private long memory;

  /** One way to compute one direction of one layer. */
  private static final class Candidate {
    final String layer;
    final dnnl_primitive_desc desc;
    final int[] roles;
    final dnnl_memory_desc[] layouts;
    final List<Long> nanoseconds = new ArrayList<>();
    Runnable body;

    Candidate(String layer, dnnl_primitive_desc desc, int[] roles, dnnl_memory_desc[] layouts) {
      this.layer = layer;
      this.desc = desc;
      this.roles = roles;
      this.layouts = layouts;
    }
  }

  /**
   * Prepares all primitives.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   * @param threads of every primitive
   * @param element of activations, their gradients and the weights
   * @param clock nanoseconds, read on the thread that runs the primitives
   */
  ConvolutionRoof(
      Brain brain,
      Objective objective,
      int width,
      int height,
      int threads,
      Element element,
      LongSupplier clock) {
    this.element = element;
    this.clock = clock;
    thread = new LibraryThread(threads);
    scope.onClose(thread::close);
    List<Shape> shapes = ObjectiveShapes.of(brain, objective, width, height);
    boolean[] needed = brain.needed(objective.layers());
    try {
      thread.call(
          () -> {
            for (int i = 0; i < needed.length; i++) {
              Layer layer = brain.layers().get(i);
              if (needed[i] && layer.operation() instanceof Convolution c) {
                addLayer(layer.name(), c, shapes.get(layer.input()), shapes.get(i));
              }
            }
            prepare();
            return null;
          });
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  @Override
  public String description() {
    return "its convolutions alone, each as oneDNN's own primitive";
  }

  /** Multiplications and additions of all convolutions of one gradient, forward and backward. */
  @Override
  public double operations() {
    return operations;
  }

  /** Times every primitive once. */
  @Override
  public void round() {
    thread.call(
        () -> {
          for (Candidate candidate : candidates) {
            long start = clock.getAsLong();
            candidate.body.run();
            candidate.nanoseconds.add(clock.getAsLong() - start);
          }
          return null;
        });
  }

  @Override
  public double seconds() {
    return sum(nanoseconds(times -> times.get(times.size() / 2)));
  }

  @Override
  public double fastestSeconds() {
    return sum(nanoseconds(times -> times.get(0)));
  }

  /**
   * The time of every layer and direction, nanoseconds: of the ways to compute it, the fastest.
   *
   * @param figure makes one time of those of all rounds, which are sorted
   */
  Map<String, Long> nanoseconds(ToLongFunction<List<Long>> figure) {
    Map<String, Long> best = new HashMap<>();
    for (Candidate candidate : candidates) {
      List<Long> sorted = candidate.nanoseconds.stream().sorted().toList();
      best.merge(candidate.layer, figure.applyAsLong(sorted), Math::min);
    }
    return best;
  }

  private static double sum(Map<String, Long> nanoseconds) {
    return nanoseconds.values().stream().mapToLong(Long::longValue).sum() / 1e9;
  }

  private void addLayer(String name, Convolution c, Shape from, Shape to) {
    operations += 2 * 2.0 * c.weights().length * to.height() * to.width();
    for (boolean chosen : new boolean[] {true, false}) {
      dnnl_memory_desc source = picture(from, chosen);
      dnnl_memory_desc target = picture(to, chosen);
      dnnl_memory_desc weights = scope.any(element, ConvolutionForm.dims(c));
      dnnl_memory_desc bias = scope.rowMajor(c.outputs());
      long[] strides = {c.strideHeight(), c.strideWidth()};
      long[] dilations = {c.dilationHeight() - 1L, c.dilationWidth() - 1L};
      long[] pads = {c.padHeight(), c.padWidth()};
      dnnl_primitive_attr plain = scope.attributes();
      dnnl_primitive_attr rectified =
          scope.attributes(
              following ->
                  NativeScope.check(
                      dnnl_post_ops_append_eltwise(following, dnnl_eltwise_relu, 0, 0), name));
      dnnl_primitive_desc forward =
          scope.describe(
              name,
              out ->
                  dnnl_convolution_forward_primitive_desc_create(
                      out,
                      Library.get().engine(),
                      dnnl_forward_training,
                      dnnl_convolution_direct,
                      source,
                      weights,
                      bias,
                      target,
                      strides,
                      dilations,
                      pads,
                      pads,
                      rectified));
      add(
          name + " forward",
          forward,
          new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST},
          query(forward, dnnl_query_src_md),
          query(forward, dnnl_query_weights_md),
          bias,
          query(forward, dnnl_query_dst_md));
      dnnl_primitive_desc backward =
          scope.describe(
              name,
              out ->
                  dnnl_convolution_backward_data_primitive_desc_create(
                      out,
                      Library.get().engine(),
                      dnnl_convolution_direct,
                      source,
                      weights,
                      target,
                      strides,
                      dilations,
                      pads,
                      pads,
                      forward,
                      plain));
      add(
          name + " backward",
          backward,
          new int[] {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
          query(backward, dnnl_query_diff_src_md),
          query(backward, dnnl_query_weights_md),
          query(backward, dnnl_query_diff_dst_md));
    }
  }

  private dnnl_memory_desc picture(Shape shape, boolean chosen) {
    long channels = shape.channels();
    long[] dims = {1, channels, shape.height(), shape.width()};
    return chosen
        ? scope.any(element, dims)
        : scope.strided(
            element,
            dims,
            new long[] {
              channels * shape.height() * shape.width(), 1, channels * shape.width(), channels
            });
  }

  private static dnnl_memory_desc query(dnnl_primitive_desc desc, int what) {
    return dnnl_primitive_desc_query_md(desc, what, 0);
  }

  private void add(
      String layer, dnnl_primitive_desc desc, int[] roles, dnnl_memory_desc... layouts) {
    int[] allRoles = Arrays.copyOf(roles, roles.length + 1);
    allRoles[roles.length] = DNNL_ARG_SCRATCHPAD;
    dnnl_memory_desc[] all = Arrays.copyOf(layouts, layouts.length + 1);
    all[layouts.length] = query(desc, dnnl_query_scratchpad_md);
    long bytes = 0;
    for (dnnl_memory_desc layout : all) {
      bytes += paddedBytes(layout);
    }
    memoryBytes = Math.max(memoryBytes, bytes);
    candidates.add(new Candidate(layer, desc, allRoles, all));
  }

  private static long paddedBytes(dnnl_memory_desc layout) {
    return ArenaPool.LAYOUT.aligned(dnnl_memory_desc_get_size(layout));
  }

  /** All share one piece of memory: only time matters, and zeros multiply as fast as anything. */
  private void prepare() {
    Pointer owned = Pointer.calloc(1, memoryBytes + ArenaPool.LAYOUT.alignmentBytes());
    scope.onClose(() -> Pointer.free(owned));
    memory = ArenaPool.LAYOUT.aligned(owned.address());
    for (Candidate candidate : candidates) {
      dnnl_primitive primitive = scope.primitive(candidate.layer, candidate.desc);
      int count = candidate.roles.length;
      dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(count);
      scope.onClose(arguments::deallocate);
      long address = memory;
      for (int i = 0; i < count; i++) {
        arguments.position(i);
        arguments.arg(candidate.roles[i]);
        arguments.memory(scope.memory(candidate.layouts[i], address));
        address += paddedBytes(candidate.layouts[i]);
      }
      arguments.position(0);
      candidate.body =
          () -> {
            NativeScope.check(
                dnnl_primitive_execute(primitive, Library.get().stream(), count, arguments),
                candidate.layer);
            NativeScope.check(dnnl_stream_wait(Library.get().stream()), candidate.layer);
          };
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
