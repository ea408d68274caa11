package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.FloatRawIndexer;
import org.reverie.executor.engine.HostSession;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.onednn.Step.Argument;
import org.reverie.executor.onednn.Step.Place;

/** A program with its memory. */
final class OnednnSession extends HostSession {
  private final NativeScope scope = new NativeScope();
  private final LibraryThread thread;
  private final List<Action> actions = new ArrayList<>();
  private final FloatPointer values;
  private final FloatIndexer arena;
  private final long arenaBytes;
  private final Tensor input;
  private final Program.InputGradient gradient;
  private final List<Tensor> activations;
  private final int width;
  private final int height;

  /** A step that is ready to run. */
  private record Action(String name, Runnable body) {}

  /** Told how long each step took. */
  interface StepListener {
    /**
     * Takes one step's time.
     *
     * @param nanoseconds it took
     */
    void ran(String step, long nanoseconds);
  }

  OnednnSession(Program program, WeightStore weights, int width, int height, int threads) {
    super(width, height);
    this.width = width;
    this.height = height;
    input = program.input();
    gradient = program.gradient();
    activations = program.activations();
    arenaBytes = program.arenaBytes();
    Pointer memory = Pointer.malloc(bytes(program));
    if (memory == null || memory.isNull()) {
      throw new OutOfDeviceMemoryException(
          "no memory for an arena of %d MiB".formatted(arenaBytes >> 20));
    }
    scope.onClose(() -> Pointer.free(memory));
    long alignment = ArenaLayout.ALIGNMENT_BYTES;
    long base = (memory.address() + alignment - 1) / alignment * alignment;
    values = new FloatPointer(new NativeScope.Address(base));
    values.capacity(arenaBytes / Float.BYTES);
    arena = new FloatRawIndexer(values);
    thread = new LibraryThread(threads);
    scope.onClose(thread::close);
    try {
      thread.call(
          () -> {
            for (Step step : program.steps()) {
              actions.add(new Action(step.name(), prepare(step, base, weights)));
            }
            return null;
          });
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Memory that a session of a program takes. */
  static long bytes(Program program) {
    return program.arenaBytes() + ArenaLayout.ALIGNMENT_BYTES;
  }

  private Runnable prepare(Step step, long base, WeightStore weights) {
    if (step instanceof Step.Host host) {
      return () -> host.kernel().run(arena);
    }
    Step.Native execution = (Step.Native) step;
    dnnl_primitive primitive = scope.primitive(step.name(), execution.desc());
    int count = execution.arguments().size();
    dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(count);
    scope.onClose(arguments::deallocate);
    for (int i = 0; i < count; i++) {
      Argument argument = execution.arguments().get(i);
      long address;
      if (argument.place() instanceof Place.Arena place) {
        address = base + place.block().offset() + place.offsetBytes();
      } else if (argument.place() instanceof Place.Shared shared) {
        address = weights.address(shared.form(), argument.desc());
      } else {
        throw new AssertionError(argument);
      }
      arguments.position(i);
      arguments.arg(argument.id());
      arguments.memory(scope.memory(argument.desc(), address));
    }
    arguments.position(0);
    Library library = Library.get();
    return () -> {
      NativeScope.check(
          dnnl_primitive_execute(primitive, library.stream(), count, arguments), step.name());
      NativeScope.check(dnnl_stream_wait(library.stream()), step.name());
    };
  }

  @Override
  protected void differentiate(InputRows rows, GradientRows out) {
    writeInput(rows);
    thread.call(
        () -> {
          actions.forEach(action -> action.body().run());
          return null;
        });
    readGradient(out);
  }

  /**
   * Runs all steps on whatever the arena holds and reports the time of each.
   *
   * @param clock read on the session's thread before and after each step, nanoseconds
   */
  void profile(LongSupplier clock, StepListener listener) {
    thread.call(
        () -> {
          for (Action action : actions) {
            long start = clock.getAsLong();
            action.body().run();
            listener.ran(action.name(), clock.getAsLong() - start);
          }
          return null;
        });
  }

  /** The wanted activations, CHW, for an input in CHW. */
  List<float[]> activations(float[] planes) {
    writeInput(
        (channel, row, out, offset) ->
            System.arraycopy(planes, (channel * height + row) * width, out, offset, width));
    thread.call(
        () -> {
          actions.forEach(action -> action.body().run());
          return null;
        });
    return activations.stream().map(this::planes).toList();
  }

  private void writeInput(InputRows rows) {
    thread.forEachRange(
        height,
        (from, to) -> {
          float[] line = new float[3 * width];
          float[] pixels = new float[3 * width];
          FloatPointer out = new FloatPointer(values);
          for (int y = from; y < to; y++) {
            for (int c = 0; c < 3; c++) {
              rows.copy(c, y, line, c * width);
            }
            for (int x = 0; x < width; x++) {
              pixels[3 * x] = line[x];
              pixels[3 * x + 1] = line[width + x];
              pixels[3 * x + 2] = line[2 * width + x];
            }
            out.position(first(input) + (long) y * pixels.length);
            out.put(pixels, 0, pixels.length);
          }
        });
  }

  private void readGradient(GradientRows out) {
    Tensor tensor = gradient.tensor();
    int blockHeight = gradient.blockHeight();
    int blockWidth = gradient.blockWidth();
    int pitch = tensor.pitch();
    thread.forEachRange(
        tensor.shape().height(),
        (from, to) -> {
          float[] blocks = new float[tensor.shape().width() * pitch];
          float[] line = new float[width];
          FloatPointer in = new FloatPointer(values);
          for (int block = from; block < to; block++) {
            in.position(tensor.block().offset() / Float.BYTES + (long) block * blocks.length);
            in.get(blocks, 0, blocks.length);
            int rows = Math.min(blockHeight, height - block * blockHeight);
            for (int row = 0; row < 3 * rows; row++) {
              int channel = (int) tensor.first() + row / 3 * blockWidth * 3 + row % 3;
              for (int r = 0; r < blockWidth; r++) {
                int position = channel + 3 * r;
                for (int x = r; x < width; x += blockWidth) {
                  line[x] = blocks[position];
                  position += pitch;
                }
              }
              out.accept(row % 3, block * blockHeight + row / 3, line, 0);
            }
          }
        });
  }

  private float[] planes(Tensor tensor) {
    int channels = tensor.shape().channels();
    int positions = Math.toIntExact(tensor.positions());
    float[] planes = new float[Math.multiplyExact(channels, positions)];
    float[] values = new float[channels];
    for (int position = 0; position < positions; position++) {
      arena.get(first(tensor) + (long) position * tensor.pitch(), values, 0, channels);
      for (int c = 0; c < channels; c++) {
        planes[c * positions + position] = values[c];
      }
    }
    return planes;
  }

  private static long first(Tensor tensor) {
    return tensor.block().offset() / Float.BYTES + tensor.first();
  }

  @Override
  public void close() {
    scope.close();
  }
}
