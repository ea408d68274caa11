package org.reverie.executor.cudnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.reverie.executor.cudnn.Place.Kind;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * One window on the device. A run uploads what its iterations need, replays one recording for each
 * of them, and reads the sums back at the end; nothing in between waits for the host.
 */
final class CudnnSession implements Session {
  private static final int CHANNELS = 3;
  private static final int ROW_LANES = 32;
  private static final int PARTS = 256;

  /** Bytes of activations that are read at once. */
  private static final int READ_BYTES = 8 << 20;

  private final Program program;
  private final Device device;
  private final Arena arena;
  private final WeightStore weights;
  private final int width;
  private final int height;
  private final SessionBuffers buffers;
  private final Device.Stream stream;
  private final ByteBuffer control =
      ByteBuffer.allocateDirect(SessionBuffers.CONTROL_BYTES).order(ByteOrder.nativeOrder());
  private final boolean regional;
  private Device.Recording recording;
  private int generation;
  private Window window;
  private int iteration;
  private boolean closed;

  /**
   * @param arena shared by all sessions of the engine
   * @throws org.reverie.executor.engine.OutOfDeviceMemoryException if the device has not enough
   */
  CudnnSession(
      Program program, Device device, Arena arena, WeightStore weights, int width, int height) {
    this.program = program;
    this.device = device;
    this.arena = arena;
    this.weights = weights;
    this.width = width;
    this.height = height;
    this.buffers = new SessionBuffers(device, width, height);
    try {
      this.stream = device.stream();
    } catch (RuntimeException e) {
      buffers.close();
      throw e;
    }
    this.regional =
        program.steps().stream()
            .flatMap(step -> step.places().stream())
            .anyMatch(new Place.Own(Kind.REGIONS)::equals);
    arena.enter();
    try {
      arena.lock().lock();
      try {
        arena.reserve(program.arenaBytes());
        program.weights().forEach(weights::address);
      } finally {
        arena.lock().unlock();
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public void load(Window window, float[] canvas) {
    if (window.x().length() != width || window.y().length() != height) {
      throw new IllegalArgumentException(
          "compiled for %d x %d, loaded with %s".formatted(width, height, window));
    }
    int length = CHANNELS * window.loadedRegion().pixels();
    if (canvas.length != length) {
      throw new IllegalArgumentException(canvas.length + " values where " + length + " belong");
    }
    if (buffers.isTooSmall(window.x().loadedLength(), window.y().loadedLength())) {
      forget();
      // What was loaded before may still be on its way into memory that goes now.
      stream.finish();
      buffers.reserve(window.x().loadedLength(), window.y().loadedLength());
    }
    this.window = window;
    iteration = 0;
    stream.upload(buffers.address(Kind.CANVAS), canvas);
    if (regional) {
      regions(new byte[window.loadedRegion().pixels()]);
    }
  }

  @Override
  public void regions(byte[] regions) {
    if (regions.length != window.loadedRegion().pixels()) {
      throw new IllegalArgumentException(regions.length + " regions for " + window);
    }
    if (regional) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(regions.length);
      stream.upload(buffers.address(Kind.REGIONS), bytes.put(regions).flip());
    }
  }

  @Override
  public double gradient(Roll roll, Region core) {
    return compute(List.of(roll), null, core, null)[0];
  }

  @Override
  public double[] run(List<Roll> rolls, Scaling scaling, Region core, Clip clip) {
    double[] sums = new double[rolls.size()];
    for (int first = 0; first < sums.length; first += SessionBuffers.MOST_ITERATIONS) {
      int end = Math.min(sums.length, first + SessionBuffers.MOST_ITERATIONS);
      Scaling part = scaling;
      if (scaling instanceof Scaling.Given given) {
        part = new Scaling.Given(Arrays.copyOfRange(given.factors(), first, end));
      }
      double[] some = compute(rolls.subList(first, end), part, core, clip);
      System.arraycopy(some, 0, sums, first, some.length);
    }
    return sums;
  }

  /**
   * Gradients in turn, each applied unless there is no scaling.
   *
   * @return the sum of each
   */
  private double[] compute(List<Roll> rolls, Scaling scaling, Region core, Clip clip) {
    writeControl(core, scaling, clip);
    arena.lock().lock();
    try {
      Device.Recording ready = recording();
      stream.upload(buffers.address(Kind.CONTROL), control.duplicate().clear());
      stream.upload(buffers.address(Kind.TABLES), tables(rolls));
      for (int i = 0; i < rolls.size(); i++) {
        ready.replay();
      }
      // Waits, so that the arena is free when the lock is.
      stream.download(buffers.address(Kind.CONTROL), control.duplicate().clear());
    } finally {
      arena.lock().unlock();
    }
    double[] sums = new double[rolls.size()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = control.getDouble(SessionBuffers.SUMS_OFFSET + i * Double.BYTES);
      if (!Double.isFinite(sums[i])) {
        throw new NotFiniteException(iteration + i);
      }
    }
    iteration += sums.length;
    return sums;
  }

  @Override
  public void step(float factor, Clip clip) {
    writeControl(window.loadedRegion(), new Scaling.Given(new float[] {factor}), clip);
    stream.upload(buffers.address(Kind.CONTROL), control.duplicate().clear());
    stream.run(List.of(canvasStep()), this::address);
    stream.finish();
  }

  @Override
  public void readCanvas(Region region, float[] out) {
    read(Kind.CANVAS, region, out);
  }

  @Override
  public void readGradient(Region region, float[] out) {
    read(Kind.GRADIENT, region, out);
  }

  private void read(Kind kind, Region region, float[] out) {
    long pitch = (long) window.x().loadedLength() * Float.BYTES;
    long plane = pitch * window.y().loadedLength();
    for (int c = 0; c < CHANNELS; c++) {
      stream.download(
          buffers.address(kind) + c * plane + region.y() * pitch + (long) region.x() * Float.BYTES,
          pitch,
          region.width(),
          region.height(),
          out,
          c * region.pixels());
    }
  }

  /** The wanted activations, planes, for the loaded canvas. */
  List<float[]> activations(Roll roll) {
    writeControl(window.loadedRegion(), null, null);
    List<float[]> activations = new ArrayList<>();
    arena.lock().lock();
    try {
      List<Step> steps = new ArrayList<>();
      steps.add(canvasLoad());
      steps.addAll(program.steps());
      arena.reserve(program.arenaBytes());
      stream.upload(buffers.address(Kind.CONTROL), control.duplicate().clear());
      stream.upload(buffers.address(Kind.TABLES), tables(List.of(roll)));
      stream.run(steps, this::address);
      for (Tensor tensor : program.activations()) {
        activations.add(planes(tensor));
      }
    } finally {
      arena.lock().unlock();
    }
    return activations;
  }

  /** A tensor's values on the device as planes, some positions at a time. */
  private float[] planes(Tensor tensor) {
    int positions = tensor.positions();
    float[] planes = new float[Math.multiplyExact(tensor.channels(), positions)];
    int positionBytes = Math.multiplyExact(tensor.pitch(), tensor.element().bytes());
    int most = Math.max(1, Math.min(positions, READ_BYTES / positionBytes));
    ByteBuffer values =
        ByteBuffer.allocateDirect(most * positionBytes).order(ByteOrder.nativeOrder());
    for (int from = 0; from < positions; from += most) {
      int some = Math.min(most, positions - from);
      stream.download(
          arena.address() + tensor.block().offset() + (long) from * positionBytes,
          values.clear().limit(some * positionBytes));
      for (int i = 0; i < some; i++) {
        values.position(i * positionBytes + tensor.first() * tensor.element().bytes());
        for (int c = 0; c < tensor.channels(); c++) {
          planes[c * positions + from + i] = tensor.element().decode(values);
        }
      }
    }
    return planes;
  }

  /** What one iteration's time is spent on; the loaded canvas stays as it is. */
  StepProfile profile(Roll roll, int rounds) {
    writeControl(window.loadedRegion(), new Scaling.Given(new float[] {0}), Clip.none());
    arena.lock().lock();
    try {
      arena.reserve(program.arenaBytes());
      // The last step counts iterations, for which there is one table.
      List<Step> steps = iterationSteps();
      steps.remove(steps.size() - 1);
      stream.upload(buffers.address(Kind.CONTROL), control.duplicate().clear());
      stream.upload(buffers.address(Kind.TABLES), tables(List.of(roll)));
      return new StepProfile(steps, stream.time(steps, this::address, rounds));
    } finally {
      arena.lock().unlock();
    }
  }

  private void writeControl(Region core, Scaling scaling, Clip clip) {
    control.clear();
    control.putInt(0);
    control.putInt(window.x().loadedLength());
    control.putInt(window.y().loadedLength());
    control.putInt(core.x());
    control.putInt(core.y());
    control.putInt(core.width());
    control.putInt(core.height());
    control.putInt(scaling instanceof Scaling.OwnMean ? 1 : 0);
    control.putInt(scaling == null ? 0 : 1);
    control.putInt(0);
    control.putInt(width + height + window.x().loadedLength() + window.y().loadedLength());
    control.putInt(0);
    if (scaling instanceof Scaling.OwnMean mean) {
      control.putDouble(mean.step());
      control.putDouble(mean.values());
    } else {
      control.putDouble(0);
      control.putDouble(1);
    }
    for (int c = 0; c < 4; c++) {
      control.putFloat(clip == null || c == CHANNELS ? 0 : clip.low()[c]);
    }
    for (int c = 0; c < 4; c++) {
      control.putFloat(clip == null || c == CHANNELS ? 0 : clip.high()[c]);
    }
    if (scaling instanceof Scaling.Given given) {
      for (float factor : given.factors()) {
        control.putFloat(factor);
      }
    }
  }

  /** What each iteration's pixels show; see {@code canvas_load}. */
  private ByteBuffer tables(List<Roll> rolls) {
    WindowAxis x = window.x();
    WindowAxis y = window.y();
    int length = width + height + x.loadedLength() + y.loadedLength();
    ByteBuffer tables =
        ByteBuffer.allocateDirect(Math.multiplyExact(length * Integer.BYTES, rolls.size()))
            .order(ByteOrder.nativeOrder());
    for (Roll roll : rolls) {
      int[] columns = x.sources(roll.x());
      int[] rows = y.sources(roll.y());
      put(tables, columns);
      put(tables, rows);
      put(tables, shown(columns, x.canvasPositions(roll.x()), x.loadedLength()));
      put(tables, shown(rows, y.canvasPositions(roll.y()), y.loadedLength()));
    }
    return tables.flip();
  }

  private static void put(ByteBuffer tables, int[] values) {
    for (int value : values) {
      tables.putInt(value);
    }
  }

  /** For each loaded pixel the position of the input that shows it, or -1. */
  private static int[] shown(int[] sources, int[] positions, int loadedLength) {
    int[] shown = new int[loadedLength];
    Arrays.fill(shown, -1);
    for (int i = positions[0]; i < positions[1]; i++) {
      shown[sources[i]] = i;
    }
    return shown;
  }

  /** The recording of one iteration, made anew where memory moved; the lock must be held. */
  private Device.Recording recording() {
    int current = arena.reserve(program.arenaBytes());
    if (recording != null && current != generation) {
      forget();
    }
    if (recording == null) {
      recording = stream.record(iterationSteps(), this::address);
      generation = current;
    }
    return recording;
  }

  private void forget() {
    if (recording != null) {
      recording.close();
      recording = null;
    }
  }

  /** Everything between two waits: load, gradient, sums, step. */
  List<Step> iterationSteps() {
    List<Step> steps = new ArrayList<>();
    steps.add(canvasLoad());
    steps.addAll(program.steps());
    Program.Pixels gradient = program.gradient();
    steps.add(
        own(
            "gradient of the canvas",
            "gradient_store",
            buffers.loadedWidth(),
            buffers.loadedHeight(),
            gradient.tensor().bytes() + canvasBytes(),
            List.of(
                new Place.Own(Kind.CONTROL),
                new Place.Own(Kind.TABLES),
                gradient.tensor().place(),
                new Place.Own(Kind.GRADIENT)),
            buffers.loadedWidth(),
            width,
            height,
            gradient.blockHeight(),
            gradient.blockWidth(),
            gradient.firstRow(),
            gradient.firstColumn(),
            gradient.tensor().width(),
            gradient.tensor().pitch()));
    Place controlPlace = new Place.Own(Kind.CONTROL);
    Place rowSums = new Place.Own(Kind.ROW_SUMS);
    Place partSums = new Place.Own(Kind.PART_SUMS);
    steps.add(
        own(
            "sums of rows",
            "sum_rows",
            ROW_LANES,
            buffers.loadedHeight(),
            canvasBytes(),
            List.of(controlPlace, new Place.Own(Kind.GRADIENT), rowSums)));
    steps.add(
        own("sums of parts", "sum_parts", PARTS, 1, 0, List.of(controlPlace, rowSums, partSums)));
    steps.add(own("sum", "sum_all", 1, 1, 0, List.of(controlPlace, partSums)));
    steps.add(canvasStep());
    steps.add(own("next iteration", "advance", 1, 1, 0, List.of(controlPlace)));
    return steps;
  }

  private Step.Launch canvasLoad() {
    Program.Pixels input = program.input();
    Tensor tensor = input.tensor();
    int groups = tensor.channels() / tensor.element().width();
    int columns = Math.multiplyExact(groups, tensor.width());
    return own(
        "input from the canvas",
        "canvas_load",
        columns,
        tensor.height(),
        tensor.bytes() + canvasBytes(),
        List.of(
            new Place.Own(Kind.CONTROL),
            new Place.Own(Kind.TABLES),
            new Place.Own(Kind.CANVAS),
            tensor.place()),
        columns,
        groups,
        tensor.width(),
        width,
        height,
        input.blockHeight(),
        input.blockWidth(),
        input.firstRow(),
        input.firstColumn());
  }

  private Step.Launch canvasStep() {
    return own(
        "step",
        "canvas_step",
        buffers.loadedWidth(),
        buffers.loadedHeight(),
        3 * canvasBytes(),
        List.of(
            new Place.Own(Kind.CONTROL), new Place.Own(Kind.CANVAS), new Place.Own(Kind.GRADIENT)));
  }

  private double canvasBytes() {
    return (double) CHANNELS * Float.BYTES * width * height;
  }

  private static Step.Launch own(
      String name,
      String kernel,
      int columns,
      int rows,
      double bytes,
      List<Place> places,
      int... integers) {
    return new Step.Launch(name, kernel, columns, rows, places, integers, new float[0], bytes);
  }

  private long address(Place place) {
    if (place instanceof Place.Arena block) {
      // A block that no step needs has no bytes and no place.
      return block.block().bytes() == 0
          ? 0
          : arena.address() + block.block().offset() + block.offsetBytes();
    } else if (place instanceof Place.Weights shared) {
      return weights.address(shared.form());
    } else if (place instanceof Place.Own own) {
      return buffers.address(own.kind());
    } else if (place instanceof Place.None) {
      return 0;
    }
    throw new AssertionError(place);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    forget();
    stream.close();
    buffers.close();
    arena.leave();
  }
}
