package org.reverie.executor.cudnn;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.ObjectiveShapes;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.Session;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** A brain and an objective on one device. */
final class CudnnEngine implements Engine {
  /** Edge of the window whose weights {@link #weightBytes} counts. */
  private static final int NOMINAL_PIXELS = 512;

  private static final int PROFILE_ROUNDS = 8;

  private final Brain brain;
  private final Objective objective;
  private final Element element;
  private final Device device;
  private final WeightStore weights;
  private final Arena arena;
  private final Network network;
  private final Map<Size, Long> bytes = new ConcurrentHashMap<>();
  private boolean closed;

  private record Size(int width, int height) {}

  /**
   * @param device closed with this engine
   */
  CudnnEngine(Brain brain, Objective objective, Element element, Device device) {
    this.brain = brain;
    this.objective = objective;
    this.element = element;
    this.device = device;
    this.weights = new WeightStore(device);
    this.arena = new Arena(device);
    this.network = Network.forGradient(brain, objective, relu -> true);
  }

  @Override
  public long bytesFor(int width, int height) {
    return bytes.computeIfAbsent(
        new Size(width, height),
        size -> {
          try {
            return write(size.width(), size.height()).arenaBytes()
                + SessionBuffers.bytes(size.width(), size.height());
          } catch (OutOfDeviceMemoryException e) {
            // Larger than the libraries can describe: more than any device has.
            return Long.MAX_VALUE;
          }
        });
  }

  /**
   * They share one arena; between two computations a session holds its planes, a thirtieth of it.
   */
  @Override
  public boolean sessionsTakeTurns() {
    return true;
  }

  @Override
  public long weightBytes() {
    return write(NOMINAL_PIXELS, NOMINAL_PIXELS).weightBytes();
  }

  @Override
  public Session compile(int width, int height) {
    return new CudnnSession(write(width, height), device, arena, weights, width, height);
  }

  /** The steps of a gradient at a window size. */
  Program write(int width, int height) {
    List<Shape> shapes = ObjectiveShapes.of(brain, objective, width, height);
    ProgramWriter writer = new ProgramWriter(element, device.workspaces());
    ForwardPass forward = new ForwardPass(network, shapes, writer, true);
    forward.write();
    Program.Pixels gradient =
        new BackwardPass(
                network,
                forward,
                writer,
                (layer, shape) -> Centres.of(brain, layer, shape, width, height))
            .write();
    return writer.finish(forward.input(), gradient, List.of());
  }

  @Override
  public List<float[]> activations(float[] input, int width, int height) {
    List<Shape> shapes = ObjectiveShapes.of(brain, objective, width, height);
    Network wanted = Network.forActivations(brain, objective, relu -> true);
    ProgramWriter writer = new ProgramWriter(element, device.workspaces());
    ForwardPass forward = new ForwardPass(wanted, shapes, writer, false);
    forward.write();
    List<Tensor> tensors = wanted.places().stream().map(forward::value).toList();
    Program program = writer.finish(forward.input(), null, tensors);
    WindowAxis x = new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1);
    WindowAxis y = new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1);
    try (CudnnSession session = new CudnnSession(program, device, arena, weights, width, height)) {
      session.load(new Window(x, y), input);
      return session.activations(Roll.NONE);
    }
  }

  /** What the time of one gradient of a canvas is spent on, a table for people. */
  String profile(int width, int height, float[] canvas) {
    WindowAxis x = new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1);
    WindowAxis y = new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1);
    try (CudnnSession session =
        new CudnnSession(write(width, height), device, arena, weights, width, height)) {
      session.load(new Window(x, y), canvas);
      return session.profile(Roll.NONE, PROFILE_ROUNDS).text(device.decisions());
    }
  }

  Device device() {
    return device;
  }

  Element element() {
    return element;
  }

  /**
   * Bytes that one gradient cannot avoid to move: each value written once and read twice, each
   * gradient written once and read once.
   */
  double valueBytes(int width, int height) {
    List<Shape> shapes = ObjectiveShapes.of(brain, objective, width, height);
    double values = 0;
    for (Network.Node node : network.nodes()) {
      // A concat is no values of its own.
      if (!(node.operation() instanceof Operation.Concat)) {
        values += shapes.get(node.lastLayer()).values();
      }
    }
    return 5 * values * element.bytes();
  }

  /**
   * Operations that the convolutions of one gradient cannot avoid, there and back: none for
   * channels or taps that only fill something up.
   */
  double matrixOperations(int width, int height) {
    List<Shape> shapes = ObjectiveShapes.of(brain, objective, width, height);
    double operations = 0;
    for (Network.Node node : network.nodes()) {
      if (node.operation() instanceof Operation.Convolution c) {
        Shape coarse = shapes.get(node.lastLayer());
        operations += 2 * ConvolutionWindow.of(c).operations(coarse);
      } else if (node.operation() instanceof Operation.Deconvolution d) {
        Shape coarse = shapes.get(network.nodes().get(node.inputs().get(0)).lastLayer());
        operations += 2 * ConvolutionWindow.of(d).operations(coarse);
      }
    }
    return operations;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      weights.close();
      device.close();
    }
  }
}
