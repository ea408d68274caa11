package org.reverie.executor.cudnn;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Roof;

/**
 * The larger of two times: the convolutions' operations at the rate of a large matrix product in
 * the same precision, and the bytes of all values at the rate of a large copy. A value counts as
 * written once and read twice, its gradient as written and read once.
 */
final class DeviceRoof implements Roof {
  private static final int MATRIX = 8192;

  /**
   * Values read and written are 512 MiB in 16 bits, four times the largest cache (a B200's 126).
   */
  private static final int COPY_ROWS = 32768;

  private static final int COPY_CHANNELS = 4096;

  /** Products of a round: some milliseconds even in 16 bits. */
  private static final int PRODUCTS = 4;

  /**
   * Copies of a round: an H200 takes an eighth of a millisecond for one in 16 bits, and what the
   * host adds to a round counts as theirs.
   */
  private static final int COPIES = 32;

  /** Values after which {@link #noise} repeats itself. */
  private static final int NOISE_PERIOD = 1 << 19;

  private final CudnnEngine engine;
  private final Device device;
  private final Device.Stream stream;
  private final WeightStore weights;
  private final double operations;
  private final double bytes;
  private final Timed product;
  private final Timed copy;
  private final double productOperations;
  private final double copyBytes;

  /** Steps of one kind, timed as a whole. */
  private final class Timed {
    private final long address;
    private final int repeats;
    private final Device.Recording recording;
    private final List<Double> rounds = new ArrayList<>();

    Timed(Program program, int repeats) {
      this.repeats = repeats;
      address = device.allocate(program.arenaBytes());
      recording =
          stream.record(
              Collections.nCopies(repeats, program.steps()).stream().flatMap(List::stream).toList(),
              place -> {
                if (place instanceof Place.Arena arena) {
                  return arena.block().bytes() == 0
                      ? 0
                      : address + arena.block().offset() + arena.offsetBytes();
                } else if (place instanceof Place.Weights form) {
                  return weights.address(form.form());
                }
                throw new AssertionError(place);
              });
      // Zeros would be multiplied faster than a network's values are: 295 TFLOP/s on an A100 that
      // does 257 with noise, since they take less power.
      Tensor input = program.input().tensor();
      long from = address + input.block().offset();
      ByteBuffer noise = input.element().encode(noise(NOISE_PERIOD));
      for (long done = 0; done < input.bytes(); done += noise.capacity()) {
        stream.upload(
            from + done,
            noise.clear().limit((int) Math.min(noise.capacity(), input.bytes() - done)));
      }
    }

    void round() {
      stream.finish();
      long start = System.nanoTime();
      recording.replay();
      stream.finish();
      rounds.add((System.nanoTime() - start) / 1e9 / repeats);
    }

    double median() {
      return rounds.stream().sorted().toList().get(rounds.size() / 2);
    }

    double fastest() {
      return Collections.min(rounds);
    }
  }

  /**
   * @param engine closed with this roof
   */
  DeviceRoof(CudnnEngine engine, int width, int height) {
    this(engine, width, height, MATRIX, COPY_ROWS, COPY_CHANNELS);
  }

  DeviceRoof(
      CudnnEngine engine, int width, int height, int matrix, int copyRows, int copyChannels) {
    this.engine = engine;
    this.device = engine.device();
    this.stream = device.stream();
    this.weights = new WeightStore(device);
    operations = engine.matrixOperations(width, height);
    bytes = engine.valueBytes(width, height);
    product = new Timed(product(engine.element(), matrix), PRODUCTS);
    copy = new Timed(copy(engine.element(), copyRows, copyChannels), COPIES);
    productOperations = 2.0 * matrix * matrix * matrix;
    copyBytes = 2.0 * copyRows * copyChannels * engine.element().bytes();
  }

  private Program product(Element element, int edge) {
    ProgramWriter writer = new ProgramWriter(element, device.workspaces());
    Tensor from = writer.tensor("left", new Shape(edge, 1, edge));
    Tensor to = writer.tensor("product", new Shape(edge, 1, edge));
    WeightForm right =
        new WeightForm(
            "right", element, Math.multiplyExact(edge, edge), true, () -> noise(edge * edge));
    writer.multiply("product", from, right, false, null, false, to, false);
    return writer.finish(new Program.Pixels(from, 1, 1, 0, 0), null, List.of(to));
  }

  private Program copy(Element element, int rows, int channels) {
    ProgramWriter writer = new ProgramWriter(element, device.workspaces());
    Tensor from = writer.tensor("from", new Shape(channels, rows, 1));
    Tensor to = writer.tensor("to", new Shape(channels, rows, 1));
    writer.copy("copy", from, 1, to, false);
    return writer.finish(new Program.Pixels(from, 1, 1, 0, 0), null, List.of(to));
  }

  private static float[] noise(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = ((i * 2654435761L >>> 9 & 1023) - 511.5f) / 512;
    }
    return values;
  }

  @Override
  public String description() {
    return String.format(
        Locale.ROOT,
        "%.0f GFLOP at %.1f TFLOP/s take %.2f ms, %.2f GB at %.0f GB/s take %.2f ms",
        operations / 1e9,
        productOperations / product.median() / 1e12,
        matrixSeconds(product.median()) * 1e3,
        bytes / 1e9,
        copyBytes / copy.median() / 1e9,
        memorySeconds(copy.median()) * 1e3);
  }

  @Override
  public void round() {
    product.round();
    copy.round();
  }

  private double matrixSeconds(double product) {
    return operations / productOperations * product;
  }

  private double memorySeconds(double copy) {
    return bytes / copyBytes * copy;
  }

  @Override
  public double seconds() {
    return Math.max(matrixSeconds(product.median()), memorySeconds(copy.median()));
  }

  @Override
  public double fastestSeconds() {
    return Math.max(matrixSeconds(product.fastest()), memorySeconds(copy.fastest()));
  }

  @Override
  public double operations() {
    return operations;
  }

  @Override
  public void close() {
    product.recording.close();
    copy.recording.close();
    stream.close();
    engine.close();
  }
}
