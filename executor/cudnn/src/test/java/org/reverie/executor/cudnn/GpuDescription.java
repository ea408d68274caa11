package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR;

/**
 * GPUs as cuDNN describes them to itself, from data sheets: with them it names and makes plans for
 * machines that are elsewhere. XLA's sources say how the fields are called.
 *
 * @param capability ten times the compute capability
 * @param processors streaming multiprocessors
 * @param sharedBytes the most that one block may have
 * @param blocks the most on one multiprocessor
 * @param threads the most on one multiprocessor
 * @param gigabytes of memory
 * @param cacheMegabytes of level 2
 * @param clockKilohertz of the multiprocessors
 * @param memoryKilohertz of the memory
 */
record GpuDescription(
    String name,
    int capability,
    int processors,
    int sharedBytes,
    int blocks,
    int threads,
    int gigabytes,
    int cacheMegabytes,
    int clockKilohertz,
    int memoryKilohertz) {
  static final GpuDescription T4 =
      new GpuDescription("T4", 75, 40, 65536, 16, 1024, 16, 4, 1590000, 5001000);
  static final GpuDescription A100 =
      new GpuDescription("A100", 80, 108, 166912, 32, 2048, 80, 40, 1410000, 1593000);
  static final GpuDescription A10G =
      new GpuDescription("A10G", 86, 80, 101376, 16, 1536, 24, 6, 1710000, 6251000);
  static final GpuDescription L40S =
      new GpuDescription("L40S", 89, 142, 101376, 24, 1536, 48, 96, 2520000, 9001000);
  static final GpuDescription H100 =
      new GpuDescription("H100", 90, 132, 232448, 32, 2048, 80, 50, 1980000, 2619000);
  static final GpuDescription B200 =
      new GpuDescription("B200", 100, 148, 232448, 32, 2048, 180, 126, 1965000, 3996000);

  private String json() {
    return """
    {"deviceVer":%d,"multiProcessorCount":%d,"warpSize":32,"maxSharedMemoryPerBlock":49152,\
    "maxSharedMemoryPerBlockOptin":%d,"reservedSharedMemoryPerBlock":%d,"maxRegistersPerSM":65536,\
    "maxCtasPerSM":%d,"maxThreadsPerBlock":1024,"maxThreadsPerSM":%d,"regsPerBlock":65536,\
    "totalGlobalMem":%d,"smClockRateKHz":%d,"l2CacheSize":%d,"maxBlockSize":[1024,1024,64],\
    "memClockRateKHz":%d,"maxGridSize":[2147483647,65535,65535],"supportCoopLaunch":1,\
    "pciDeviceId":0,"isTccDriver":0,"cudaDeviceId":0,"driverVer":13000,"deviceName":"%s"}"""
        .formatted(
            capability * 10,
            processors,
            sharedBytes,
            capability < 80 ? 0 : 1024,
            blocks,
            threads,
            (long) gigabytes << 30,
            clockKilohertz,
            cacheMegabytes << 20,
            memoryKilohertz,
            name);
  }

  /** To be closed. */
  BackendDescriptor properties() {
    return new BackendDescriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR)
        .setText(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, json())
        .finish();
  }

  @Override
  public String toString() {
    return name;
  }
}
