package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_SUCCESS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_BOOLEAN;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_CHAR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_HANDLE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_INT64;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_VOID_PTR;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendCreateDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendDestroyDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendFinalize;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendGetAttribute;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendSetAttribute;
import static org.bytedeco.cuda.global.cudnn.cudnnGetErrorString;
import static org.bytedeco.cuda.global.cudnn.cudnnGetLastErrorString;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * One descriptor of cuDNN's backend interface: attributes are set, then it is finished, then others
 * may refer to it and its results be read.
 */
final class BackendDescriptor implements AutoCloseable {
  private final cudnnBackendDescriptor_t descriptor = new cudnnBackendDescriptor_t();

  /**
   * Makes an empty descriptor.
   *
   * @param type one of {@code CUDNN_BACKEND_..._DESCRIPTOR}
   */
  BackendDescriptor(int type) {
    check(cudnnBackendCreateDescriptor(type, descriptor));
  }

  private static void check(int status) {
    if (status == CUDNN_STATUS_SUCCESS) {
      return;
    }
    byte[] text = new byte[1024];
    cudnnGetLastErrorString(text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    String reason = new String(text, 0, length, StandardCharsets.UTF_8).strip();
    throw new RefusedException(
        cudnnGetErrorString(status).getString() + (reason.isEmpty() ? "" : " (" + reason + ")"));
  }

  private BackendDescriptor set(int attribute, int type, long count, Pointer values) {
    try (values) {
      check(cudnnBackendSetAttribute(descriptor, attribute, type, count, values));
    }
    return this;
  }

  /** Sets an attribute that is one of cuDNN's enumerations. */
  BackendDescriptor choose(int attribute, int type, int value) {
    return set(attribute, type, 1, new IntPointer(new int[] {value}));
  }

  BackendDescriptor setNumbers(int attribute, long... values) {
    return set(attribute, CUDNN_TYPE_INT64, values.length, new LongPointer(values));
  }

  BackendDescriptor setReal(int attribute, float value) {
    return set(attribute, CUDNN_TYPE_FLOAT, 1, new FloatPointer(new float[] {value}));
  }

  BackendDescriptor setFlag(int attribute) {
    BoolPointer flag = new BoolPointer(1);
    flag.put(true);
    return set(attribute, CUDNN_TYPE_BOOLEAN, 1, flag);
  }

  BackendDescriptor setText(int attribute, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return set(attribute, CUDNN_TYPE_CHAR, bytes.length, new BytePointer(bytes));
  }

  BackendDescriptor setHandle(int attribute, Pointer handle) {
    return set(attribute, CUDNN_TYPE_HANDLE, 1, new LongPointer(new long[] {handle.address()}));
  }

  /** Sets addresses on the device. */
  BackendDescriptor setAddresses(int attribute, long... addresses) {
    return set(attribute, CUDNN_TYPE_VOID_PTR, addresses.length, new LongPointer(addresses));
  }

  /** Sets other descriptors, which must be finished and stay open as long as this one. */
  BackendDescriptor refer(int attribute, BackendDescriptor... others) {
    long[] addresses = new long[others.length];
    for (int i = 0; i < others.length; i++) {
      addresses[i] = others[i].descriptor.address();
    }
    return set(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, others.length, new LongPointer(addresses));
  }

  /**
   * Ends the setting of attributes.
   *
   * @throws RefusedException if cuDNN does not do this
   */
  BackendDescriptor finish() {
    check(cudnnBackendFinalize(descriptor));
    return this;
  }

  long number(int attribute) {
    long[] count = new long[1];
    try (LongPointer value = new LongPointer(1)) {
      check(cudnnBackendGetAttribute(descriptor, attribute, CUDNN_TYPE_INT64, 1, count, value));
      return value.get();
    }
  }

  /**
   * Some of cuDNN's enumerated values.
   *
   * @param most that may be
   */
  List<Integer> choices(int attribute, int type, int most) {
    long[] count = new long[1];
    try (IntPointer values = new IntPointer(most)) {
      check(cudnnBackendGetAttribute(descriptor, attribute, type, most, count, values));
      List<Integer> list = new ArrayList<>();
      for (int i = 0; i < Math.min(count[0], most); i++) {
        list.add(values.get(i));
      }
      return list;
    }
  }

  /** How many descriptors an attribute holds. */
  int count(int attribute) {
    long[] count = new long[1];
    check(
        cudnnBackendGetAttribute(
            descriptor, attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, count, new Pointer()));
    return Math.toIntExact(count[0]);
  }

  /**
   * The descriptors that an attribute holds.
   *
   * @param type of each
   * @param most that may be
   * @return new descriptors, to be closed
   */
  List<BackendDescriptor> read(int attribute, int type, int most) {
    List<BackendDescriptor> made = new ArrayList<>();
    try {
      long[] addresses = new long[most];
      for (int i = 0; i < most; i++) {
        made.add(new BackendDescriptor(type));
        addresses[i] = made.get(i).descriptor.address();
      }
      long[] count = new long[1];
      try (LongPointer into = new LongPointer(addresses)) {
        check(
            cudnnBackendGetAttribute(
                descriptor, attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, most, count, into));
      }
      while (made.size() > count[0]) {
        made.remove(made.size() - 1).close();
      }
      return made;
    } catch (RefusedException e) {
      made.forEach(BackendDescriptor::close);
      throw e;
    }
  }

  /** For calls that take a descriptor as it is. */
  cudnnBackendDescriptor_t raw() {
    return descriptor;
  }

  @Override
  public void close() {
    if (!descriptor.isNull()) {
      cudnnBackendDestroyDescriptor(descriptor);
      descriptor.setNull();
    }
  }
}
