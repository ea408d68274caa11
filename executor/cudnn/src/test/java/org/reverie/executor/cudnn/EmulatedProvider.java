package org.reverie.executor.cudnn;

import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Objective;

/** Opens the engine on an {@link EmulatedDevice}; not registered. */
final class EmulatedProvider implements EngineProvider {
  private final boolean libraries;
  private final boolean flexible;

  /**
   * @param libraries whether there is somebody to do convolutions; else kernels of our own do
   * @param flexible whether the device takes convolutions that are not ordinary
   */
  EmulatedProvider(boolean libraries, boolean flexible) {
    this.libraries = libraries;
    this.flexible = flexible;
  }

  @Override
  public String name() {
    return "emulated";
  }

  @Override
  public int preference() {
    return Integer.MIN_VALUE;
  }

  @Override
  public Availability availability() {
    return new Availability(true, "the kernels on a processor");
  }

  @Override
  public String instructionSet() {
    return "emulated";
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    Element element = Element.of(options.precision());
    return new CudnnEngine(
        brain,
        objective,
        element,
        EmulatedDevice.of(options.precision(), Long.MAX_VALUE, libraries, flexible));
  }
}
