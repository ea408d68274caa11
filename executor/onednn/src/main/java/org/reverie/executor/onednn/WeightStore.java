package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_blob;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.OutOfDeviceMemoryException;

/**
 * The weights of one brain in the layouts that primitives want, made once and shared by all
 * sessions of the process. Thread-safe.
 */
final class WeightStore {
  private static final Map<Brain, WeightStore> STORES = new HashMap<>();

  /** Cache lines, and the widest vectors. */
  private static final long ALIGNMENT_BYTES = 64;

  private final Brain brain;
  private final Map<Key, Long> addresses = new HashMap<>();
  private final NativeScope scope = new NativeScope();
  private int users;

  private WeightStore(Brain brain) {
    this.brain = brain;
  }

  /**
   * The values of a form before oneDNN lays them out.
   *
   * @param values all of them
   * @param dims lengths of the axes
   * @param strides of the axes, values
   */
  record Source(float[] values, long[] dims, long[] strides) {}

  /**
   * One form of one node's weights.
   *
   * @param layer the brain's layer whose weights they are
   * @param lastLayer the last layer folded into them
   * @param role what they are for: equal roles of a layer mean equal values
   * @param source makes the values
   */
  record Form(int layer, int lastLayer, Object role, Supplier<Source> source) {}

  private record Key(int layer, int lastLayer, Object role, ByteBuffer layout) {}

  /** The store of a brain, for as long as somebody uses it: {@link #release} must follow. */
  static synchronized WeightStore retain(Brain brain) {
    WeightStore store = STORES.computeIfAbsent(brain, WeightStore::new);
    store.users++;
    return store;
  }

  /** Frees everything when the last user is gone. */
  void release() {
    synchronized (WeightStore.class) {
      users--;
      if (users == 0) {
        STORES.remove(brain);
        scope.close();
        addresses.clear();
      }
    }
  }

  /** The address of a form in a layout; made on first use. */
  synchronized long address(Form form, dnnl_memory_desc layout) {
    return addresses.computeIfAbsent(key(form, layout), key -> layOut(form, layout));
  }

  /** Names a layout of a form, so that equal ones are counted once. */
  static Object identity(Form form, dnnl_memory_desc layout) {
    return key(form, layout);
  }

  private static Key key(Form form, dnnl_memory_desc layout) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      NativeScope.check(dnnl_memory_desc_get_blob((BytePointer) null, size, layout), "a layout");
      byte[] blob = new byte[(int) size.get()];
      NativeScope.check(dnnl_memory_desc_get_blob(blob, size, layout), "a layout");
      return new Key(form.layer(), form.lastLayer(), form.role(), ByteBuffer.wrap(blob));
    }
  }

  private long layOut(Form form, dnnl_memory_desc layout) {
    Source source = form.source().get();
    long bytes = dnnl_memory_desc_get_size(layout);
    Pointer owned = Pointer.malloc(bytes + ALIGNMENT_BYTES);
    if (owned == null || owned.isNull()) {
      throw new OutOfDeviceMemoryException("no memory for %d bytes of weights".formatted(bytes));
    }
    scope.onClose(() -> Pointer.free(owned));
    long address = (owned.address() + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    Library library = Library.get();
    try (NativeScope temporary = new NativeScope();
        FloatPointer values = new FloatPointer(source.values());
        dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2)) {
      dnnl_memory_desc plain = temporary.strided(source.dims(), source.strides());
      dnnl_primitive_desc reorder =
          temporary.describe(
              "a reorder of weights",
              desc ->
                  dnnl_reorder_primitive_desc_create(
                      desc, plain, library.engine(), layout, library.engine(), null));
      dnnl_primitive primitive = temporary.primitive("a reorder of weights", reorder);
      arguments.position(0).arg(DNNL_ARG_SRC);
      arguments.memory(temporary.memory(plain, values.address()));
      arguments.position(1).arg(DNNL_ARG_DST);
      arguments.memory(temporary.memory(layout, address));
      arguments.position(0);
      NativeScope.check(
          dnnl_primitive_execute(primitive, library.stream(), 2, arguments),
          "a reorder of weights");
      NativeScope.check(dnnl_stream_wait(library.stream()), "a reorder of weights");
    }
    return address;
  }
}
