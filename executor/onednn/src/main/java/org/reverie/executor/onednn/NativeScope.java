package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_out_of_memory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_next_impl;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unimplemented;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.reverie.executor.engine.OutOfDeviceMemoryException;

/** Makes native objects, and releases them together, the youngest first. */
final class NativeScope implements AutoCloseable {
  private final Deque<Runnable> releases = new ArrayDeque<>();

  /** Throws what a status of oneDNN means. */
  static void check(int status, String what) {
    if (status == dnnl_out_of_memory) {
      throw new OutOfDeviceMemoryException("oneDNN has no memory for " + what);
    }
    if (status != dnnl_success) {
      throw new IllegalStateException("oneDNN fails with status " + status + " at " + what);
    }
  }

  /** A float tensor whose layout the primitive chooses. */
  dnnl_memory_desc any(long... dims) {
    return any(Element.FLOAT32, dims);
  }

  /** A tensor whose layout the primitive chooses. */
  dnnl_memory_desc any(Element element, long... dims) {
    dnnl_memory_desc desc = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(
            desc, dims.length, dims, element.number(), dnnl_format_tag_any),
        "a tensor");
    releases.push(() -> dnnl_memory_desc_destroy(desc));
    return desc;
  }

  /** A float tensor with a stride per axis, in values. */
  dnnl_memory_desc strided(long[] dims, long[] strides) {
    return strided(Element.FLOAT32, dims, strides);
  }

  /** A tensor with a stride per axis, in values. */
  dnnl_memory_desc strided(Element element, long[] dims, long[] strides) {
    dnnl_memory_desc desc = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_strides(desc, dims.length, dims, element.number(), strides),
        "a tensor");
    releases.push(() -> dnnl_memory_desc_destroy(desc));
    return desc;
  }

  /** A float tensor whose last axis is the innermost. */
  dnnl_memory_desc rowMajor(long... dims) {
    return rowMajor(Element.FLOAT32, dims);
  }

  /** A tensor whose last axis is the innermost. */
  dnnl_memory_desc rowMajor(Element element, long... dims) {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strided(element, dims, strides);
  }

  /** Attributes with a scratchpad that the caller gives, and what follows the main operation. */
  dnnl_primitive_attr attributes(Consumer<dnnl_post_ops> following) {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    check(dnnl_primitive_attr_create(attributes), "attributes");
    releases.push(() -> dnnl_primitive_attr_destroy(attributes));
    check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "scratchpad mode");
    dnnl_post_ops operations = new dnnl_post_ops();
    check(dnnl_post_ops_create(operations), "post-ops");
    following.accept(operations);
    check(dnnl_primitive_attr_set_post_ops(attributes, operations), "post-ops");
    check(dnnl_post_ops_destroy(operations), "post-ops");
    return attributes;
  }

  /** Attributes with nothing following. */
  dnnl_primitive_attr attributes() {
    return attributes(none -> {});
  }

  /** A primitive's description; {@code create} fills it and returns the status. */
  dnnl_primitive_desc describe(String what, ToIntFunction<dnnl_primitive_desc> create) {
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    int status = create.applyAsInt(desc);
    if (status == dnnl_unimplemented) {
      throw new IllegalStateException("oneDNN has no implementation for " + what);
    }
    check(status, what);
    releases.push(() -> dnnl_primitive_desc_destroy(desc));
    return desc;
  }

  /**
   * A primitive's description by an implementation whose name starts so, if there is one; else by
   * oneDNN's first.
   */
  dnnl_primitive_desc describeBy(
      String implementation, String what, ToIntFunction<dnnl_primitive_desc> create) {
    dnnl_primitive_desc desc = describe(what, create);
    while (!implementation(desc).startsWith(implementation)) {
      if (dnnl_primitive_desc_next_impl(desc) != dnnl_success) {
        return describe(what, create);
      }
    }
    return desc;
  }

  /** Whether an implementation is oneDNN's plain loop, which is there to be right, not fast. */
  static boolean isReference(dnnl_primitive_desc desc) {
    return implementation(desc).startsWith("ref");
  }

  private static String implementation(dnnl_primitive_desc desc) {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      check(dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, name), "a name");
      return name.get(BytePointer.class, 0).getString();
    }
  }

  /** The executable form of a description. */
  dnnl_primitive primitive(String what, dnnl_primitive_desc desc) {
    dnnl_primitive primitive = new dnnl_primitive();
    check(dnnl_primitive_create(primitive, desc), what);
    releases.push(() -> dnnl_primitive_destroy(primitive));
    return primitive;
  }

  /** A tensor at an address that the caller keeps. */
  dnnl_memory memory(dnnl_memory_desc desc, long address) {
    dnnl_memory memory = new dnnl_memory();
    check(
        dnnl_memory_create(memory, desc, Library.get().engine(), new Address(address)), "a memory");
    releases.push(() -> dnnl_memory_destroy(memory));
    return memory;
  }

  /** Something else to release with the rest. */
  void onClose(Runnable release) {
    releases.push(release);
  }

  @Override
  public void close() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }

  /** A pointer that owns nothing. */
  static final class Address extends Pointer {
    Address(long value) {
      address = value;
    }
  }
}
