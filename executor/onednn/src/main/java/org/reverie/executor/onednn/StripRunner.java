package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.reverie.executor.onednn.Step.Call;
import org.reverie.executor.onednn.Step.Kernel;
import org.reverie.executor.onednn.Step.Place;
import org.reverie.executor.onednn.Step.Role;

/** A step of strips made ready. Which lane takes which strip changes nothing but the time. */
final class StripRunner {
  private final String name;
  private final List<dnnl_primitive> primitives = new ArrayList<>();
  private final List<BoundRun> runs;
  private final List<List<LaneKernel>> lanes = new ArrayList<>();
  private final Step.Strips step;

  /** Parts of all runs. */
  private final int count;

  /** Where an address counts from. */
  private enum Origin {
    NOTHING,
    ARENA,
    LANE
  }

  /**
   * A call with what is known of its addresses.
   *
   * @param bytes from each origin, in the first part of a run
   * @param steps from one part to the next, bytes
   */
  private record BoundCall(int kernel, Origin[] origins, long[] bytes, long[] steps) {}

  /**
   * A run.
   *
   * @param first number of its first part among all parts
   */
  private record BoundRun(int first, int count, List<BoundCall> calls) {}

  /** The tensors with which one lane calls a kernel. */
  private record LaneKernel(dnnl_exec_arg_t arguments, List<dnnl_memory> memories) {}

  /**
   * Makes the primitives. To be called by a thread that runs them alone.
   *
   * @param scope owns what is made
   */
  StripRunner(NativeScope scope, Step.Strips step, WeightStore weights, int threads) {
    this.step = step;
    name = step.name();
    Map<Place.Shared, Map<Integer, Long>> addresses = new HashMap<>();
    for (Kernel kernel : step.kernels()) {
      primitives.add(scope.primitive(name, kernel.desc()));
    }
    for (int lane = 0; lane < threads; lane++) {
      lanes.add(step.kernels().stream().map(kernel -> laneKernel(scope, kernel)).toList());
    }
    List<BoundRun> bound = new ArrayList<>();
    int first = 0;
    for (Step.Run run : step.runs()) {
      bound.add(
          new BoundRun(
              first,
              run.count(),
              run.calls().stream().map(call -> bind(call, weights, addresses)).toList()));
      first += run.count();
    }
    runs = List.copyOf(bound);
    count = first;
  }

  private static LaneKernel laneKernel(NativeScope scope, Kernel kernel) {
    List<Role> roles = kernel.roles();
    dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(roles.size());
    scope.onClose(arguments::deallocate);
    List<dnnl_memory> memories = new ArrayList<>();
    for (int i = 0; i < roles.size(); i++) {
      dnnl_memory memory = scope.memory(roles.get(i).desc(), 0);
      arguments.position(i);
      arguments.arg(roles.get(i).id());
      arguments.memory(memory);
      memories.add(memory);
    }
    arguments.position(0);
    return new LaneKernel(arguments, List.copyOf(memories));
  }

  private BoundCall bind(
      Call call, WeightStore weights, Map<Place.Shared, Map<Integer, Long>> addresses) {
    int count = call.places().size();
    Origin[] origins = new Origin[count];
    long[] bytes = new long[count];
    long[] steps = new long[count];
    for (int i = 0; i < count; i++) {
      Place place = call.places().get(i);
      if (place instanceof Place.Moving moving) {
        origins[i] = Origin.ARENA;
        bytes[i] = moving.block().offset() + moving.offsetBytes();
        steps[i] = moving.stepBytes();
      } else if (place instanceof Place.Lane lane) {
        origins[i] = Origin.LANE;
        bytes[i] = lane.offsetBytes();
      } else if (place instanceof Place.Shared shared) {
        Role role = step.kernels().get(call.kernel()).roles().get(i);
        origins[i] = Origin.NOTHING;
        bytes[i] =
            addresses
                .computeIfAbsent(shared, key -> new HashMap<>())
                .computeIfAbsent(call.kernel(), key -> weights.address(shared.form(), role.desc()));
      } else {
        throw new AssertionError(place);
      }
    }
    return new BoundCall(call.kernel(), origins, bytes, steps);
  }

  /**
   * Runs all strips.
   *
   * @param arena address of the session's arena
   */
  void run(LibraryThread thread, long arena) {
    AtomicInteger next = new AtomicInteger();
    thread.onLanes(
        lane -> {
          long memory = arena + step.lanes().offset() + lane * step.laneBytes();
          for (int part = next.getAndIncrement(); part < count; part = next.getAndIncrement()) {
            BoundRun run = run(part);
            for (BoundCall call : run.calls()) {
              LaneKernel kernel = lanes.get(lane).get(call.kernel());
              place(call, part - run.first(), kernel, arena, memory);
              execute(call.kernel(), kernel);
            }
          }
        });
  }

  private BoundRun run(int part) {
    for (BoundRun run : runs) {
      if (part < run.first() + run.count()) {
        return run;
      }
    }
    throw new AssertionError(part);
  }

  private void place(BoundCall call, int number, LaneKernel kernel, long arena, long lane) {
    for (int i = 0; i < call.bytes().length; i++) {
      long origin =
          switch (call.origins()[i]) {
            case NOTHING -> 0;
            case ARENA -> arena;
            case LANE -> lane;
          };
      long address = origin + call.bytes()[i] + number * call.steps()[i];
      NativeScope.check(
          dnnl_memory_set_data_handle(kernel.memories().get(i), new NativeScope.Address(address)),
          name);
    }
  }

  private void execute(int index, LaneKernel kernel) {
    Library library = Library.get();
    NativeScope.check(
        dnnl_primitive_execute(
            primitives.get(index), library.stream(), kernel.memories().size(), kernel.arguments()),
        name);
    NativeScope.check(dnnl_stream_wait(library.stream()), name);
  }
}
