package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.reverie.conf.UserException;
import org.reverie.executor.cudnn.CudaMachine.Gpu;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Engines;

/** What is said about drivers and GPUs, and what happens without any. */
class CudaMachineTest {
  private static final Gpu HOPPER = new Gpu("NVIDIA H200", 90);
  private static final Gpu TURING = new Gpu("Tesla T4", 75);
  private static final Gpu VOLTA = new Gpu("Tesla V100-SXM2-16GB", 70);

  @Test
  void driversOlderThanTheDeployment() {
    assertNull(CudaMachine.driverRefusal(13000, 13));
    assertNull(CudaMachine.driverRefusal(13010, 12));
    String old = CudaMachine.driverRefusal(12040, 13);
    assertTrue(old.contains("12.4") && old.contains("580"), old);
    assertTrue(old.contains("-Dcuda.version=12.9"), old);
    assertTrue(CudaMachine.driverRefusal(11080, 12).contains("525"));
    assertTrue(CudaMachine.driverRefusal(0, 13).contains("no NVIDIA driver"));
  }

  @Test
  void devicesOlderThanTheDeployment() {
    assertEquals(List.of(TURING), CudaMachine.judge(List.of(TURING), 13, "cuDNN 9").gpus());
    CudaMachine refused = CudaMachine.judge(List.of(VOLTA), 13, "cuDNN 9");
    assertTrue(refused.gpus().isEmpty());
    assertTrue(
        refused.reason().contains("V100") && refused.reason().contains("7.0"), refused.reason());
    assertTrue(refused.reason().contains("7.5"), refused.reason());
    assertFalse(CudaMachine.judge(List.of(VOLTA), 12, "cuDNN 9").gpus().isEmpty());
    assertEquals("CUDA finds no GPU", CudaMachine.judge(List.of(), 13, "").reason());
  }

  @Test
  void whatWasFoundIsSaid() {
    String one = CudaMachine.judge(List.of(HOPPER), 13, "cuDNN 9.19.0").reason();
    assertEquals("NVIDIA H200 (sm_90), cuDNN 9.19.0", one);
    String two = CudaMachine.judge(List.of(HOPPER, HOPPER), 13, "cuDNN 9.19.0").reason();
    assertTrue(two.startsWith("2 GPUs"), two);
  }

  @Test
  void bindingsSayTheirVersion() {
    assertTrue(CudaLibraries.major() == 13 || CudaLibraries.major() == 12);
  }

  @Test
  void isFoundAndPreferredToCpus() {
    EngineProvider provider =
        ServiceLoader.load(EngineProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("cudnn"))
            .findFirst()
            .orElseThrow();
    assertTrue(provider.preference() > 200);
    assertEquals(Precision.TF32, provider.defaultPrecision());
  }

  /** Within a second, and with a reason instead of a crash. */
  @Test
  void withoutAGpuItSaysWhyAtOnce() {
    long start = System.nanoTime();
    EngineProvider.Availability availability = new CudnnProvider().availability();
    double seconds = (System.nanoTime() - start) / 1e9;
    Assumptions.assumeFalse(availability.available(), availability.reason());
    assertTrue(seconds < 1, seconds + " s");
    assertFalse(availability.reason().isBlank());
    UserException chosen = assertThrows(UserException.class, () -> Engines.choose("cudnn"));
    assertTrue(chosen.getMessage().contains(availability.reason()), chosen.getMessage());
    UserException opened =
        assertThrows(
            UserException.class,
            () ->
                new CudnnProvider()
                    .open(
                        Sketches.inception().brain(),
                        Sketches.inception().objective(),
                        new Options(1, 0, Precision.TF32)));
    assertEquals("engine-not-available", opened.problems().get(0).code());
  }

  @Test
  void aDeviceThatTheProcessDoesNotSee() {
    CudnnProvider provider = CudnnContractTest.available();
    UserException thrown =
        assertThrows(
            UserException.class,
            () ->
                provider.open(
                    Sketches.inception().brain(),
                    Sketches.inception().objective(),
                    new Options(1, 99, Precision.TF32)));
    assertEquals("unknown-device", thrown.problems().get(0).code());
  }
}
