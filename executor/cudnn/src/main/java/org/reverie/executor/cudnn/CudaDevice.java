package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cublas.cublasLtCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtDestroy;
import static org.bytedeco.cuda.global.cudart.cuLaunchKernel;
import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadData;
import static org.bytedeco.cuda.global.cudart.cuModuleUnload;
import static org.bytedeco.cuda.global.cudart.cudaEventCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaEventDefault;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventDisableTiming;
import static org.bytedeco.cuda.global.cudart.cudaEventElapsedTime;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaEventRecordExternal;
import static org.bytedeco.cuda.global.cudart.cudaEventRecordWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaEventSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaFreeHost;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphInstantiate;
import static org.bytedeco.cuda.global.cudart.cudaGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cudaHostAlloc;
import static org.bytedeco.cuda.global.cudart.cudaHostAllocDefault;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemcpy2DAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeRelaxed;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;
import static org.bytedeco.cuda.global.cudnn.cudnnCreate;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroy;
import static org.bytedeco.cuda.global.cudnn.cudnnSetStream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.reverie.executor.cudnn.Cuda.Address;
import org.reverie.executor.cudnn.CudaProduct.Matrix;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A GPU. The libraries must be loaded. */
final class CudaDevice implements Device {
  private static final Logger LOG = LoggerFactory.getLogger(CudaDevice.class);
  private static final String OWN = "a kernel of our own, much slower";
  private static final int THREADS = 256;

  /** In decisions: how the steps of an iteration are queued, if not as one graph. */
  static final String RECORDING = "the steps of an iteration";

  private static final String ONE_BY_ONE =
      "queued one by one, slower where they are short; no graph: ";

  /** Bytes of each half of a stream's staging memory: large enough to keep the bus busy. */
  private static final int STAGING_BYTES = 8 << 20;

  private final int index;
  private final Precision precision;
  private final cudnnContext cudnn = new cudnnContext();
  private final cublasLtContext cublas = new cublasLtContext();
  private final CUmod_st module = new CUmod_st();
  private final CUstream_st uploads = new CUstream_st();
  private final Map<String, CUfunc_st> functions = new HashMap<>();
  private final CudaConvolutions convolutions;
  private final Map<String, String> decisions = new LinkedHashMap<>();
  private final Map<Long, Boolean> allocations = new HashMap<>();
  private boolean closed;

  /**
   * Opens a device.
   *
   * @param index among those that CUDA shows to this process
   * @param kernels {@code kernels.cu}, compiled for this device
   */
  CudaDevice(int index, Precision precision, byte[] kernels) {
    this.index = index;
    this.precision = precision;
    this.convolutions =
        new CudaConvolutions(cudnn, precision, CudaConvolutions.Interfaces.chosen());
    bind();
    // Makes the device's primary context, which cuModuleLoadData needs.
    Cuda.check(cudaFree(new Address(0)), "the context of device " + index);
    try {
      Cuda.check(cudaStreamCreateWithFlags(uploads, cudaStreamNonBlocking), "a stream");
      Cuda.checkCudnn(cudnnCreate(cudnn), "cudnnCreate");
      Cuda.checkCublas(cublasLtCreate(cublas), "cublasLtCreate");
      // PTX must end with a 0; machine code does not mind one.
      try (BytePointer image = new BytePointer(kernels.length + 1L)) {
        image.put(kernels, 0, kernels.length);
        image.put(kernels.length, (byte) 0);
        Cuda.checkDriver(cuModuleLoadData(module, image), "cuModuleLoadData");
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** CUDA's current device belongs to the thread. */
  private void bind() {
    Cuda.check(cudaSetDevice(index), "cudaSetDevice " + index);
  }

  private synchronized CUfunc_st function(String kernel) {
    return functions.computeIfAbsent(
        kernel,
        name -> {
          CUfunc_st function = new CUfunc_st();
          Cuda.checkDriver(cuModuleGetFunction(function, module, name), "kernel " + name);
          return function;
        });
  }

  @Override
  public synchronized Map<String, String> decisions() {
    return new LinkedHashMap<>(decisions);
  }

  private synchronized void decided(String step, String how) {
    if (!how.equals(decisions.put(step, how))) {
      boolean unexpected = how.startsWith(OWN) || how.contains(CudaConvolutions.DID_NOT_RUN);
      LOG.atLevel(unexpected ? Level.INFO : Level.DEBUG).log("{}: {}", step, how);
    }
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public ProgramWriter.Workspaces workspaces() {
    return new ProgramWriter.Workspaces() {
      @Override
      public long bytes(Step.Convolution convolution) {
        synchronized (CudaDevice.this) {
          bind();
          return convolutions.workspaceBytes(convolution);
        }
      }

      @Override
      public boolean takes(Step.Convolution convolution) {
        synchronized (CudaDevice.this) {
          bind();
          return convolutions.takes(convolution);
        }
      }

      @Override
      public long productBytes() {
        return CudaProduct.WORKSPACE_BYTES;
      }
    };
  }

  @Override
  public long allocate(long bytes) {
    bind();
    Pointer pointer = new Address(0);
    Cuda.check(cudaMalloc(pointer, bytes), "memory for %d MiB".formatted(bytes >> 20));
    synchronized (this) {
      allocations.put(pointer.address(), true);
    }
    return pointer.address();
  }

  @Override
  public void free(long address) {
    synchronized (this) {
      if (allocations.remove(address) == null) {
        return;
      }
    }
    // What fails here is told by who uses the device next: this may be the end of what failed.
    cudaSetDevice(index);
    if (cudaFree(new Address(address)) != 0) {
      cudaGetLastError();
    }
  }

  @Override
  public void upload(long address, ByteBuffer bytes) {
    bind();
    try (BytePointer from = new BytePointer(bytes)) {
      Cuda.check(
          cudaMemcpyAsync(
              new Address(address), from, bytes.remaining(), cudaMemcpyHostToDevice, uploads),
          "an upload");
      // Of this stream only: waiting for the device is forbidden while another stream is recorded,
      // spoils that recording, and would wait for all sessions.
      Cuda.check(cudaStreamSynchronize(uploads), "an upload");
    }
  }

  @Override
  public Stream stream() {
    bind();
    return new CudaStream();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    cudaSetDevice(index);
    for (long address : List.copyOf(allocations.keySet())) {
      free(address);
    }
    if (!module.isNull()) {
      cuModuleUnload(module);
    }
    if (!cublas.isNull()) {
      cublasLtDestroy(cublas);
    }
    convolutions.close();
    if (!cudnn.isNull()) {
      cudnnDestroy(cudnn);
    }
    if (!uploads.isNull()) {
      cudaStreamDestroy(uploads);
    }
  }

  // Of all but the first round, in which memory and caches are cold, if there are more.
  private static double median(double[] rounds) {
    double[] sorted = Arrays.copyOfRange(rounds, rounds.length > 1 ? 1 : 0, rounds.length);
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Rows on their way to one half of the staging memory. */
  private record Filling(int half, int rows) {}

  /** A step that is ready to be queued; what it needs besides is closed with it. */
  private record Action(String name, Runnable body, AutoCloseable resource) {}

  /**
   * Steps as a recording queues them.
   *
   * @param graph all of them as one, or null: then one by one
   */
  private record Part(CUgraphExec_st graph, List<Action> actions) {}

  private final class CudaStream implements Stream {
    private final CUstream_st stream = new CUstream_st();
    private final BytePointer[] staging = new BytePointer[2];
    private final Pointer[] pinned = new Pointer[2];
    private final CUevent_st[] copied = new CUevent_st[2];
    private int half;

    CudaStream() {
      Cuda.check(cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking), "a stream");
      try {
        for (int i = 0; i < 2; i++) {
          staging[i] = stagingMemory(i);
          copied[i] = new CUevent_st();
          Cuda.check(cudaEventCreateWithFlags(copied[i], cudaEventDisableTiming), "an event");
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    private BytePointer stagingMemory(int i) {
      Pointer memory = new Address(0);
      int status = cudaHostAlloc(memory, STAGING_BYTES, cudaHostAllocDefault);
      if (status != 0) {
        cudaGetLastError();
        decided("staging memory", "not pinned, copies are slower: error " + status);
        return new BytePointer(STAGING_BYTES);
      }
      pinned[i] = memory;
      return new BytePointer(memory).capacity(STAGING_BYTES);
    }

    /** The half of the staging memory that is used next, free again. */
    private ByteBuffer nextHalf() {
      half = 1 - half;
      Cuda.check(cudaEventSynchronize(copied[half]), "staging memory");
      return staging[half].asByteBuffer().order(ByteOrder.nativeOrder());
    }

    private void copyUp(long address, int bytes) {
      Cuda.check(
          cudaMemcpyAsync(
              new Address(address), staging[half], bytes, cudaMemcpyHostToDevice, stream),
          "an upload");
      Cuda.check(cudaEventRecord(copied[half], stream), "an upload");
    }

    @Override
    public void upload(long address, ByteBuffer bytes) {
      bind();
      ByteBuffer from = bytes.duplicate();
      long to = address;
      while (from.hasRemaining()) {
        int some = Math.min(from.remaining(), STAGING_BYTES);
        nextHalf().put(from.slice(from.position(), some));
        from.position(from.position() + some);
        copyUp(to, some);
        to += some;
      }
    }

    @Override
    public void upload(long address, float[] values) {
      bind();
      int most = STAGING_BYTES / Float.BYTES;
      for (int from = 0; from < values.length; from += most) {
        int some = Math.min(most, values.length - from);
        nextHalf().asFloatBuffer().put(values, from, some);
        copyUp(address + (long) from * Float.BYTES, some * Float.BYTES);
      }
    }

    @Override
    public void download(long address, ByteBuffer bytes) {
      bind();
      long from = address;
      while (bytes.hasRemaining()) {
        int some = Math.min(bytes.remaining(), STAGING_BYTES);
        ByteBuffer into = nextHalf();
        Cuda.check(
            cudaMemcpyAsync(staging[half], new Address(from), some, cudaMemcpyDeviceToHost, stream),
            "a download");
        finish();
        bytes.put(into.limit(some));
        from += some;
      }
    }

    @Override
    public void download(
        long address, long pitchBytes, int length, int rows, float[] out, int offset) {
      bind();
      long lineBytes = (long) length * Float.BYTES;
      int most = (int) Math.max(1, STAGING_BYTES / lineBytes);
      if (lineBytes > STAGING_BYTES) {
        throw new IllegalArgumentException("rows of " + length + " values");
      }
      // One half is copied out of while the device fills the other.
      Deque<Filling> fillings = new ArrayDeque<>();
      int queued = 0;
      int taken = 0;
      while (taken < rows) {
        while (fillings.size() < 2 && queued < rows) {
          int some = Math.min(most, rows - queued);
          nextHalf();
          copyDown(address + queued * pitchBytes, pitchBytes, lineBytes, some);
          fillings.add(new Filling(half, some));
          queued += some;
        }
        Filling filled = fillings.remove();
        Cuda.check(cudaEventSynchronize(copied[filled.half()]), "a download");
        staging[filled.half()]
            .asByteBuffer()
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .get(out, offset + taken * length, filled.rows() * length);
        taken += filled.rows();
      }
    }

    private void copyDown(long address, long pitchBytes, long lineBytes, int rows) {
      Cuda.check(
          cudaMemcpy2DAsync(
              staging[half],
              lineBytes,
              new Address(address),
              pitchBytes,
              lineBytes,
              rows,
              cudaMemcpyDeviceToHost,
              stream),
          "a download");
      Cuda.check(cudaEventRecord(copied[half], stream), "a download");
    }

    @Override
    public void run(List<Step> steps, Addresses addresses) {
      bind();
      List<Action> actions = prepare(steps, addresses);
      try {
        queue(actions);
        finish();
      } finally {
        release(actions);
      }
    }

    /**
     * As a graph where that can be: queued one by one, short steps would be over before the host
     * has queued the next, and its time would count as theirs.
     */
    @Override
    public double[] time(List<Step> steps, Addresses addresses, int rounds) {
      bind();
      List<List<Action>> prepared = new ArrayList<>();
      CUgraphExec_st graph = null;
      try (Timestamps times = new Timestamps(steps.size() + 1)) {
        for (Step step : steps) {
          prepared.add(prepare(List.of(step), addresses));
        }
        finish();
        try {
          graph = capture(() -> queueTimed(prepared, times, true));
        } catch (RefusedException e) {
          decided(RECORDING, ONE_BY_ONE + e.getMessage());
        }
        double[][] seconds = new double[steps.size()][rounds];
        for (int round = 0; round < rounds; round++) {
          if (graph == null) {
            queueTimed(prepared, times, false);
          } else {
            Cuda.check(cudaGraphLaunch(graph, stream), "a graph");
          }
          finish();
          for (int i = 0; i < steps.size(); i++) {
            seconds[i][round] = times.secondsBetween(i, i + 1);
          }
        }
        return Arrays.stream(seconds).mapToDouble(CudaDevice::median).toArray();
      } finally {
        finish();
        if (graph != null) {
          cudaGraphExecDestroy(graph);
        }
        prepared.forEach(this::release);
      }
    }

    private void queueTimed(List<List<Action>> prepared, Timestamps times, boolean recorded) {
      times.record(0, recorded);
      for (int i = 0; i < prepared.size(); i++) {
        queue(prepared.get(i));
        times.record(i + 1, recorded);
      }
    }

    /** Marks that say when they were reached. */
    private final class Timestamps implements AutoCloseable {
      private final List<CUevent_st> events = new ArrayList<>();

      Timestamps(int count) {
        try {
          for (int i = 0; i < count; i++) {
            CUevent_st event = new CUevent_st();
            Cuda.check(cudaEventCreateWithFlags(event, cudaEventDefault), "an event");
            events.add(event);
          }
        } catch (RuntimeException e) {
          close();
          throw e;
        }
      }

      /**
       * Queues a mark.
       *
       * @param recorded whether in a graph, every launch of which reaches it anew
       */
      void record(int index, boolean recorded) {
        Cuda.check(
            recorded
                ? cudaEventRecordWithFlags(events.get(index), stream, cudaEventRecordExternal)
                : cudaEventRecord(events.get(index), stream),
            "an event");
      }

      double secondsBetween(int first, int second) {
        float[] milliseconds = new float[1];
        Cuda.check(
            cudaEventElapsedTime(milliseconds, events.get(first), events.get(second)),
            "the time between events");
        return milliseconds[0] / 1e3;
      }

      @Override
      public void close() {
        events.forEach(event -> cudaEventDestroy(event));
      }
    }

    @Override
    public Recording record(List<Step> steps, Addresses addresses) {
      bind();
      List<Action> actions = prepare(steps, addresses);
      try {
        // Preparing ran every library call once: what they load and allocate at their first call
        // cannot be recorded.
        finish();
        return new CudaRecording(actions);
      } catch (RuntimeException e) {
        release(actions);
        throw e;
      }
    }

    /**
     * Makes a graph of what is queued.
     *
     * @throws RefusedException if that cannot be, though the device goes on
     */
    private CUgraphExec_st capture(Runnable queuing) {
      CUgraph_st graph = new CUgraph_st();
      CUgraphExec_st executable = new CUgraphExec_st();
      try {
        Cuda.check(
            cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), "the start of a graph");
        try {
          queuing.run();
        } catch (RuntimeException e) {
          cudaStreamEndCapture(stream, graph);
          throw e;
        }
        Cuda.check(cudaStreamEndCapture(stream, graph), "the end of a graph");
        Cuda.check(cudaGraphInstantiate(executable, graph, 0), "a graph");
        return executable;
      } catch (RuntimeException e) {
        cudaGetLastError();
        // Throws if it is more than the graph that failed.
        finish();
        throw new RefusedException(e.getMessage());
      } finally {
        if (!graph.isNull()) {
          cudaGraphDestroy(graph);
        }
      }
    }

    /**
     * All steps as one graph. Where CUDA refuses that, steps that alone cannot be recorded are
     * queued one by one in every replay, and those between them are graphs; if it is none of them
     * alone, all are queued one by one. What changes between replays lies in the device's memory,
     * so that results are the same.
     */
    private final class CudaRecording implements Recording {
      private final List<Action> actions;
      private final List<Part> parts = new ArrayList<>();
      private boolean closed;

      /**
       * @param actions released with it
       */
      CudaRecording(List<Action> actions) {
        this.actions = actions;
        try {
          parts.add(new Part(capture(() -> CudaStream.this.queue(actions)), actions));
        } catch (RefusedException e) {
          divide(e.getMessage());
        }
      }

      private void divide(String why) {
        try {
          List<String> alone = new ArrayList<>();
          List<Action> together = new ArrayList<>();
          for (Action action : actions) {
            String refusal = refusal(action);
            if (refusal.isEmpty()) {
              together.add(action);
            } else {
              addGraph(together);
              together = new ArrayList<>();
              parts.add(new Part(null, List.of(action)));
              alone.add(action.name() + ": " + refusal);
            }
          }
          boolean anyAlone = !alone.isEmpty() && alone.size() < actions.size();
          if (anyAlone) {
            addGraph(together);
          } else {
            parts.clear();
            parts.add(new Part(null, actions));
          }
          decided(
              RECORDING,
              anyAlone
                  ? "%d of %d steps are no part of a graph, slower: %s"
                      .formatted(alone.size(), actions.size(), alone)
                  : ONE_BY_ONE + why);
        } catch (RuntimeException e) {
          destroy();
          throw e;
        }
      }

      private String refusal(Action action) {
        try {
          cudaGraphExecDestroy(capture(() -> CudaStream.this.queue(List.of(action))));
          return "";
        } catch (RefusedException e) {
          return e.getMessage();
        }
      }

      private void addGraph(List<Action> together) {
        if (together.isEmpty()) {
          return;
        }
        CUgraphExec_st graph = null;
        try {
          graph = capture(() -> CudaStream.this.queue(together));
        } catch (RefusedException e) {
          // Then they are queued one by one too.
        }
        parts.add(new Part(graph, together));
      }

      @Override
      public void replay() {
        bind();
        for (int i = 0; i < parts.size(); i++) {
          Part part = parts.get(i);
          if (part.graph() != null) {
            int status = cudaGraphLaunch(part.graph(), stream);
            if (status == 0) {
              continue;
            }
            cudaGetLastError();
            // Throws if it is more than the graph that failed.
            finish();
            cudaGraphExecDestroy(part.graph());
            parts.set(i, new Part(null, part.actions()));
            decided(RECORDING, ONE_BY_ONE + "a graph was not launched, error " + status);
          }
          CudaStream.this.queue(part.actions());
        }
      }

      private void destroy() {
        parts.stream()
            .filter(part -> part.graph() != null)
            .forEach(part -> cudaGraphExecDestroy(part.graph()));
        parts.clear();
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          cudaSetDevice(index);
          quietlyFinish();
          destroy();
          release(actions);
        }
      }
    }

    private void queue(List<Action> actions) {
      synchronized (CudaDevice.this) {
        Cuda.checkCudnn(cudnnSetStream(cudnn, stream), "cudnnSetStream");
        actions.forEach(action -> action.body().run());
      }
    }

    private void release(List<Action> actions) {
      for (Action action : actions) {
        try {
          if (action.resource() != null) {
            action.resource().close();
          }
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }

    private List<Action> prepare(List<Step> steps, Addresses addresses) {
      List<Action> actions = new ArrayList<>();
      synchronized (CudaDevice.this) {
        Cuda.checkCudnn(cudnnSetStream(cudnn, stream), "cudnnSetStream");
        try {
          for (Step step : steps) {
            actions.addAll(prepare(step, addresses));
          }
        } catch (RuntimeException e) {
          release(actions);
          throw e;
        }
      }
      return actions;
    }

    private List<Action> prepare(Step step, Addresses addresses) {
      if (step instanceof Step.Launch launch) {
        return List.of(launch(launch, addresses));
      } else if (step instanceof Step.Convolution convolution) {
        return convolution(convolution, addresses);
      } else if (step instanceof Step.Product product) {
        return product(product, addresses);
      } else if (step instanceof Step.GuideProducts guide) {
        return List.of(guideProducts(guide, addresses));
      }
      throw new AssertionError(step);
    }

    private Action launch(Step.Launch launch, Addresses addresses) {
      CUfunc_st function = function(launch.kernel());
      BytePointer arguments = new BytePointer(LaunchArguments.BYTES);
      ByteBuffer bytes = arguments.asByteBuffer().order(ByteOrder.nativeOrder());
      for (int i = 0; i < LaunchArguments.BYTES; i++) {
        bytes.put(i, (byte) 0);
      }
      LaunchArguments.put(launch, addresses, bytes);
      PointerPointer<Pointer> parameters = new PointerPointer<>(1);
      parameters.put(0, arguments);
      int blocks = (launch.columns() - 1) / THREADS + 1;
      return new Action(
          launch.name(),
          () ->
              Cuda.checkDriver(
                  cuLaunchKernel(
                      function,
                      blocks,
                      launch.rows(),
                      1,
                      THREADS,
                      1,
                      1,
                      0,
                      stream,
                      parameters,
                      (PointerPointer<?>) null),
                  launch.name()),
          () -> {
            parameters.deallocate();
            arguments.deallocate();
          });
    }

    /** A way to do a convolution; all of its parts are queued. */
    private List<Action> convolution(Step.Convolution step, Addresses addresses) {
      List<String> refusals = new ArrayList<>();
      CudaConvolutions.Attempt taken = null;
      for (Supplier<CudaConvolutions.Attempt> way : convolutions.attempts(step, addresses)) {
        taken = attempt(step, way, refusals);
        if (taken != null) {
          break;
        }
      }
      if (taken == null) {
        decided(
            step.name(),
            "%s; no graph: %s; cuDNN said %s".formatted(OWN, convolutions.refusal(step), refusals));
        return List.of(launch(OwnConvolution.of(step), addresses));
      }
      decided(step.name(), taken.description() + (refusals.isEmpty() ? "" : ", after " + refusals));
      CudaConvolutions.Attempt attempt = taken;
      List<Action> actions = new ArrayList<>();
      actions.add(
          new Action(step.name(), () -> Cuda.checkCudnn(attempt.queue(), step.name()), attempt));
      if (step.bias() != null && !attempt.isFused()) {
        actions.add(
            launch(
                OwnConvolution.bias(step.name(), step.to(), step.bias(), step.rectified()),
                addresses));
      }
      return actions;
    }

    /** A way that went once; null if it is refused, for a reason that is added. */
    private CudaConvolutions.Attempt attempt(
        Step.Convolution step, Supplier<CudaConvolutions.Attempt> way, List<String> refusals) {
      CudaConvolutions.Attempt attempt = null;
      try {
        attempt = way.get();
        Cuda.takeCudnn(attempt.queue(), step.name());
        return attempt;
      } catch (RuntimeException e) {
        if (attempt != null) {
          attempt.close();
        }
        if (!(e instanceof RefusedException)) {
          throw e;
        }
        refusals.add(e.getMessage());
        return null;
      }
    }

    private List<Action> product(Step.Product step, Addresses addresses) {
      long inputs = step.from().channels();
      long outputs = step.to().channels();
      Element element = step.from().element();
      long weights = addresses.of(new Place.Weights(step.weights()));
      Matrix a =
          step.transposed()
              ? new Matrix(weights, element, outputs, inputs, outputs, false)
              : new Matrix(weights, element, inputs, outputs, inputs, true);
      Matrix b = matrix(step.from(), addresses, false);
      Matrix d = matrix(step.to(), addresses, false);
      long workspace = addresses.of(new Place.Arena(step.workspace(), 0));
      boolean tensorCores = precision != Precision.FLOAT32;
      List<String> refusals = new ArrayList<>();
      if (step.bias() != null) {
        long bias = addresses.of(new Place.Weights(step.bias()));
        Action fused =
            attempt(
                () ->
                    new CudaProduct(
                        step.name(),
                        a,
                        b,
                        d,
                        bias,
                        step.rectified(),
                        step.accumulate(),
                        tensorCores,
                        workspace),
                step.name(),
                refusals);
        if (fused != null) {
          decided(step.name(), "cuBLAS, bias and rectifier fused");
          return List.of(fused);
        }
      }
      Action plain =
          attempt(
              () ->
                  new CudaProduct(
                      step.name(), a, b, d, 0, false, step.accumulate(), tensorCores, workspace),
              step.name(),
              refusals);
      if (plain == null) {
        decided(step.name(), OWN + "; " + refusals);
        return List.of(launch(OwnConvolution.of(step), addresses));
      }
      decided(step.name(), "cuBLAS" + (refusals.isEmpty() ? "" : ", after " + refusals));
      List<Action> actions = new ArrayList<>();
      actions.add(plain);
      if (step.bias() != null) {
        actions.add(
            launch(
                OwnConvolution.bias(step.name(), step.to(), step.bias(), step.rectified()),
                addresses));
      }
      return actions;
    }

    /** A product that went once; null if it is refused, for a reason that is added. */
    private Action attempt(Supplier<CudaProduct> making, String name, List<String> refusals) {
      CudaProduct made = null;
      try {
        made = making.get();
        made.choose(cublas);
        made.run(cublas, stream);
        CudaProduct product = made;
        return new Action(name, () -> product.run(cublas, stream), product);
      } catch (RuntimeException e) {
        if (made != null) {
          made.close();
        }
        if (!(e instanceof RefusedException)) {
          throw e;
        }
        refusals.add(e.getMessage());
        return null;
      }
    }

    private Action guideProducts(Step.GuideProducts step, Addresses addresses) {
      Tensor from = step.from();
      long skipped = (long) step.firstPosition() * from.pitch() * from.element().bytes();
      Matrix a =
          new Matrix(
              addresses.of(from.place()) + skipped,
              from.element(),
              from.channels(),
              step.positions(),
              from.pitch(),
              true);
      Matrix b =
          new Matrix(
              addresses.of(new Place.Weights(step.columns())),
              from.element(),
              step.count(),
              from.channels(),
              step.count(),
              true);
      Matrix d =
          new Matrix(
              addresses.of(new Place.Arena(step.to(), 0)),
              Element.FLOAT32,
              step.positions(),
              step.count(),
              step.positions(),
              false);
      long workspace = addresses.of(new Place.Arena(step.workspace(), 0));
      List<String> refusals = new ArrayList<>();
      // The largest product decides, so these are not rounded further.
      Action product =
          attempt(
              () -> new CudaProduct(step.name(), a, b, d, 0, false, false, false, workspace),
              step.name(),
              refusals);
      String how = product == null ? OWN + "; " + refusals : "cuBLAS";
      decided("products of " + step.name(), how);
      return product == null ? launch(OwnConvolution.of(step), addresses) : product;
    }

    private Matrix matrix(Tensor tensor, Addresses addresses, boolean transposed) {
      return new Matrix(
          addresses.of(tensor.place()),
          tensor.element(),
          tensor.channels(),
          tensor.positions(),
          tensor.pitch(),
          transposed);
    }

    @Override
    public void finish() {
      Cuda.check(cudaStreamSynchronize(stream), "work on device " + index);
    }

    /** Before something is given back: what failed was told, or is told by who uses it next. */
    private void quietlyFinish() {
      if (cudaStreamSynchronize(stream) != 0) {
        cudaGetLastError();
      }
    }

    @Override
    public void close() {
      cudaSetDevice(index);
      if (!stream.isNull()) {
        quietlyFinish();
      }
      for (int i = 0; i < 2; i++) {
        if (copied[i] != null && !copied[i].isNull()) {
          cudaEventDestroy(copied[i]);
        }
        if (pinned[i] != null) {
          cudaFreeHost(pinned[i]);
          pinned[i] = null;
        } else if (staging[i] != null) {
          staging[i].deallocate();
        }
      }
      if (!stream.isNull()) {
        leave();
        cudaStreamDestroy(stream);
        stream.setNull();
      }
    }

    /** cuDNN plans between two sessions too, and its handle must not keep a stream that is gone. */
    private void leave() {
      synchronized (CudaDevice.this) {
        if (!closed) {
          cudnnSetStream(cudnn, uploads);
        }
      }
    }
  }
}
