package org.reverie.executor.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.store.Store;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;

/**
 * What an executor keeps for one render: the plan, the store, and one engine per device, opened
 * when a task first needs it.
 */
final class RenderContext implements AutoCloseable {
  /**
   * State and gradient of a canvas of 11 megapixels, twice: what an iteration reads and what it
   * stores.
   */
  private static final long MOST_REMEMBERED = 512L << 20;

  /** The open one of each session. */
  private static final Map<String, RenderContext> OPEN = new ConcurrentHashMap<>();

  private final RenderSetup setup;
  private final RenderPlan plan;
  private final Store store;
  private final Colours colours;
  private final Optional<GuideMask> guideMask;
  private final Map<Integer, OctaveTasks> tasks = new ConcurrentHashMap<>();
  private final Map<String, EngineSlot> slots;

  private RenderContext(RenderSetup setup, Optional<RenderContext> before) {
    this.setup = setup;
    this.plan = PlanCodec.decode(setup.plan());
    this.slots = before.map(this::takeOver).orElseGet(ConcurrentHashMap::new);
    this.colours = new Colours(plan.brain());
    this.guideMask =
        setup.guideMask().length == 0
            ? Optional.empty()
            : Optional.of(GuideMask.decode(setup.guideMask()));
    try {
      Configuration configuration = new Configuration();
      for (String[] setting : setup.hadoop()) {
        configuration.set(setting[0], setting[1]);
      }
      this.store =
          Store.open(setup.store(), configuration)
              .remembering(Math.min(MOST_REMEMBERED, Runtime.getRuntime().maxMemory() / 8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The context of a render in this process. The render of the same session that ran here before
   * leaves it its engines where they fit, and gives up their memory where they do not.
   */
  static RenderContext of(RenderSetup setup) {
    return OPEN.compute(
        setup.session(),
        (session, open) ->
            open != null && open.setup.id().equals(setup.id())
                ? open
                : new RenderContext(setup, Optional.ofNullable(open)));
  }

  /** Gives back engines and memory of a session, if this process has any. */
  static void release(String session) {
    RenderContext context = OPEN.remove(session);
    if (context != null) {
      context.close();
    }
  }

  /**
   * Gives back what the engines of a session keep compiled in an accelerator's memory. Between two
   * renders nobody computes on them.
   */
  static void rest(String session) {
    RenderContext context = OPEN.get(session);
    if (context != null) {
      context.slots.values().forEach(EngineSlot::rest);
    }
  }

  /** Weights are loaded once for all renders that dream the same of one brain. */
  private Map<String, EngineSlot> takeOver(RenderContext before) {
    boolean same =
        before.plan.brain().equals(plan.brain())
            && before.plan.engine().equals(plan.engine())
            && before.setup.engineBytes() == setup.engineBytes();
    if (!same) {
      before.close();
    }
    return same ? before.slots : new ConcurrentHashMap<>();
  }

  RenderSetup setup() {
    return setup;
  }

  RenderPlan plan() {
    return plan;
  }

  Store store() {
    return store;
  }

  Colours colours() {
    return colours;
  }

  /** Which guide counts where, if there are several. */
  Optional<GuideMask> guideMask() {
    return guideMask;
  }

  Clip clip() {
    return Clip.pixels(colours.mean());
  }

  OctavePlan octave(int index) {
    return plan.octaves().get(index);
  }

  /** What an octave's task numbers mean. */
  OctaveTasks tasks(int octave) {
    return tasks.computeIfAbsent(octave, index -> new OctaveTasks(plan, octave(index)));
  }

  /** The engine of the device that this task was given. */
  EngineSlot engine() {
    return slots.computeIfAbsent(TaskDevice.address().orElse("0"), this::open);
  }

  private EngineSlot open(String device) {
    RenderPlan.EngineFacts facts = plan.engine();
    EngineProvider provider = Engines.choose(facts.name()).provider();
    if (!provider.instructionSet().equals(facts.instructionSet())) {
      throw new IllegalStateException(
          "the plan was made for %s with %s; this executor has %s, which gives other bits"
              .formatted(facts.name(), facts.instructionSet(), provider.instructionSet()));
    }
    Brain brain = BrainCodec.decode(setup.brain());
    Engine engine =
        provider.open(
            brain,
            PlannedObjective.of(brain, plan.brain().targets(), setup.guide(), setup.guideEnds()),
            new EngineProvider.Options(
                facts.threads(),
                Integer.parseInt(device),
                EngineProvider.Precision.valueOf(facts.precision())));
    return new EngineSlot(engine, setup.engineBytes());
  }

  @Override
  public void close() {
    slots.values().forEach(EngineSlot::close);
    slots.clear();
  }
}
