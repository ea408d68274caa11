package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudart.cuDeviceGetName;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaDriverGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaGetDeviceCount;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudnn.cudnnGetCudartVersion;
import static org.bytedeco.cuda.global.cudnn.cudnnGetVersion;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * The GPUs of this machine and whether they can be used.
 *
 * @param gpus all of them, in CUDA's order; empty if none can be used
 * @param reason for people: what was found, or what is missing
 */
record CudaMachine(List<Gpu> gpus, String reason) {
  private static CudaMachine here;

  CudaMachine {
    gpus = List.copyOf(gpus);
  }

  /**
   * One GPU.
   *
   * @param name its maker's
   * @param capability such as 90 for 9.0
   */
  record Gpu(String name, int capability) {}

  /** This machine, looked at once. Costs a start of the driver where there is one. */
  static synchronized CudaMachine here() {
    if (here == null) {
      here = look(LibrarySearch.here());
    }
    return here;
  }

  static CudaMachine look(LibrarySearch search) {
    try {
      CudaLibraries.load(search);
      return ask();
    } catch (CudaLibraries.MissingException e) {
      return none(e.getMessage());
    } catch (LinkageError | IllegalStateException e) {
      return none("CUDA does not start: " + e.getMessage());
    }
  }

  private static CudaMachine none(String reason) {
    return new CudaMachine(List.of(), reason);
  }

  private static CudaMachine ask() {
    int major = CudaLibraries.major();
    int[] driver = new int[1];
    Cuda.check(cudaDriverGetVersion(driver), "cudaDriverGetVersion");
    String refusal = driverRefusal(driver[0], major);
    if (refusal != null) {
      return none(refusal);
    }
    int[] count = new int[1];
    int status = cudaGetDeviceCount(count);
    if (status != 0) {
      cudaGetLastError();
      return none(
          "CUDA finds no GPU: %s, %s"
              .formatted(
                  cudaGetErrorName(status).getString(), cudaGetErrorString(status).getString()));
    }
    long cudnnFor = cudnnGetCudartVersion() / 1000;
    if (cudnnFor != major) {
      return none(
          "cuDNN was built for CUDA %d, and this deployment is for CUDA %d: install cuDNN 9 for it"
              .formatted(cudnnFor, major));
    }
    List<Gpu> gpus = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      byte[] name = new byte[256];
      Cuda.checkDriver(cuDeviceGetName(name, name.length, i), "cuDeviceGetName");
      gpus.add(
          new Gpu(
              new String(name, StandardCharsets.UTF_8).replace("\0", "").trim(),
              10 * attribute(cudaDevAttrComputeCapabilityMajor, i)
                  + attribute(cudaDevAttrComputeCapabilityMinor, i)));
    }
    long cudnn = cudnnGetVersion();
    String libraries =
        "cuDNN %d.%d.%d, CUDA %d, driver for CUDA %s"
            .formatted(cudnn / 10000, cudnn / 100 % 100, cudnn % 100, major, version(driver[0]));
    return judge(gpus, major, libraries);
  }

  /** Why a driver is too old, or null. */
  static String driverRefusal(int driverVersion, int major) {
    if (driverVersion >= 1000 * major) {
      return null;
    }
    String found =
        driverVersion == 0
            ? "no NVIDIA driver runs"
            : "the driver is for CUDA " + version(driverVersion);
    return major >= 13
        ? found
            + ", and this deployment is for CUDA "
            + major
            + ": it wants driver 580 or newer, or build with -Dcuda.version=12.9-9.10-1.5.12"
        : found + ", and this deployment is for CUDA " + major + ": it wants driver 525 or newer";
  }

  /** CUDA 13 dropped everything before Turing. */
  static int leastCapability(int major) {
    return major >= 13 ? 75 : 50;
  }

  static CudaMachine judge(List<Gpu> gpus, int major, String libraries) {
    if (gpus.isEmpty()) {
      return none("CUDA finds no GPU");
    }
    Gpu first = gpus.get(0);
    if (first.capability() < leastCapability(major)) {
      return none(
          "%s has compute capability %s, and CUDA %d wants %s or newer; for Volta and older build with -Dcuda.version=12.9-9.10-1.5.12"
              .formatted(
                  first.name(),
                  capability(first.capability()),
                  major,
                  capability(leastCapability(major))));
    }
    String found = "%s (sm_%d), %s".formatted(first.name(), first.capability(), libraries);
    return new CudaMachine(
        gpus, gpus.size() == 1 ? found : "%d GPUs, the first %s".formatted(gpus.size(), found));
  }

  private static String capability(int capability) {
    return capability / 10 + "." + capability % 10;
  }

  private static String version(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private static int attribute(int attribute, int device) {
    int[] value = new int[1];
    Cuda.check(cudaDeviceGetAttribute(value, attribute, device), "cudaDeviceGetAttribute");
    return value[0];
  }

  /** Memory of a GPU that nobody uses at present, bytes. */
  static long freeBytes(int device) {
    Cuda.check(cudaSetDevice(device), "cudaSetDevice");
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      Cuda.check(cudaMemGetInfo(free, total), "cudaMemGetInfo");
      return free.get();
    }
  }
}
