package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.HostSession;
import org.reverie.executor.onednn.ArenaPool.Arena;
import org.reverie.executor.onednn.Step.Argument;
import org.reverie.executor.onednn.Step.Place;

/** A program made ready. It has an arena only while it computes. */
final class OnednnSession extends HostSession {
  private final NativeScope scope = new NativeScope();
  private final LibraryThreads threads;
  private final List<Action> actions = new ArrayList<>();
  private final List<Placed> placed = new ArrayList<>();
  private final ArenaPool arenas;
  private final long arenaBytes;
  private final Tensor input;
  private final List<Program.InputGradient> gradient;
  private final List<Tensor> activations;
  private final int width;
  private final int height;

  /** The arena of the computation that runs now. */
  private Arena arena;

  /** The thread of the computation that runs now. */
  private LibraryThread thread;

  /** Where the primitives' tensors are at the moment; an arena may come back or be another. */
  private long boundAddress;

  /**
   * A tensor of a primitive.
   *
   * @param offset from the start of the arena, bytes
   */
  private record Placed(dnnl_memory memory, long offset) {}

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

  OnednnSession(
      Program program,
      WeightStore weights,
      ArenaPool arenas,
      int width,
      int height,
      LibraryThreads threads) {
    super(width, height);
    this.arenas = arenas;
    this.width = width;
    this.height = height;
    input = program.input();
    gradient = program.gradient();
    activations = program.activations();
    arenaBytes = program.arenaBytes();
    // Memory that is not there is missed now, while a smaller window can still be planned.
    Arena first = arenas.take(arenaBytes);
    arenas.giveBack(first);
    boundAddress = first.address();
    this.threads = threads;
    try {
      threads.with(
          lent ->
              lent.call(
                  () -> {
                    for (Step step : program.steps()) {
                      actions.add(new Action(step.name(), prepare(step, weights)));
                    }
                    return null;
                  }));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Memory that a session of a program takes while it computes. */
  static long bytes(Program program) {
    return ArenaPool.bytes(program.arenaBytes());
  }

  private Runnable prepare(Step step, WeightStore weights) {
    if (step instanceof Step.Host host) {
      return () -> host.kernel().run(arena);
    }
    if (step instanceof Step.Regional regional) {
      return () -> regional.kernel().run(arena, this::region);
    }
    if (step instanceof Step.Strips strips) {
      StripRunner runner =
          Library.get()
              .alone(
                  threads.threads(),
                  () -> new StripRunner(scope, strips, weights, threads.threads()));
      return () -> runner.run(thread, boundAddress);
    }
    Step.Native execution = (Step.Native) step;
    dnnl_primitive primitive = scope.primitive(step.name(), execution.desc());
    int count = execution.arguments().size();
    dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(count);
    scope.onClose(arguments::deallocate);
    for (int i = 0; i < count; i++) {
      Argument argument = execution.arguments().get(i);
      dnnl_memory memory;
      if (argument.place() instanceof Place.Arena place) {
        long offset = place.block().offset() + place.offsetBytes();
        memory = scope.memory(argument.desc(), boundAddress + offset);
        placed.add(new Placed(memory, offset));
      } else if (argument.place() instanceof Place.Shared shared) {
        memory = scope.memory(argument.desc(), weights.address(shared.form(), argument.desc()));
      } else {
        throw new AssertionError(argument);
      }
      arguments.position(i);
      arguments.arg(argument.id());
      arguments.memory(memory);
    }
    arguments.position(0);
    Library library = Library.get();
    return () -> {
      NativeScope.check(
          dnnl_primitive_execute(primitive, library.stream(), count, arguments), step.name());
      NativeScope.check(dnnl_stream_wait(library.stream()), step.name());
    };
  }

  /** Computes something in an arena and with a thread of the library. */
  private <T> T inArena(Supplier<T> computation) {
    return threads.with(
        lent -> {
          thread = lent;
          return inArenaOfThread(computation);
        });
  }

  private <T> T inArenaOfThread(Supplier<T> computation) {
    arena = arenas.take(arenaBytes);
    try {
      if (arena.address() != boundAddress) {
        boundAddress = arena.address();
        for (Placed tensor : placed) {
          NativeScope.check(
              dnnl_memory_set_data_handle(
                  tensor.memory(), new NativeScope.Address(boundAddress + tensor.offset())),
              "a memory");
        }
      }
      return computation.get();
    } finally {
      arenas.giveBack(arena);
      arena = null;
    }
  }

  @Override
  protected void forEachRow(int rows, Rows work) {
    threads.with(
        lent -> {
          lent.forEachRange(rows, work::run);
          return null;
        });
  }

  @Override
  protected void differentiate(InputRows rows, GradientRows out) {
    inArena(
        () -> {
          writeInput(rows);
          thread.call(
              () -> {
                actions.forEach(action -> action.body().run());
                return null;
              });
          readGradient(out);
          return null;
        });
  }

  /**
   * Runs all steps on whatever the arena holds and reports the time of each.
   *
   * @param clock read on the session's thread before and after each step, nanoseconds
   */
  void profile(LongSupplier clock, StepListener listener) {
    inArena(
        () ->
            thread.call(
                () -> {
                  for (Action action : actions) {
                    long start = clock.getAsLong();
                    action.body().run();
                    listener.ran(action.name(), clock.getAsLong() - start);
                  }
                  return null;
                }));
  }

  /** The wanted activations, CHW, for an input in CHW. */
  List<float[]> activations(float[] planes) {
    return inArena(
        () -> {
          writeInput(
              (channel, row, out, offset) ->
                  System.arraycopy(planes, (channel * height + row) * width, out, offset, width));
          thread.call(
              () -> {
                actions.forEach(action -> action.body().run());
                return null;
              });
          return activations.stream().map(this::planes).toList();
        });
  }

  private void writeInput(InputRows rows) {
    thread.forEachRange(
        height,
        (from, to) -> {
          float[] line = new float[3 * width];
          float[] pixels = new float[3 * width];
          TensorValues out = arena.values(input);
          for (int y = from; y < to; y++) {
            for (int c = 0; c < 3; c++) {
              rows.copy(c, y, line, c * width);
            }
            for (int x = 0; x < width; x++) {
              pixels[3 * x] = line[x];
              pixels[3 * x + 1] = line[width + x];
              pixels[3 * x + 2] = line[2 * width + x];
            }
            out.put((long) y * width, 0, pixels, pixels.length);
          }
        });
  }

  private void readGradient(GradientRows out) {
    thread.forEachRange(
        height,
        (from, to) -> {
          List<GradientReader> readers = gradient.stream().map(GradientReader::new).toList();
          float[] line = new float[width];
          for (int y = from; y < to; y++) {
            for (int c = 0; c < 3; c++) {
              for (int i = 0; i < readers.size(); i++) {
                readers.get(i).read(y, c, line, i > 0);
              }
              out.accept(c, y, line, 0);
            }
          }
        });
  }

  /** Takes lines of pixels out of blocks of pixels. */
  private final class GradientReader {
    private final Program.InputGradient part;
    private final TensorValues in;
    private final float[] blocks;
    private int loaded = -1;

    GradientReader(Program.InputGradient part) {
      this.part = part;
      in = arena.values(part.tensor());
      Shape shape = part.tensor().shape();
      // Of a slice, what lies behind its last value is not its own.
      blocks = new float[(shape.width() - 1) * part.tensor().pitch() + shape.channels()];
    }

    /** Writes or adds one line. */
    void read(int y, int channel, float[] line, boolean add) {
      int row = y / part.blockHeight();
      if (row != loaded) {
        in.get((long) row * part.tensor().shape().width(), 0, blocks, blocks.length);
        loaded = row;
      }
      int step = part.blockWidth();
      int pitch = part.tensor().pitch();
      int first = y % part.blockHeight() * step * 3 + channel;
      for (int r = 0; r < step; r++) {
        int position = first + 3 * r;
        if (add) {
          for (int x = r; x < width; x += step) {
            line[x] += blocks[position];
            position += pitch;
          }
        } else {
          for (int x = r; x < width; x += step) {
            line[x] = blocks[position];
            position += pitch;
          }
        }
      }
    }
  }

  private float[] planes(Tensor tensor) {
    int channels = tensor.shape().channels();
    int positions = Math.toIntExact(tensor.positions());
    float[] planes = new float[Math.multiplyExact(channels, positions)];
    float[] values = new float[channels];
    TensorValues source = arena.values(tensor);
    for (int position = 0; position < positions; position++) {
      source.get(position, 0, values, channels);
      for (int c = 0; c < channels; c++) {
        planes[c * positions + position] = values[c];
      }
    }
    return planes;
  }

  @Override
  public void close() {
    scope.close();
  }
}
