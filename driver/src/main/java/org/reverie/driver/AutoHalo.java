package org.reverie.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.HaloMeasurement;
import org.reverie.executor.engine.Objective;
import org.reverie.tiling.LayerGeometry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The smallest halo whose influence is below 1 %: measured once per brain and layers, then kept in
 * the user's cache folder, since measuring takes several gradients.
 */
final class AutoHalo {
  /** Of the measurement and of the keys: what another version found or wrote does not count. */
  private static final int VERSION = 2;

  private static final Logger LOG = LoggerFactory.getLogger(AutoHalo.class);

  private AutoHalo() {}

  /**
   * The halo of the layers, whichever of their channels are dreamt: that of a channel which shows
   * nothing on the picture that halos are measured with would be a guess.
   *
   * @param choice brain and layers
   * @param engine opened for them
   * @param opening opens an engine for another objective on the same brain
   * @return a multiple of the stride, pixels; at most the exact halo
   */
  static int pixels(
      BrainChoice choice,
      LayerGeometry geometry,
      Engine engine,
      Function<Objective, Engine> opening) {
    BrainChoice whole = choice.wholeLayers();
    if (whole.targets().equals(choice.targets()) || known(whole).isPresent()) {
      return pixels(whole, geometry, engine);
    }
    try (Engine other = opening.apply(whole.objective())) {
      return pixels(whole, geometry, other);
    }
  }

  /**
   * The halo.
   *
   * @param choice brain and layers, with all their channels
   * @param engine opened for them
   * @return a multiple of the stride, pixels; at most the exact halo
   */
  static int pixels(BrainChoice choice, LayerGeometry geometry, Engine engine) {
    Optional<Integer> known = known(choice);
    if (known.isPresent()) {
      return known.get();
    }
    int halo = HaloMeasurement.automatic(engine, geometry, choice.brain().mean());
    keep(choice, halo);
    return halo;
  }

  /**
   * The halo, if it was measured before.
   *
   * @param choice brain and layers, with all their channels
   */
  static Optional<Integer> known(BrainChoice choice) {
    return Optional.ofNullable(read(cacheFile()).getProperty(key(choice)))
        .filter(halo -> halo.matches("\\d{1,6}"))
        .map(Integer::valueOf);
  }

  /** Keeps what was measured. */
  static void keep(BrainChoice choice, int halo) {
    Path file = cacheFile();
    Properties halos = read(file);
    halos.setProperty(key(choice), Integer.toString(halo));
    write(file, halos);
  }

  /**
   * What a halo is kept under: {@code 2/HASH/LAYER*WEIGHT+LAYER*WEIGHT...}, the version, the
   * brain's hash, and each layer by its index in the brain, in the order of the job, with its
   * weight as {@link Double#toString(double)} writes it. Names of layers add nothing to hash and
   * index.
   *
   * @param choice brain and layers, with all their channels
   */
  static String key(BrainChoice choice) {
    return choice.targets().stream()
        .map(target -> target.layer() + "*" + target.weight())
        .collect(Collectors.joining("+", VERSION + "/" + choice.brain().hash() + "/", ""));
  }

  private static Path cacheFile() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path folder =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return folder.resolve("reverie").resolve("halos.properties");
  }

  private static Properties read(Path file) {
    Properties halos = new Properties();
    if (Files.isReadable(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        halos.load(in);
      } catch (IOException | IllegalArgumentException e) {
        LOG.warn("{} cannot be read; halos are measured again", file, e);
      }
    }
    return halos;
  }

  private static void write(Path file, Properties halos) {
    try {
      Files.createDirectories(file.getParent());
      try (OutputStream out = Files.newOutputStream(file)) {
        halos.store(out, "Halos in pixels by brain and layers, as Reverie measured them");
      }
    } catch (IOException e) {
      // A cache that cannot be kept costs time at the next render, and nothing else.
      LOG.warn("{} cannot be written; halos are measured again", file, e);
    }
  }
}
