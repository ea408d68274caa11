package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_NOT_SUPPORTED;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.reverie.executor.engine.EngineProvider.Precision;

/**
 * Decides how cuDNN does each convolution of a device: as a {@link ConvolutionGraph}, else as a
 * {@link CudaConvolution}. Not thread-safe.
 */
final class CudaConvolutions implements AutoCloseable {
  /** In a decision: cuDNN planned a graph and then refused to run it. */
  static final String DID_NOT_RUN = "its graph did not run";

  /** Which of cuDNN's two interfaces, for measurements. */
  static final String PROPERTY = "reverie.cudnn.convolutions";

  /** What {@link #PROPERTY} may say. */
  enum Interfaces {
    /** Graphs, on slices too where cuDNN reads and writes them as they lie; else the old calls. */
    GRAPH,
    /** Graphs, dense tensors only; else the old calls. */
    DENSE_GRAPH,
    /** The old calls alone. */
    LEGACY;

    static Interfaces chosen() {
      String text = System.getProperty(PROPERTY, "graph");
      for (Interfaces one : values()) {
        if (one.text().equals(text)) {
          return one;
        }
      }
      throw new IllegalArgumentException(
          "-D%s=%s; it may be graph, dense-graph or legacy".formatted(PROPERTY, text));
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** One way to do a convolution, ready for its addresses. */
  interface Attempt extends AutoCloseable {
    /**
     * Queues it.
     *
     * @return cuDNN's status
     */
    int queue();

    /** Whether bias and rectifier are in it. */
    boolean isFused();

    /** For people. */
    String description();

    @Override
    void close();
  }

  /** What decides how a convolution is done. */
  private record Geometry(
      ConvolutionWindow window,
      boolean transposed,
      int height,
      int width,
      int coarseHeight,
      int coarseWidth,
      Element element,
      int fromPitch,
      int toPitch,
      int alignment,
      boolean biased,
      boolean rectified,
      boolean accumulate) {
    static Geometry of(Step.Convolution step) {
      return new Geometry(
          step.window(),
          step.transposed(),
          step.fine().height(),
          step.fine().width(),
          step.coarse().height(),
          step.coarse().width(),
          step.from().element(),
          step.from().pitch(),
          step.to().pitch(),
          Math.min(ConvolutionGraph.alignment(step.from()), ConvolutionGraph.alignment(step.to())),
          step.bias() != null,
          step.rectified(),
          step.accumulate());
    }
  }

  /**
   * What was found for a geometry.
   *
   * @param graph the plan, or null
   * @param refusal why there is no plan
   * @param workspaceBytes what the plan and the old calls need at most
   */
  private record Choice(ConvolutionGraph graph, String refusal, long workspaceBytes) {}

  private final cudnnContext handle;
  private final Precision precision;
  private final Interfaces interfaces;
  private final Map<Geometry, Choice> choices = new HashMap<>();

  /**
   * @param handle of the device, which must be current in every call
   */
  CudaConvolutions(cudnnContext handle, Precision precision, Interfaces interfaces) {
    this.handle = handle;
    this.precision = precision;
    this.interfaces = interfaces;
  }

  /** Scratch memory for every attempt at a convolution. */
  long workspaceBytes(Step.Convolution step) {
    return choice(step).workspaceBytes();
  }

  /**
   * Whether a convolution that is not ordinary has a plan. Kernels of our own always could, but
   * slowly.
   */
  boolean takes(Step.Convolution step) {
    boolean dense = step.from().isDense() && step.to().isDense();
    boolean aligned = step.from().isVectored() && step.to().isVectored();
    return (dense || (interfaces == Interfaces.GRAPH && aligned)) && choice(step).graph() != null;
  }

  private Choice choice(Step.Convolution step) {
    return choices.computeIfAbsent(Geometry.of(step), geometry -> choose(step));
  }

  private Choice choose(Step.Convolution step) {
    long bytes = step.isOrdinary() ? legacyBytes(step) : 0;
    if (interfaces == Interfaces.LEGACY) {
      return new Choice(null, "not asked for", bytes);
    }
    try {
      ConvolutionGraph graph =
          new ConvolutionGraph(step, precision, ConvolutionGraph.Machine.of(handle));
      return new Choice(graph, "", Math.max(bytes, graph.workspaceBytes()));
    } catch (RefusedException e) {
      return new Choice(null, e.getMessage(), bytes);
    }
  }

  private long legacyBytes(Step.Convolution step) {
    try (CudaConvolution convolution = new CudaConvolution(step, precision)) {
      for (int algorithm : CudaConvolution.algorithms(step)) {
        long bytes = convolution.workspaceBytes(handle, algorithm);
        if (bytes >= 0) {
          return bytes;
        }
      }
    } catch (RefusedException e) {
      // Then the attempt is refused as well.
      return 0;
    }
    return 0;
  }

  /**
   * The ways to try, in order; each is made only when its turn comes, which may throw a {@link
   * RefusedException}, and closed by who makes it.
   */
  List<Supplier<Attempt>> attempts(Step.Convolution step, Device.Addresses addresses) {
    List<Supplier<Attempt>> attempts = new ArrayList<>();
    Choice choice = choice(step);
    if (choice.graph() != null) {
      attempts.add(() -> new GraphAttempt(choice.graph(), step, addresses));
    }
    if (step.isOrdinary()) {
      String graph = choice.graph() == null ? "no graph: " + choice.refusal() : DID_NOT_RUN;
      for (int algorithm : CudaConvolution.algorithms(step)) {
        if (ConvolutionGraph.isFusible(step)) {
          attempts.add(() -> new LegacyAttempt(algorithm, true, step, addresses, graph));
        }
        if (!step.accumulate() || step.bias() == null) {
          attempts.add(() -> new LegacyAttempt(algorithm, false, step, addresses, graph));
        }
      }
    }
    return attempts;
  }

  /** Why no graph does a convolution; empty if one does. */
  String refusal(Step.Convolution step) {
    return choice(step).refusal();
  }

  private final class GraphAttempt implements Attempt {
    private final ConvolutionGraph graph;
    private final BackendDescriptor variants;

    GraphAttempt(ConvolutionGraph graph, Step.Convolution step, Device.Addresses addresses) {
      this.graph = graph;
      BackendDescriptor made = null;
      try {
        made = graph.variants(step, addresses);
      } catch (RefusedException e) {
        // Then it does not run, and the next attempt is made.
      }
      this.variants = made;
    }

    @Override
    public int queue() {
      return variants == null ? CUDNN_STATUS_NOT_SUPPORTED : graph.execute(handle, variants);
    }

    @Override
    public boolean isFused() {
      return graph.isFused();
    }

    @Override
    public String description() {
      return "cuDNN's graph, %s%s"
          .formatted(isFused() ? "bias and rectifier fused, " : "", graph.description());
    }

    @Override
    public void close() {
      if (variants != null) {
        variants.close();
      }
    }
  }

  private final class LegacyAttempt implements Attempt {
    private final int algorithm;
    private final boolean fused;
    private final Device.Addresses addresses;
    private final CudaConvolution convolution;
    private final long bytes;
    private final String graph;

    LegacyAttempt(
        int algorithm,
        boolean fused,
        Step.Convolution step,
        Device.Addresses addresses,
        String graph) {
      this.algorithm = algorithm;
      this.fused = fused;
      this.addresses = addresses;
      this.graph = graph;
      this.convolution = new CudaConvolution(step, precision);
      long wanted = convolution.workspaceBytes(handle, algorithm);
      this.bytes = wanted > step.workspace().bytes() ? -1 : wanted;
    }

    @Override
    public int queue() {
      if (bytes < 0) {
        return CUDNN_STATUS_NOT_SUPPORTED;
      }
      return fused
          ? convolution.fused(handle, algorithm, addresses, bytes)
          : convolution.plain(handle, algorithm, addresses, bytes);
    }

    @Override
    public boolean isFused() {
      return fused;
    }

    @Override
    public String description() {
      return "cuDNN, %salgorithm %d; %s"
          .formatted(fused ? "bias and rectifier fused, " : "", algorithm, graph);
    }

    @Override
    public void close() {
      convolution.close();
    }
  }

  @Override
  public void close() {
    choices.values().stream()
        .filter(choice -> choice.graph() != null)
        .forEach(choice -> choice.graph().close());
    choices.clear();
  }
}
