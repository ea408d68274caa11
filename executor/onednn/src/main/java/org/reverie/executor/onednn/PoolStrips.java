package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_workspace_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.arena.Block;
import org.reverie.executor.onednn.Step.Call;
import org.reverie.executor.onednn.Step.Kernel;
import org.reverie.executor.onednn.Step.Place;
import org.reverie.executor.onednn.Step.Role;
import org.reverie.executor.onednn.Step.Run;

/**
 * The gradient of a pooling that makes a picture smaller, in bfloat16, some rows of its input at a
 * time. oneDNN sums windows in float32, in a scratchpad that may be as large as the input: 158
 * bytes per pixel of SqueezeNet's picture, more than all else that is there at any time. Of a strip
 * it is small, and stays in the cache. Poolings of stride 1 lie higher up, where pictures are
 * small, and have more windows at the border of strips: they gain nothing.
 *
 * <pre>
 *   rows of the input       ..| strip |..
 *   windows that reach it   [   [   ]   ]
 *   what these reach        |___________|   in the lane; of it, the strip is copied
 * </pre>
 *
 * <p>Windows at the border of two strips are looked at in both, so that every row has all of its
 * windows and its sum is the same as without strips.
 */
final class PoolStrips {
  /** With fewer, most windows would be looked at twice: with 16 and three rows, one in eight. */
  private static final int LEAST_ROWS = 16;

  /** As in {@link Winograd}: what a core's second cache holds. */
  private static final long STRIP_BYTES = 2 << 20;

  private final NativeScope scope;
  private final String name;
  private final PoolGeometry geometry;
  private final Block workspace;
  private final Tensor from;
  private final Tensor to;
  private final List<Kernel> kernels = new ArrayList<>();
  private final Map<Object, Integer> kernelIndices = new HashMap<>();
  private int stripRows;
  private long workspaceRowBytes;
  private long scratchpadBytes;
  private boolean possible = true;

  /**
   * What strips that differ in nothing but where they are have in common.
   *
   * @param rows of the input
   * @param windows rows of windows that reach it
   * @param reached rows of the input that these reach
   * @param skipped of these above the strip
   * @param padBefore rows that the first window reaches above the picture
   * @param padAfter rows that the last window reaches below the picture
   */
  private record Kind(
      int rows, int windows, int reached, int skipped, int padBefore, int padAfter) {}

  private PoolStrips(
      NativeScope scope,
      String name,
      PoolGeometry geometry,
      Block workspace,
      Tensor from,
      Tensor to) {
    this.scope = scope;
    this.name = name;
    this.geometry = geometry;
    this.workspace = workspace;
    this.from = from;
    this.to = to;
  }

  /**
   * The step, where it is worth it. To be described by a thread of the library that runs primitives
   * alone, as the lanes do.
   *
   * @param workspace what the forward step left, or null
   * @param from gradient at the pooling's output
   * @param to gradient at its input
   * @param lanes threads that take strips
   */
  static Optional<Step.Strips> describe(
      NativeScope scope,
      String name,
      PoolGeometry geometry,
      Block workspace,
      Tensor from,
      Tensor to,
      int lanes) {
    PoolStrips strips = new PoolStrips(scope, name, geometry, workspace, from, to);
    if (!strips.divide(lanes)) {
      return Optional.empty();
    }
    List<Run> runs = strips.runs();
    if (!strips.possible) {
      return Optional.empty();
    }
    long laneBytes = strips.reachedBytes() + ArenaPool.LAYOUT.aligned(strips.scratchpadBytes);
    return Optional.of(
        new Step.Strips(
            name,
            List.copyOf(strips.kernels),
            runs,
            new Block("strips of " + name, Math.multiplyExact(laneBytes, (long) lanes)),
            laneBytes));
  }

  /** Chooses the strips; says whether there are any. */
  private boolean divide(int lanes) {
    Pooling p = geometry.pooling();
    int height = to.shape().height();
    int lastReached =
        (from.shape().height() - 1) * p.strideHeight() - p.padHeight() + p.kernelHeight();
    if (from.element() != Element.BFLOAT16
        || !from.isDense()
        || !to.isDense()
        || p.strideHeight() == 1
        || p.kernelHeight() < p.strideHeight()
        || lastReached < height) {
      return false;
    }
    long rowBytes =
        (long) to.shape().width() * to.shape().channels() * (Float.BYTES + to.element().bytes());
    long fitting = STRIP_BYTES / rowBytes - p.kernelHeight();
    int rows = (int) Math.max(LEAST_ROWS, Math.min(fitting, height / (2 * lanes)));
    stripRows = rows / p.strideHeight() * p.strideHeight();
    if (workspace != null) {
      workspaceRowBytes = workspace.bytes() / from.shape().height();
    }
    return stripRows > 0 && stripRows < height;
  }

  private List<Run> runs() {
    int height = to.shape().height();
    List<Run> runs = new ArrayList<>();
    for (int first = 0; first < height; ) {
      Kind kind = kind(first);
      int next = first + stripRows;
      while (next < height && kind(next).equals(kind)) {
        next += stripRows;
      }
      int count = (next - first) / stripRows;
      runs.add(new Run(count, List.of(pool(first, kind), copy(first, kind))));
      first = next;
    }
    return List.copyOf(runs);
  }

  private Kind kind(int first) {
    Pooling p = geometry.pooling();
    int height = to.shape().height();
    int end = Math.min(height, first + stripRows);
    int firstWindow = firstWindow(first);
    int lastWindow =
        Math.min(from.shape().height() - 1, (end - 1 + p.padHeight()) / p.strideHeight());
    int top = firstWindow * p.strideHeight() - p.padHeight();
    int bottom = lastWindow * p.strideHeight() - p.padHeight() + p.kernelHeight();
    int reachedFrom = Math.max(0, top);
    int reachedEnd = Math.min(height, bottom);
    return new Kind(
        end - first,
        lastWindow - firstWindow + 1,
        reachedEnd - reachedFrom,
        first - reachedFrom,
        reachedFrom - top,
        bottom - reachedEnd);
  }

  /** The first row of windows that reaches a row. */
  private int firstWindow(int row) {
    Pooling p = geometry.pooling();
    return Math.max(0, Math.floorDiv(row + p.padHeight() - p.kernelHeight(), p.strideHeight()) + 1);
  }

  private Call pool(int first, Kind kind) {
    int kernel = kernel(kind, () -> pooling(kind));
    int window = firstWindow(first);
    List<Place> places = new ArrayList<>();
    places.add(new Place.Lane(reachedBytes()));
    places.add(moving(from.block(), from.offsetBytes(), window, rowBytes(from), windowsBetween()));
    places.add(new Place.Lane(0));
    if (workspace != null) {
      places.add(moving(workspace, 0, window, workspaceRowBytes, windowsBetween()));
    }
    return new Call(kernel, List.copyOf(places));
  }

  private Call copy(int first, Kind kind) {
    return new Call(
        kernel(kind.rows(), () -> copying(kind.rows())),
        List.of(
            new Place.Lane(kind.skipped() * rowBytes(to)),
            moving(to.block(), to.offsetBytes(), first, rowBytes(to), stripRows)));
  }

  private int windowsBetween() {
    return stripRows / geometry.pooling().strideHeight();
  }

  private static Place moving(Block block, long offset, int row, long rowBytes, int rowsBetween) {
    return new Place.Moving(block, offset + row * rowBytes, rowsBetween * rowBytes);
  }

  private static long rowBytes(Tensor tensor) {
    return (long) tensor.shape().width() * tensor.pitch() * tensor.element().bytes();
  }

  /** Room in a lane for the rows that the windows of a strip reach. */
  private long reachedBytes() {
    Pooling p = geometry.pooling();
    return ArenaPool.LAYOUT.aligned((stripRows + 2L * p.kernelHeight()) * rowBytes(to));
  }

  private int kernel(Object kind, Supplier<Kernel> make) {
    return kernelIndices.computeIfAbsent(
        kind,
        unknown -> {
          kernels.add(make.get());
          return kernels.size() - 1;
        });
  }

  private Kernel pooling(Kind kind) {
    dnnl_memory_desc source = rows(to, kind.reached()).picture(scope);
    dnnl_memory_desc target = rows(from, kind.windows()).picture(scope);
    long[] before = {kind.padBefore(), geometry.padsBefore()[1]};
    long[] after = {kind.padAfter(), geometry.padsAfter()[1]};
    dnnl_primitive_desc forward =
        geometry.forward(scope, name, dnnl_forward_training, source, target, before, after);
    dnnl_primitive_desc desc =
        geometry.backward(scope, name, source, target, before, after, forward);
    List<Role> roles = new ArrayList<>();
    dnnl_memory_desc scratchpad = dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
    scratchpadBytes = Math.max(scratchpadBytes, dnnl_memory_desc_get_size(scratchpad));
    roles.add(new Role(DNNL_ARG_SCRATCHPAD, scratchpad));
    roles.add(new Role(DNNL_ARG_DIFF_DST, target));
    roles.add(new Role(DNNL_ARG_DIFF_SRC, source));
    if (workspace != null) {
      dnnl_memory_desc maxima = dnnl_primitive_desc_query_md(desc, dnnl_query_workspace_md, 0);
      // Rows of it must follow one another, as those of the values do.
      possible &= dnnl_memory_desc_get_size(maxima) == kind.windows() * workspaceRowBytes;
      roles.add(new Role(DNNL_ARG_WORKSPACE, maxima));
    }
    return new Kernel(desc, List.copyOf(roles));
  }

  private Kernel copying(int count) {
    dnnl_engine engine = Library.get().engine();
    dnnl_memory_desc matrix = rows(to, count).matrix(scope);
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc desc =
        scope.describe(
            name,
            out ->
                dnnl_reorder_primitive_desc_create(
                    out, matrix, engine, matrix, engine, attributes));
    return new Kernel(
        desc, List.of(new Role(DNNL_ARG_SRC, matrix), new Role(DNNL_ARG_DST, matrix)));
  }

  private static Tensor rows(Tensor tensor, int count) {
    return Tensor.alone(
        tensor.block().name(),
        tensor.element(),
        new Shape(tensor.shape().channels(), count, tensor.shape().width()));
  }
}
