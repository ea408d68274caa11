package org.reverie.executor.cudnn;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.OutOfDeviceMemoryException;

/**
 * A device that is a process beside the tests: it runs the engine's own kernels, compiled for the
 * processor, and plain loops for what the libraries do. Needs a C++ compiler; tests that ask for it
 * are skipped without one.
 */
final class EmulatedDevice implements Device {
  private static final Map<Precision, Emulator> EMULATORS = new EnumMap<>(Precision.class);

  private final Precision precision;
  private final Emulator emulator;
  private final long memoryBytes;
  private final boolean libraries;
  private final boolean flexible;
  private final Map<Long, Long> allocations = new HashMap<>();
  private final List<String> launched = new ArrayList<>();

  private EmulatedDevice(
      Precision precision,
      Emulator emulator,
      long memoryBytes,
      boolean libraries,
      boolean flexible) {
    this.precision = precision;
    this.emulator = emulator;
    this.memoryBytes = memoryBytes;
    this.libraries = libraries;
    this.flexible = flexible;
  }

  /** A device with as much memory as anybody asks for. */
  static EmulatedDevice of(Element element) {
    return of(precise(element), Long.MAX_VALUE, true, false);
  }

  static Precision precise(Element element) {
    return Precision.valueOf(element.name());
  }

  /**
   * A device.
   *
   * @param libraries whether there is somebody to do convolutions; else kernels of our own do
   * @param flexible whether it takes convolutions that are not ordinary
   */
  static synchronized EmulatedDevice of(
      Precision precision, long memoryBytes, boolean libraries, boolean flexible) {
    return new EmulatedDevice(
        precision,
        EMULATORS.computeIfAbsent(precision, EmulatedDevice::start),
        memoryBytes,
        libraries,
        flexible);
  }

  private static Emulator start(Precision precision) {
    Path folder = Path.of("target", "emulator");
    Path program = folder.resolve(precision.written());
    try {
      Files.createDirectories(folder);
      for (String[] resource :
          new String[][] {
            {"/org/reverie/executor/cudnn/kernels.cu", "kernels.cu"},
            {"/org/reverie/executor/cudnn/emulator.cpp", "emulator.cpp"}
          }) {
        try (InputStream in = EmulatedDevice.class.getResourceAsStream(resource[0])) {
          Files.write(folder.resolve(resource[1]), in.readAllBytes());
        }
      }
      compile(
          List.of(
              "g++",
              "-std=c++17",
              "-O3",
              "-march=native",
              "-Wno-unknown-pragmas",
              "-DELEMENT=" + Element.of(precision).ordinal(),
              precision == Precision.TF32 ? "-DTF32" : "-UTF32",
              "-o",
              program.toString(),
              folder.resolve("emulator.cpp").toString()));
      Process process =
          new ProcessBuilder(program.toAbsolutePath().toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      // It ends by itself when its input does, which is when this machine ends.
      return new Emulator(
          new BufferedOutputStream(process.getOutputStream(), 1 << 16),
          new DataInputStream(process.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a C++ compiler; skips the test where there is none. */
  static void compile(List<String> command) throws IOException {
    Process compiler;
    try {
      compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("no C++ compiler to emulate a device with: " + e.getMessage());
      return;
    }
    try {
      String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!compiler.waitFor(5, TimeUnit.MINUTES) || compiler.exitValue() != 0) {
        compiler.destroyForcibly();
        throw new AssertionError("what C++ is given does not compile: " + said);
      }
    } catch (InterruptedException e) {
      compiler.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The pipe to the process; messages of several threads do not mix. */
  private record Emulator(OutputStream out, DataInputStream in) {
    synchronized void send(ByteBuffer message) {
      try {
        out.write(message.array(), 0, message.position());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    synchronized byte[] ask(ByteBuffer message, int bytes) {
      try {
        send(message);
        out.flush();
        return in.readNBytes(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static ByteBuffer message(char kind, int bytes) {
    ByteBuffer message = ByteBuffer.allocate(1 + bytes).order(ByteOrder.nativeOrder());
    message.put((byte) kind);
    return message;
  }

  /** The kernels launched so far. */
  List<String> launched() {
    return launched;
  }

  /** Bytes allocated at present. */
  synchronized long usedBytes() {
    return allocations.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public ProgramWriter.Workspaces workspaces() {
    return new ProgramWriter.Workspaces() {
      @Override
      public long bytes(Step.Convolution convolution) {
        return 0;
      }

      @Override
      public boolean takes(Step.Convolution convolution) {
        return flexible;
      }

      @Override
      public long productBytes() {
        return 0;
      }
    };
  }

  @Override
  public synchronized long allocate(long bytes) {
    if (usedBytes() + bytes > memoryBytes) {
      throw new OutOfDeviceMemoryException("no memory for %d bytes".formatted(bytes));
    }
    byte[] reply = emulator.ask(message('A', 8).putLong(bytes), 8);
    long address = ByteBuffer.wrap(reply).order(ByteOrder.nativeOrder()).getLong();
    allocations.put(address, bytes);
    return address;
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public Map<String, String> decisions() {
    return Map.of();
  }

  @Override
  public synchronized void free(long address) {
    allocations.remove(address);
    emulator.send(message('F', 8).putLong(address));
  }

  @Override
  public void upload(long address, ByteBuffer bytes) {
    int length = bytes.remaining();
    emulator.send(message('W', 16 + length).putLong(address).putLong(length).put(bytes));
  }

  private byte[] read(long address, int length) {
    return emulator.ask(message('R', 16).putLong(address).putLong(length), length);
  }

  @Override
  public Stream stream() {
    return new Queue();
  }

  @Override
  public void close() {
    List.copyOf(allocations.keySet()).forEach(this::free);
  }

  private final class Queue implements Stream {
    @Override
    public void upload(long address, ByteBuffer bytes) {
      EmulatedDevice.this.upload(address, bytes);
    }

    @Override
    public void upload(long address, float[] values) {
      EmulatedDevice.this.upload(address, Element.FLOAT32.encode(values));
    }

    @Override
    public void download(long address, ByteBuffer bytes) {
      bytes.put(read(address, bytes.remaining()));
    }

    @Override
    public void download(
        long address, long pitchBytes, int length, int rows, float[] out, int offset) {
      for (int row = 0; row < rows; row++) {
        ByteBuffer.wrap(read(address + row * pitchBytes, length * Float.BYTES))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .get(out, offset + row * length, length);
      }
    }

    @Override
    public void run(List<Step> steps, Addresses addresses) {
      record(steps, addresses).replay();
    }

    @Override
    public double[] time(List<Step> steps, Addresses addresses, int rounds) {
      double[] seconds = new double[steps.size()];
      for (int i = 0; i < seconds.length; i++) {
        long start = System.nanoTime();
        run(steps.subList(i, i + 1), addresses);
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
      return seconds;
    }

    /** As a graph does, keeps the addresses of the moment of recording. */
    @Override
    public Recording record(List<Step> steps, Addresses addresses) {
      List<ByteBuffer> messages = new ArrayList<>();
      for (Step step : steps) {
        messages.add(encode(libraries ? step : own(step), addresses));
        if (step instanceof Step.Launch launch) {
          launched.add(launch.kernel());
        }
      }
      return new Recording() {
        @Override
        public void replay() {
          messages.forEach(emulator::send);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }

  private static Step own(Step step) {
    if (step instanceof Step.Convolution c) {
      return OwnConvolution.of(c);
    }
    return step instanceof Step.Product p ? OwnConvolution.of(p) : step;
  }

  private static ByteBuffer encode(Step step, Addresses addresses) {
    if (step instanceof Step.Launch launch) {
      byte[] name = launch.kernel().getBytes(StandardCharsets.US_ASCII);
      ByteBuffer message = message('L', 4 + name.length + 8 + LaunchArguments.BYTES);
      message.putInt(name.length).put(name).putInt(launch.columns()).putInt(launch.rows());
      LaunchArguments.put(launch, addresses, message);
      return message;
    } else if (step instanceof Step.Convolution c) {
      ConvolutionWindow w = c.window();
      ByteBuffer message = pointers('C', 20, c.from(), c.weights(), c.bias(), c.to(), addresses);
      ints(message, w.fine(), w.coarse(), w.kernelHeight(), w.kernelWidth(), w.strideHeight());
      ints(message, w.strideWidth(), w.padHeight(), w.padWidth(), w.dilationHeight());
      ints(message, w.dilationWidth(), w.group(), c.transposed() ? 1 : 0);
      ints(message, c.fine().height(), c.fine().width(), c.coarse().height(), c.coarse().width());
      ints(message, c.rectified() ? 1 : 0, c.accumulate() ? 1 : 0);
      ints(message, c.from().pitch(), c.to().pitch());
      return message;
    } else if (step instanceof Step.Product p) {
      ByteBuffer message = pointers('P', 8, p.from(), p.weights(), p.bias(), p.to(), addresses);
      ints(message, p.from().positions(), p.from().channels(), p.to().channels());
      ints(message, p.from().pitch(), p.to().pitch(), p.transposed() ? 1 : 0);
      ints(message, p.rectified() ? 1 : 0, p.accumulate() ? 1 : 0);
      return message;
    } else if (step instanceof Step.GuideProducts g) {
      ByteBuffer message = message('G', 3 * 8 + 4 * 4);
      long first = (long) g.firstPosition() * g.from().pitch() * g.from().element().bytes();
      message.putLong(addresses.of(g.from().place()) + first);
      message.putLong(addresses.of(new Place.Weights(g.columns())));
      message.putLong(addresses.of(new Place.Arena(g.to(), 0)));
      ints(message, g.positions(), g.from().channels(), g.count(), g.from().pitch());
      return message;
    }
    throw new AssertionError(step);
  }

  private static ByteBuffer pointers(
      char kind,
      int integers,
      Tensor from,
      WeightForm weights,
      WeightForm bias,
      Tensor to,
      Addresses addresses) {
    ByteBuffer message = message(kind, 4 * 8 + integers * 4);
    message.putLong(addresses.of(from.place()));
    message.putLong(addresses.of(new Place.Weights(weights)));
    message.putLong(bias == null ? 0 : addresses.of(new Place.Weights(bias)));
    message.putLong(addresses.of(to.place()));
    return message;
  }

  private static void ints(ByteBuffer message, int... values) {
    for (int value : values) {
      message.putInt(value);
    }
  }
}
