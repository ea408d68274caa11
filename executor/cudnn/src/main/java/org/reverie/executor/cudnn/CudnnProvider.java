package org.reverie.executor.cudnn;

import java.util.Optional;
import java.util.OptionalLong;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Roof;

/** Opens the cuDNN engine: the default on machines with an NVIDIA GPU. */
public final class CudnnProvider implements EngineProvider {
  /** What sessions may take of the memory that is free: the rest is for weights and libraries. */
  private static final double MEMORY_SHARE = 0.85;

  /** For the service loader. */
  public CudnnProvider() {}

  @Override
  public String name() {
    return "cudnn";
  }

  /** Above all engines that compute on a CPU. */
  @Override
  public int preference() {
    return 300;
  }

  @Override
  public Availability availability() {
    CudaMachine machine = CudaMachine.here();
    return new Availability(!machine.gpus().isEmpty(), machine.reason());
  }

  @Override
  public String instructionSet() {
    return "sm_" + CudaMachine.here().gpus().get(0).capability();
  }

  @Override
  public Precision defaultPrecision() {
    return Precision.TF32;
  }

  @Override
  public OptionalLong memoryBytes(int device) {
    gpu(device);
    return OptionalLong.of((long) (MEMORY_SHARE * CudaMachine.freeBytes(device)));
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    return engine(brain, objective, options);
  }

  private static CudaMachine.Gpu gpu(int device) {
    CudaMachine machine = CudaMachine.here();
    if (machine.gpus().isEmpty()) {
      throw UserException.of(
          "engine-not-available",
          "--engine",
          "cudnn cannot run: " + machine.reason(),
          "Choose another engine, or install what it needs");
    }
    if (device < 0 || device >= machine.gpus().size()) {
      throw UserException.of(
          "unknown-device",
          "GPU " + device,
          "this process sees %d GPUs: %s".formatted(machine.gpus().size(), machine.gpus()),
          "Check what the scheduler hands out, and CUDA_VISIBLE_DEVICES");
    }
    return machine.gpus().get(device);
  }

  static CudnnEngine engine(Brain brain, Objective objective, Options options) {
    CudaMachine.Gpu gpu = gpu(options.device());
    Element element = Element.of(options.precision());
    byte[] kernels = KernelCompiler.cached().compile(element, gpu.capability());
    CudaDevice device = new CudaDevice(options.device(), options.precision(), kernels);
    try {
      return new CudnnEngine(brain, objective, element, device);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }

  @Override
  public Optional<String> profile(
      Brain brain, Objective objective, Options options, int width, int height, float[] canvas) {
    try (CudnnEngine engine = engine(brain, objective, options)) {
      return Optional.of(engine.profile(width, height, canvas));
    }
  }

  @Override
  public Optional<Roof> roof(
      Brain brain, Objective objective, Options options, int width, int height) {
    CudnnEngine engine = engine(brain, objective, options);
    try {
      return Optional.of(new DeviceRoof(engine, width, height));
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }
}
