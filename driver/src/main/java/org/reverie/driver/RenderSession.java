package org.reverie.driver;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.reverie.conf.RenderJob;
import org.reverie.driver.spark.SparkApplication;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.work.Machine;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.Survey;
import org.reverie.executor.work.SurveyAnswer;
import org.reverie.executor.work.SurveyQuestion;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.Tasks;
import org.reverie.executor.work.TimedBody;

/**
 * What renders that follow one another share: Spark, the engines on its executors, and when to
 * stop. One thread's; closing it stops Spark and frees the engines of this process.
 */
public final class RenderSession implements AutoCloseable {
  private final String id = UUID.randomUUID().toString();
  // One more task than cores: while one waits for its turn in the engine, others read and store.
  private final int slots = Machine.processors() + 1;
  private final boolean inProcess;
  private final SparkApplication spark;
  private final TaskBody body;
  private final Map<String, Double> rates = new HashMap<>();
  private RenderJob.Brain brainChoice;
  private LoadedBrain brain;
  private int renders;

  /**
   * @param master {@value Render#IN_PROCESS}, a Spark master, or null to leave it to Spark's own
   *     settings, or run in this process
   * @param deadline from when on no task is begun; empty for none
   * @param say told, in words for a person and by any thread, if a master lets wait
   */
  public RenderSession(String master, Optional<Instant> deadline, Consumer<String> say) {
    this(
        master,
        deadline
            .map(instant -> (TaskBody) new TimedBody(Tasks::perform, instant))
            .orElse(Tasks::perform),
        say);
  }

  /** One of this process alone. */
  public static RenderSession inProcess() {
    return new RenderSession(Render.IN_PROCESS, Optional.empty(), note -> {});
  }

  /**
   * @param body performs the tasks of all renders
   */
  RenderSession(String master, TaskBody body) {
    this(master, body, note -> {});
  }

  private RenderSession(String master, TaskBody body, Consumer<String> say) {
    inProcess = Render.isInProcess(master);
    spark = new SparkApplication(Optional.ofNullable(master), slots, say);
    this.body = body;
  }

  /** A name for the next render's setup, by which executors keep apart what they hold. */
  String nextSetup() {
    return id + RenderSetup.IN_SESSION + renders++;
  }

  /** A brain, which is read once for all renders in a row that take it. */
  LoadedBrain brain(RenderJob.Brain choice, Configuration configuration) throws IOException {
    if (!choice.equals(brainChoice)) {
      brain = BrainChoice.load(choice, configuration);
      brainChoice = choice;
    }
    return brain;
  }

  /**
   * The time of a gradient, which people are told before a render starts, if an earlier render
   * measured it.
   *
   * @param key of brain, layers and settings of the engine
   * @return seconds per megapixel
   */
  Optional<Double> secondsPerMegapixel(String key) {
    return Optional.ofNullable(rates.get(key));
  }

  /** Takes a measured time for renders that dream the same layers in the same way. */
  void keep(String key, double secondsPerMegapixel) {
    rates.put(key, secondsPerMegapixel);
  }

  /** Lets a cluster's executors start while the render is planned. */
  void begin() {
    if (!inProcess) {
      spark.begin();
    }
  }

  TileRunner runner(RenderSetup setup) {
    return inProcess ? new InProcessRunner(slots, setup, body) : spark.runner(setup, body);
  }

  /**
   * Plans with the engine that will dream: with one of an executor's, in a task that is given a
   * device as tiles are, where executors have accelerators, or where this machine cannot run the
   * engine; else with this machine's.
   *
   * @throws org.reverie.conf.UserException if no such engine runs there, or it cannot dream what is
   *     asked for
   */
  SurveyAnswer survey(SurveyQuestion question, Brain brain) {
    boolean elsewhere =
        !inProcess
            && spark.isCluster()
            && (spark.givesDevices() || !Engines.canRun(question.job().run().engine()));
    if (!elsewhere) {
      return Survey.answer(question, brain, id, 0);
    }
    RenderSetup setup = RenderSetup.ofBrain(BrainCodec.encode(brain), nextSetup());
    try (TileRunner runner = spark.runner(setup, new Survey(question.encode()))) {
      Stage stage = new Stage(Stage.Kind.GRADIENT, 0, 0, new float[0]);
      return SurveyAnswer.decode(runner.run(stage, 1, report -> {}).get(0).bytes());
    }
  }

  @Override
  public void close() {
    spark.close();
    Tasks.release(id);
  }
}
