package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.BrainCard;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.LayerMemory;
import org.reverie.executor.work.Machine;
import org.reverie.tiling.LayerGeometry;

/** Brains' cards for people. */
public final class Cards {
  /** Edge of the window whose memory is told; a multiple of all strides. */
  private static final int WINDOW_PIXELS = 512;

  private static final double SQUARE = (double) WINDOW_PIXELS * WINDOW_PIXELS;

  /** If the brain is missing, which the command line calls so. */
  private static final String REMEDY = "Check DIR";

  private Cards() {}

  /**
   * Looks at what a request names that is not sound itself, so that all mistakes of a command can
   * be told at once.
   *
   * @param choice the brain; the built-in one where its path is null
   * @param layers names of layers
   * @param unread flags that were given and are of no use
   * @return what cannot be used of the others
   */
  public static List<Problem> problemsOfFiles(
      RenderJob.Brain choice, List<String> layers, Set<String> unread) {
    Configuration configuration = Places.configuration();
    Inspection inspection = new Inspection();
    boolean isThere =
        inspection.look(() -> BrainChoice.requireThere(choice, REMEDY, configuration));
    if (isThere && !BrainChoice.isUnread(unread)) {
      Optional<LoadedBrain> loaded =
          inspection.read(() -> BrainChoice.load(choice, REMEDY, configuration));
      loaded.ifPresent(brain -> inspection.look(() -> targets(brain, layers)));
    }
    return inspection.problems();
  }

  /**
   * The card of a brain, with the measured halo of some layers, and what dreaming them takes of the
   * memory.
   *
   * @param choice the brain
   * @param layers names of the layers to measure; empty for the first preferred one. The memory of
   *     every layer below is that of dreaming the first of them
   * @return text of several lines
   * @throws UserException if the brain cannot be read, or with all layers that it has not
   */
  public static String of(RenderJob.Brain choice, List<String> layers) {
    try {
      LoadedBrain loaded = BrainChoice.load(choice, REMEDY, Places.configuration());
      List<String> preferred = loaded.brain().preferredLayers();
      List<String> measured =
          layers.isEmpty() ? preferred.subList(0, Math.min(1, preferred.size())) : layers;
      if (measured.isEmpty()) {
        return BrainCard.of(loaded).text();
      }
      List<BrainChoice> targets = targets(loaded, measured);
      Map<String, String> halos = new HashMap<>();
      List<String> totals = new ArrayList<>();
      List<BrainCard.Column> columns = new ArrayList<>();
      EngineProvider provider = Engines.choose(Engines.AUTO).provider();
      for (BrainChoice target : targets) {
        String layer = target.targets().get(0).name();
        EngineProvider.Options options =
            new EngineProvider.Options(Machine.processors(), 0, EngineProvider.Precision.FLOAT32);
        try (Engine engine = provider.open(loaded.brain(), target.objective(), options)) {
          LayerGeometry geometry = target.geometry();
          if (geometry.bounded()) {
            halos.put(layer, AutoHalo.pixels(target, geometry, engine) + " px");
          }
          totals.add(total(provider, engine, layer));
          if (columns.isEmpty()) {
            columns.addAll(memory(engine));
          }
        }
      }
      columns.add(0, new BrainCard.Column("auto halo", halos));
      return BrainCard.of(loaded).text(columns, totals);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<BrainChoice> targets(LoadedBrain loaded, List<String> layers) {
    List<BrainChoice> targets = new ArrayList<>();
    Set<Problem> problems = new LinkedHashSet<>(); // a layer may be named twice
    for (String layer : layers) {
      try {
        targets.add(BrainChoice.of(loaded, layer));
      } catch (UserException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new UserException(List.copyOf(problems));
    }
    return targets;
  }

  private static String total(EngineProvider provider, Engine engine, String layer) {
    return String.format(
        Locale.ROOT,
        "%.0f bytes per pixel of a window to dream %s, over %s of weights (%s)",
        engine.bytesFor(WINDOW_PIXELS, WINDOW_PIXELS) / SQUARE,
        layer,
        PlanText.bytes(engine.weightBytes()),
        provider.name());
  }

  /** Bytes per pixel of every layer; no columns if the engine does not tell. */
  private static List<BrainCard.Column> memory(Engine engine) {
    Map<String, String> activations = new HashMap<>();
    Map<String, String> gradients = new HashMap<>();
    Map<String, String> others = new HashMap<>();
    List<LayerMemory> layers = engine.memoryByLayer(WINDOW_PIXELS, WINDOW_PIXELS);
    for (LayerMemory layer : layers) {
      put(activations, layer.layer(), layer.activationBytes());
      put(gradients, layer.layer(), layer.gradientBytes());
      put(others, layer.layer(), layer.otherBytes());
    }
    return layers.isEmpty()
        ? List.of()
        : List.of(
            new BrainCard.Column("values B/px", activations),
            new BrainCard.Column("gradient B/px", gradients),
            new BrainCard.Column("scratch B/px", others));
  }

  private static void put(Map<String, String> cells, String layer, long bytes) {
    if (bytes > 0) {
      cells.put(layer, String.format(Locale.ROOT, "%.1f", bytes / SQUARE));
    }
  }
}
