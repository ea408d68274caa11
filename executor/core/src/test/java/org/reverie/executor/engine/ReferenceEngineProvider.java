package org.reverie.executor.engine;

import org.reverie.executor.brain.Brain;

/** Opens the {@link ReferenceEngine}; not registered, so that no deployment finds it. */
public final class ReferenceEngineProvider implements EngineProvider {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int preference() {
    return Integer.MIN_VALUE;
  }

  @Override
  public Availability availability() {
    return new Availability(true, "plain Java");
  }

  @Override
  public String instructionSet() {
    return "java";
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    return new ReferenceEngine(brain, objective);
  }
}
