package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_CONVOLUTION_COMP_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_CONVOLUTION_CONV_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_CONVOLUTION_DILATIONS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_CONVOLUTION_POST_PADDINGS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINECFG_ENGINE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINECFG_KNOB_CHOICES;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_DEVICEPROP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_RESULTS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINE_GLOBAL_INDEX;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINE_NUMERICAL_NOTE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_HANDLE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATIONGRAPH_HANDLE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATIONGRAPH_OPS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_BDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_XDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_YDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_POINTWISE_MATH_PREC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_POINTWISE_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_DATA_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_DIMENSIONS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_IS_VIRTUAL;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_STRIDES;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_UNIQUE_ID;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_WORKSPACE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_ENGINE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_POINTWISE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_TENSOR_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_CROSS_CORRELATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_HEUR_MODE_A;
import static org.bytedeco.cuda.global.cudnn.CUDNN_HEUR_MODE_B;
import static org.bytedeco.cuda.global.cudnn.CUDNN_HEUR_MODE_FALLBACK;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NUMERICAL_NOTE_TENSOR_CORE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_ADD;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_RELU_FWD;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_BEHAVIOR_NOTE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_CONVOLUTION_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_DATA_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_HEUR_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_KNOB_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_NUMERICAL_NOTE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_POINTWISE_MODE;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendExecute;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.reverie.executor.engine.EngineProvider.Precision;

/**
 * A convolution as a graph of cuDNN's backend interface, with bias and rectifier in the same
 * kernel, and the plan that executes it. The plan is the first that cuDNN's heuristics name and
 * {@link Rule} allows: nothing is timed, so equal machines take equal plans. What a plan has to
 * compile it compiles when it is made, so that executing it may be recorded in a CUDA graph.
 */
final class ConvolutionGraph implements AutoCloseable {
  private static final long INPUT = 1;
  private static final long WEIGHTS = 2;
  private static final long OUTPUT = 3;
  private static final long BIAS = 4;
  private static final long FIRST_VIRTUAL = 5;

  /**
   * Where plans come from, in order: by expected speed, then what always works.
   *
   * @param number cuDNN's
   * @param name for people
   */
  private record Mode(int number, String name) {}

  private static final List<Mode> MODES =
      List.of(
          new Mode(CUDNN_HEUR_MODE_A, "A"),
          new Mode(CUDNN_HEUR_MODE_B, "B"),
          new Mode(CUDNN_HEUR_MODE_FALLBACK, "fallback"));

  /** Configurations that are read at first; the rest takes a millisecond or two. */
  private static final int READ_FIRST = 4;

  /** Below these, what is not ordinary is better made so. */
  private static final int BEST_FOR_UNUSUAL = 16;

  private static final int MOST_NOTES = 32;

  // Far more than the 8 of any plan seen; asked how many there are, cuDNN 9.19 says none.
  private static final int MOST_KNOBS = 32;

  /** Scratch memory that is worth a plan. */
  private static final long MOST_WORKSPACE = 1L << 30;

  private final Step.Convolution step;
  private final boolean fused;
  private final Machine machine;
  private final List<BackendDescriptor> open = new ArrayList<>();
  private BackendDescriptor plan;
  private String description;
  private long workspaceBytes;

  /**
   * Whom plans are made for: a device in this process, or the description of one elsewhere.
   *
   * @param handle of the device, or null
   * @param properties finished, or null
   */
  record Machine(cudnnContext handle, BackendDescriptor properties) {
    static Machine of(cudnnContext handle) {
      return new Machine(handle, null);
    }
  }

  /**
   * What a plan may be.
   *
   * @param tensorCores whether it may use them
   * @param unusual whether the convolution is not ordinary: then only tensor cores will do, in one
   *     of the first places, and no plan that copies a slice into its scratch memory, since a copy
   *     of ours also rectifies. Without tensor cores cuDNN 9.19 has only its slowest engine for
   *     windows that hang over the end
   * @param workspaceBytes the most
   */
  private record Rule(boolean tensorCores, boolean unusual, long workspaceBytes) {
    static Rule of(Step.Convolution step, Precision precision) {
      long most = MOST_WORKSPACE;
      for (Tensor side : List.of(step.from(), step.to())) {
        if (!side.isDense()) {
          most = Math.min(most, side.shape().values() * side.element().bytes() - 1);
        }
      }
      return new Rule(precision != Precision.FLOAT32, !step.isOrdinary(), most);
    }

    /**
     * Whether what an engine notes about its numbers is allowed. All else is not: sums in an order
     * that changes, values rounded to fewer bits than they are stored with, sums in fewer bits,
     * transforms of Winograd and Fourier. An engine that takes float32 to tensor cores rounds it to
     * TF32.
     */
    boolean allows(List<Integer> notes) {
      for (int note : notes) {
        boolean allowed =
            note == CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP
                || (note == CUDNN_NUMERICAL_NOTE_TENSOR_CORE && tensorCores);
        if (!allowed) {
          return false;
        }
      }
      return !unusual || notes.contains(CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
    }
  }

  /** An operation's attributes, which have other names in each direction. */
  private record Direction(
      int type, int convolution, int from, int weights, int to, int alpha, int beta) {
    static final Direction FORWARD =
        new Direction(
            CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
            CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA);
    static final Direction TRANSPOSED =
        new Direction(
            CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA);
  }

  /**
   * Makes the plan of a convolution.
   *
   * @throws RefusedException if there is none, with the reason
   */
  ConvolutionGraph(Step.Convolution step, Precision precision, Machine machine) {
    this.step = step;
    this.fused = isFusible(step);
    this.machine = machine;
    try {
      choose(graph(), Rule.of(step, precision));
    } catch (RefusedException e) {
      close();
      throw e;
    }
  }

  /** Whether bias and rectifier may go into the same kernel. */
  static boolean isFusible(Step.Convolution step) {
    return step.bias() != null && !step.transposed() && !step.accumulate();
  }

  /** Whether the plan adds the bias and rectifies. */
  boolean isFused() {
    return fused;
  }

  long workspaceBytes() {
    return workspaceBytes;
  }

  /** The engine with its settings, for people and for whoever repeats a run. */
  String description() {
    return description;
  }

  private BackendDescriptor add(int type) {
    BackendDescriptor descriptor = new BackendDescriptor(type);
    open.add(descriptor);
    return descriptor;
  }

  /**
   * The largest power of two up to 16 that divides the address; blocks start at multiples of it.
   */
  static int alignment(Tensor tensor) {
    return (int) Long.lowestOneBit(16L | (long) tensor.first() * tensor.element().bytes());
  }

  private BackendDescriptor tensor(long name, Tensor tensor) {
    long pitch = tensor.pitch();
    return add(CUDNN_BACKEND_TENSOR_DESCRIPTOR)
        .setNumbers(CUDNN_ATTR_TENSOR_UNIQUE_ID, name)
        .choose(
            CUDNN_ATTR_TENSOR_DATA_TYPE,
            CUDNN_TYPE_DATA_TYPE,
            CudaConvolution.type(tensor.element()))
        .setNumbers(
            CUDNN_ATTR_TENSOR_DIMENSIONS, 1, tensor.channels(), tensor.height(), tensor.width())
        .setNumbers(
            CUDNN_ATTR_TENSOR_STRIDES,
            Math.multiplyExact(tensor.positions(), pitch),
            1,
            tensor.width() * pitch,
            pitch)
        .setNumbers(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, alignment(tensor))
        .finish();
  }

  /** A result that stays inside the kernel, in float. */
  private BackendDescriptor virtual(long name) {
    Tensor like = step.to();
    long channels = like.channels();
    return add(CUDNN_BACKEND_TENSOR_DESCRIPTOR)
        .setNumbers(CUDNN_ATTR_TENSOR_UNIQUE_ID, name)
        .choose(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
        .setNumbers(CUDNN_ATTR_TENSOR_DIMENSIONS, 1, channels, like.height(), like.width())
        .setNumbers(
            CUDNN_ATTR_TENSOR_STRIDES,
            like.positions() * channels,
            1,
            like.width() * channels,
            channels)
        .setNumbers(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 16)
        .setFlag(CUDNN_ATTR_TENSOR_IS_VIRTUAL)
        .finish();
  }

  private BackendDescriptor weights() {
    ConvolutionWindow w = step.window();
    long inner = w.fine() / w.group();
    return add(CUDNN_BACKEND_TENSOR_DESCRIPTOR)
        .setNumbers(CUDNN_ATTR_TENSOR_UNIQUE_ID, WEIGHTS)
        .choose(
            CUDNN_ATTR_TENSOR_DATA_TYPE,
            CUDNN_TYPE_DATA_TYPE,
            CudaConvolution.type(step.weights().element()))
        .setNumbers(
            CUDNN_ATTR_TENSOR_DIMENSIONS, w.coarse(), inner, w.kernelHeight(), w.kernelWidth())
        .setNumbers(
            CUDNN_ATTR_TENSOR_STRIDES,
            inner * w.kernelHeight() * w.kernelWidth(),
            1,
            w.kernelWidth() * inner,
            inner)
        .setNumbers(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 16)
        .finish();
  }

  private BackendDescriptor bias() {
    long channels = step.to().channels();
    return add(CUDNN_BACKEND_TENSOR_DESCRIPTOR)
        .setNumbers(CUDNN_ATTR_TENSOR_UNIQUE_ID, BIAS)
        .choose(
            CUDNN_ATTR_TENSOR_DATA_TYPE,
            CUDNN_TYPE_DATA_TYPE,
            CudaConvolution.type(step.bias().element()))
        .setNumbers(CUDNN_ATTR_TENSOR_DIMENSIONS, 1, channels, 1, 1)
        .setNumbers(CUDNN_ATTR_TENSOR_STRIDES, channels, 1, channels, channels)
        .setNumbers(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 16)
        .finish();
  }

  private BackendDescriptor window() {
    ConvolutionWindow w = step.window();
    return add(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR)
        .choose(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
        .choose(
            CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION)
        .setNumbers(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2)
        .setNumbers(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, w.padHeight(), w.padWidth())
        .setNumbers(
            CUDNN_ATTR_CONVOLUTION_POST_PADDINGS,
            w.padBelow(step.fine().height(), step.coarse().height()),
            w.padRight(step.fine().width(), step.coarse().width()))
        .setNumbers(CUDNN_ATTR_CONVOLUTION_DILATIONS, w.dilationHeight(), w.dilationWidth())
        .setNumbers(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, w.strideHeight(), w.strideWidth())
        .finish();
  }

  private BackendDescriptor convolve(BackendDescriptor to) {
    Direction direction = step.transposed() ? Direction.TRANSPOSED : Direction.FORWARD;
    return add(direction.type())
        .refer(direction.convolution(), window())
        .refer(direction.from(), tensor(INPUT, step.from()))
        .refer(direction.weights(), weights())
        .refer(direction.to(), to)
        .setReal(direction.alpha(), 1)
        .setReal(direction.beta(), step.accumulate() ? 1 : 0)
        .finish();
  }

  private BackendDescriptor pointwise(
      int mode, BackendDescriptor from, BackendDescriptor second, BackendDescriptor to) {
    BackendDescriptor function =
        add(CUDNN_BACKEND_POINTWISE_DESCRIPTOR)
            .choose(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode)
            .choose(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
            .finish();
    BackendDescriptor operation =
        add(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR)
            .refer(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function)
            .refer(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, from)
            .refer(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, to);
    if (second != null) {
      operation.refer(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, second);
    }
    return operation.finish();
  }

  private BackendDescriptor graph() {
    BackendDescriptor result = tensor(OUTPUT, step.to());
    List<BackendDescriptor> operations = new ArrayList<>();
    if (fused) {
      BackendDescriptor sums = virtual(FIRST_VIRTUAL);
      BackendDescriptor biased = step.rectified() ? virtual(FIRST_VIRTUAL + 1) : result;
      operations.add(convolve(sums));
      operations.add(pointwise(CUDNN_POINTWISE_ADD, sums, bias(), biased));
      if (step.rectified()) {
        operations.add(pointwise(CUDNN_POINTWISE_RELU_FWD, biased, null, result));
      }
    } else {
      operations.add(convolve(result));
    }
    BackendDescriptor graph =
        add(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR)
            .refer(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations.toArray(BackendDescriptor[]::new));
    if (machine.handle() != null) {
      graph.setHandle(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, machine.handle());
    }
    return graph.finish();
  }

  private void choose(BackendDescriptor graph, Rule rule) {
    int tried = 0;
    String last = "";
    for (Mode mode : rule.unusual() ? MODES.subList(0, 1) : MODES) {
      try (BackendDescriptor heuristics = heuristics(graph, mode)) {
        int count = heuristics.count(CUDNN_ATTR_ENGINEHEUR_RESULTS);
        int first = Math.min(count, rule.unusual() ? BEST_FOR_UNUSUAL : READ_FIRST);
        for (int from = 0, to = first; from < to && plan == null; from = to, to = count) {
          List<BackendDescriptor> configurations =
              heuristics.read(
                  CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR, to);
          try {
            for (int i = from; i < configurations.size() && plan == null; i++) {
              tried++;
              String refusal = take(configurations.get(i), rule, mode.name() + " " + i);
              last = refusal.isEmpty() ? last : refusal;
            }
          } finally {
            // The plan's own stays open with it.
            configurations.stream()
                .filter(configuration -> !open.contains(configuration))
                .forEach(BackendDescriptor::close);
          }
          if (rule.unusual()) {
            break;
          }
        }
      } catch (RefusedException e) {
        last = e.getMessage();
      }
      if (plan != null) {
        return;
      }
    }
    throw new RefusedException(
        "none of the %d engines tried will do%s"
            .formatted(tried, last.isEmpty() ? "" : ": " + last));
  }

  private BackendDescriptor heuristics(BackendDescriptor graph, Mode mode) {
    BackendDescriptor heuristics = new BackendDescriptor(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    try {
      heuristics
          .refer(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
          .choose(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode.number());
      if (machine.properties() != null) {
        heuristics.refer(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, machine.properties());
      }
      return heuristics.finish();
    } catch (RefusedException e) {
      heuristics.close();
      throw e;
    }
  }

  /**
   * Makes a configuration's plan and keeps it, if the rule allows it.
   *
   * @return why cuDNN refuses it; empty if it is taken, or the rule does not allow it
   */
  private String take(BackendDescriptor configuration, Rule rule, String place) {
    BackendDescriptor made = new BackendDescriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    try (BackendDescriptor engine = engine(configuration)) {
      List<Integer> notes =
          engine.choices(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, MOST_NOTES);
      if (!rule.allows(notes)) {
        return "";
      }
      made.refer(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
      if (machine.handle() != null) {
        made.setHandle(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, machine.handle());
      }
      if (machine.properties() != null) {
        made.refer(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, machine.properties());
      }
      long bytes = made.finish().number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
      if (bytes > rule.workspaceBytes()) {
        return "";
      }
      boolean compiled =
          engine
              .choices(CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE, MOST_NOTES)
              .contains(CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
      description =
          "engine %d (%s, %s%sknobs %s, %d bytes of workspace)"
              .formatted(
                  engine.number(CUDNN_ATTR_ENGINE_GLOBAL_INDEX),
                  place,
                  notes.contains(CUDNN_NUMERICAL_NOTE_TENSOR_CORE) ? "tensor cores, " : "",
                  compiled ? "compiled here, " : "",
                  knobs(configuration),
                  bytes);
      workspaceBytes = bytes;
      open.add(configuration);
      open.add(made);
      plan = made;
      return "";
    } catch (RefusedException e) {
      return e.getMessage();
    } finally {
      if (plan != made) {
        made.close();
      }
    }
  }

  private static BackendDescriptor engine(BackendDescriptor configuration) {
    return configuration
        .read(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR, 1)
        .get(0);
  }

  private static Map<Integer, Long> knobs(BackendDescriptor configuration) {
    Map<Integer, Long> knobs = new TreeMap<>();
    List<BackendDescriptor> choices =
        configuration.read(
            CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, MOST_KNOBS);
    for (BackendDescriptor choice : choices) {
      try (choice) {
        knobs.put(
            choice.choices(CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE, CUDNN_TYPE_KNOB_TYPE, 1).get(0),
            choice.number(CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE));
      }
    }
    return knobs;
  }

  /**
   * What {@link #execute} takes.
   *
   * @param step like that of this plan, elsewhere in memory
   */
  BackendDescriptor variants(Step.Convolution step, Device.Addresses addresses) {
    List<Long> names = new ArrayList<>(List.of(INPUT, WEIGHTS, OUTPUT));
    List<Place> places =
        new ArrayList<>(
            List.of(step.from().place(), new Place.Weights(step.weights()), step.to().place()));
    if (fused) {
      names.add(BIAS);
      places.add(new Place.Weights(step.bias()));
    }
    long workspace = workspaceBytes == 0 ? 0 : addresses.of(new Place.Arena(step.workspace(), 0));
    BackendDescriptor pack = new BackendDescriptor(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    try {
      return pack.setNumbers(
              CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS,
              names.stream().mapToLong(Long::longValue).toArray())
          .setAddresses(
              CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS,
              places.stream().mapToLong(addresses::of).toArray())
          .setAddresses(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace)
          .finish();
    } catch (RefusedException e) {
      pack.close();
      throw e;
    }
  }

  /**
   * Queues it on the handle's stream.
   *
   * @return cuDNN's status
   */
  int execute(cudnnContext handle, BackendDescriptor variants) {
    return cudnnBackendExecute(handle, plan.raw(), variants.raw());
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    open.clear();
    plan = null;
  }
}
