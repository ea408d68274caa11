package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cublas.CUBLAS_STATUS_ALLOC_FAILED;
import static org.bytedeco.cuda.global.cudart.cuGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaErrorAssert;
import static org.bytedeco.cuda.global.cudart.cudaErrorContextIsDestroyed;
import static org.bytedeco.cuda.global.cudart.cudaErrorECCUncorrectable;
import static org.bytedeco.cuda.global.cudart.cudaErrorHardwareStackError;
import static org.bytedeco.cuda.global.cudart.cudaErrorIllegalAddress;
import static org.bytedeco.cuda.global.cudart.cudaErrorIllegalInstruction;
import static org.bytedeco.cuda.global.cudart.cudaErrorInvalidAddressSpace;
import static org.bytedeco.cuda.global.cudart.cudaErrorInvalidPc;
import static org.bytedeco.cuda.global.cudart.cudaErrorLaunchFailure;
import static org.bytedeco.cuda.global.cudart.cudaErrorLaunchTimeout;
import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaErrorMisalignedAddress;
import static org.bytedeco.cuda.global.cudart.cudaErrorNvlinkUncorrectable;
import static org.bytedeco.cuda.global.cudart.cudaErrorUnknown;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED;
import static org.bytedeco.cuda.global.cudnn.cudnnGetErrorString;

import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.engine.OutOfDeviceMemoryException;

/** How the libraries say that something failed, and how they are told where something is. */
final class Cuda {
  /**
   * Errors after which CUDA does nothing more for a process, by NVIDIA's description of {@code
   * cudaError_t}, and those of hardware. The driver's have the same numbers.
   */
  private static final Set<Integer> LAST =
      Set.of(
          cudaErrorECCUncorrectable,
          cudaErrorNvlinkUncorrectable,
          cudaErrorIllegalAddress,
          cudaErrorLaunchTimeout,
          cudaErrorContextIsDestroyed,
          cudaErrorAssert,
          cudaErrorHardwareStackError,
          cudaErrorIllegalInstruction,
          cudaErrorMisalignedAddress,
          cudaErrorInvalidAddressSpace,
          cudaErrorInvalidPc,
          cudaErrorLaunchFailure,
          cudaErrorUnknown);

  private Cuda() {}

  /** Memory that somebody else owns, on the device or the host. */
  static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }

  /** Checks what a function of the runtime returned. */
  static void check(int status, String what) {
    if (status == 0) {
      return;
    }
    // An error stays with the thread until it is asked for.
    cudaGetLastError();
    if (status == cudaErrorMemoryAllocation) {
      throw new OutOfDeviceMemoryException(what + ": the device has not enough free memory");
    }
    String told =
        "%s: %s, %s"
            .formatted(
                what, cudaGetErrorName(status).getString(), cudaGetErrorString(status).getString());
    throw LAST.contains(status) ? new DeviceLostException(told) : new IllegalStateException(told);
  }

  /** Checks what a function of the driver returned. */
  static void checkDriver(int status, String what) {
    if (status == 0) {
      return;
    }
    if (status == cudaErrorMemoryAllocation) {
      throw new OutOfDeviceMemoryException(what + ": the device has not enough free memory");
    }
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      cuGetErrorName(status, name);
      BytePointer text = name.get(BytePointer.class);
      String told =
          what + ": " + (text == null || text.isNull() ? "error " + status : text.getString());
      throw LAST.contains(status) ? new DeviceLostException(told) : new IllegalStateException(told);
    }
  }

  /**
   * Behind a library's error may be one of CUDA after which nothing works. Libraries have a runtime
   * of their own, so that the last error of ours may not tell it; any call that asks the device
   * does.
   */
  private static void checkDevice(String what) {
    cudaGetLastError();
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      int status = cudaMemGetInfo(free, total);
      if (LAST.contains(status)) {
        check(status, what);
      }
    }
  }

  /** Checks what a function of cuDNN returned for which there is no other way. */
  static void checkCudnn(int status, String what) {
    try {
      takeCudnn(status, what);
    } catch (RefusedException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Checks what a function of cuDNN returned.
   *
   * @throws RefusedException if it does not do it
   */
  static void takeCudnn(int status, String what) {
    if (status == 0) {
      return;
    }
    checkDevice(what);
    if (status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED) {
      throw new OutOfDeviceMemoryException(what + ": the device has not enough free memory");
    }
    throw new RefusedException(what + ": " + cudnnGetErrorString(status).getString());
  }

  /** Checks what a function of cuBLAS returned for which there is no other way. */
  static void checkCublas(int status, String what) {
    try {
      takeCublas(status, what);
    } catch (RefusedException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Checks what a function of cuBLAS returned.
   *
   * @throws RefusedException if it does not do it
   */
  static void takeCublas(int status, String what) {
    if (status == 0) {
      return;
    }
    checkDevice(what);
    if (status == CUBLAS_STATUS_ALLOC_FAILED) {
      throw new OutOfDeviceMemoryException(what + ": the device has not enough free memory");
    }
    throw new RefusedException(what + ": cuBLAS status " + status);
  }
}
