package org.reverie.executor.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.reverie.conf.UserException;

/** The engines that this deployment carries. */
public final class Engines {
  /** The name that takes the engine with the highest preference that can run. */
  public static final String AUTO = "auto";

  private Engines() {}

  /**
   * An engine and why it was taken.
   *
   * @param provider the engine
   * @param reason for people
   */
  public record Choice(EngineProvider provider, String reason) {}

  /** All engines found, the most preferred first. */
  public static List<EngineProvider> providers() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(EngineProvider::preference).reversed())
        .toList();
  }

  /** Whether the engine of that name, or any for {@value #AUTO}, can run here. */
  public static boolean canRun(String name) {
    return canRun(name, providers());
  }

  static boolean canRun(String name, List<EngineProvider> providers) {
    return providers.stream()
        .filter(provider -> name.equals(AUTO) || name.equals(provider.name()))
        .anyMatch(provider -> provider.availability().available());
  }

  /**
   * Sees to it that a name is that of an engine, whether it can run here or not.
   *
   * @param name of an engine, or {@value #AUTO}
   * @throws UserException {@code unknown-engine}
   */
  public static void requireKnown(String name) {
    List<EngineProvider> providers = providers();
    if (!name.equals(AUTO) && providers.stream().noneMatch(p -> p.name().equals(name))) {
      throw unknown(name, providers);
    }
  }

  private static UserException unknown(String name, List<EngineProvider> providers) {
    return UserException.of(
        "unknown-engine",
        "--engine",
        "there is no engine " + name + " in this deployment",
        "Choose auto or one of "
            + String.join(", ", providers.stream().map(EngineProvider::name).toList()));
  }

  /**
   * The engine of that name, or for {@value #AUTO} the most preferred that can run here.
   *
   * @throws UserException if there is none, naming what was looked for
   */
  public static Choice choose(String name) {
    return choose(name, providers());
  }

  static Choice choose(String name, List<EngineProvider> providers) {
    List<String> refusals = new ArrayList<>();
    for (EngineProvider provider : providers) {
      if (!name.equals(AUTO) && !name.equals(provider.name())) {
        continue;
      }
      EngineProvider.Availability availability = provider.availability();
      if (availability.available()) {
        String reason = availability.reason();
        return new Choice(
            provider, refusals.isEmpty() ? reason : reason + "; " + String.join("; ", refusals));
      }
      refusals.add(provider.name() + " cannot run: " + availability.reason());
    }
    if (refusals.isEmpty()) {
      throw unknown(name, providers);
    }
    throw UserException.of(
        "engine-not-available",
        "--engine",
        String.join("; ", refusals),
        "Choose another engine, or install what it needs");
  }
}
