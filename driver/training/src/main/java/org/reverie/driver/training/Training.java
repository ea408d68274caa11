package org.reverie.driver.training;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.reverie.conf.Causes;
import org.reverie.conf.Counted;
import org.reverie.conf.UserException;
import org.reverie.driver.BrainFolder;
import org.reverie.driver.Inspection;
import org.reverie.driver.Places;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.StageFailedException;
import org.reverie.driver.TrainingLease;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingView;
import org.reverie.driver.spark.SparkContexts;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.caffe.BrainWriter;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training, from folders of pictures to a brain. {@link #run} is the whole of it: list the
 * pictures, look at each once, divide them, build the network, then rounds of steps on all workers
 * with an average after each, and at the end of every epoch validation, checkpoint and preview.
 */
final class Training {
  private static final Logger LOG = LoggerFactory.getLogger(Training.class);

  /** The key of {@code brain.yaml} that tells a brain that was trained here. */
  static final String DATA_HASH = "data-sha256";

  private static final double CHECKPOINT_SECONDS = 300;
  private static final int SKIPPED_SHOWN = 30;
  private static final int BEFORE_FILE_SYSTEMS_CLOSE = FileSystem.SHUTDOWN_HOOK_PRIORITY + 1;
  private static final double RATE_MEMORY = 0.8;

  private final TrainingRequest request;
  private final TrainingInput input;
  private final Corpus corpus;
  private final TrainingView view;
  private final Configuration configuration = Places.configuration();
  private final Path out;
  private final FileSystem fileSystem;
  private final Path work;
  private final Checkpoints checkpoints;
  private TrainingLease lease;
  private final long startNanos = System.nanoTime();

  private Division division;
  private Colours colours;
  private Network network;
  private ComputationGraph graph;
  private Schedule schedule;

  /** How many steps in a row are taken on the same pictures. */
  private int showings;

  private int workers;

  /** Whether there is a checkpoint to go on from. */
  private boolean isKept;

  private long stepsPerEpoch;
  private long step;
  private double secondsBefore;
  private List<Double> accuracies = new ArrayList<>();
  private Validation validation;

  private Training(TrainingRequest request, TrainingInput input, TrainingView view)
      throws IOException {
    this.request = request;
    corpus = input.corpus();
    this.input = input;
    this.view = view;
    out = Places.path(request.out(), configuration);
    fileSystem = Places.fileSystem(out, configuration);
    work = new Path(out, BrainFolder.TRAINING);
    checkpoints = new Checkpoints(fileSystem, work);
  }

  /**
   * Trains.
   *
   * @return {@code STOPPED} if the time was up, or a checkpoint, a preview or the brain could not
   *     be written, else {@code DONE}
   * @throws UserException with all that cannot be used of pictures, brain, settings and output
   */
  static RenderOutcome run(TrainingRequest request, TrainingView view) throws IOException {
    Inspection inspection = new Inspection();
    Optional<TrainingInput> input = TrainingInspection.of(request, Set.of(), inspection);
    inspection.require();
    return new Training(request, input.orElseThrow(), view).alone();
  }

  /** Two that wrote and removed checkpoints in one folder would leave neither what it counts on. */
  private RenderOutcome alone() throws IOException {
    MadeFolders made = MadeFolders.before(fileSystem, work);
    lease = TrainingLease.acquire(fileSystem, out, view::note);
    // Ctrl-C ends the process without coming back here.
    Runnable release = () -> release(made);
    ShutdownHookManager.get().addShutdownHook(release, BEFORE_FILE_SYSTEMS_CLOSE);
    try (JavaSparkContext spark = open()) {
      return onSpark(spark);
    } finally {
      if (!ShutdownHookManager.get().isShutdownInProgress()) {
        ShutdownHookManager.get().removeShutdownHook(release);
      }
      release(made);
    }
  }

  private void release(MadeFolders made) {
    try {
      lease.close();
      made.takeBack();
    } catch (IOException e) {
      // The next run finds that this process is dead.
      LOG.warn("cannot let go of {}", work, e);
    }
  }

  private RenderOutcome onSpark(JavaSparkContext spark) throws IOException {
    try {
      return run(spark);
    } catch (Exception e) { // Scala declares none of those that it throws
      Optional<String> lost = lost(e, spark.sc().isStopped());
      if (lost.isPresent()) {
        throw new StageFailedException("the training, at step " + step + ": " + lost.get(), e);
      }
      throw e;
    }
  }

  /**
   * What was lost of a cluster, of its executors or of its files, and ended a training without a
   * mistake in it.
   *
   * @param isEnded whether Spark had ended before anybody asked it to
   * @return Spark's words; empty where it was something else
   */
  static Optional<String> lost(Throwable thrown, boolean isEnded) {
    if (Causes.first(thrown, UserException.class).isPresent()) {
      return Optional.empty();
    }
    String words =
        String.valueOf(thrown.getMessage()).lines().findFirst().orElse("").replaceFirst("\\.$", "");
    if (isEnded) {
      return Optional.of("Spark has ended: " + words);
    }
    boolean isFile = Causes.first(thrown, IOException.class).isPresent();
    return thrown instanceof SparkException && (isFile || words.contains("ExecutorLostFailure"))
        ? Optional.of(words)
        : Optional.empty();
  }

  private JavaSparkContext open() {
    // DL4J's own classes cross Spark beside ours.
    SparkConf conf =
        SparkContexts.settings(
            new SparkConf(), "reverie train", Optional.ofNullable(request.master()), 1);
    conf.set("spark.kryo.registrator", TrainingKryoRegistrator.class.getName());
    // Credentials of the driver's environment among them.
    for (String[] setting : Places.settings()) {
      conf.setIfMissing("spark.hadoop." + setting[0], setting[1]);
    }
    return SparkContexts.start(conf, view::note);
  }

  private RenderOutcome run(JavaSparkContext spark) throws IOException {
    Optional<String> kept =
        request.fresh() ? Optional.empty() : checkpoints.last().map(Checkpoint::request);
    workers =
        Workers.count(
            spark.sc(), kept.map(TrainingSettings::workers).orElse(OptionalInt.empty()), view);
    if (kept.isPresent()) {
      // What is said of the pictures must wait until they were looked at.
      requireSame(
          TrainingSettings.known(request, workers, input.from(), kept.get())
              .differences(kept.get()));
    }
    view.note(
        "%d classes, %s; looking at each"
            .formatted(corpus.classes().size(), Counted.of(corpus.paths().length, "file")));
    List<Survey.Finding> findings = Survey.of(spark, corpus.paths(), request.size());
    if (!spark.sc().isLocal()) {
      Survey.requireShared(request.images(), corpus.paths(), findings);
    }
    division = Division.of(corpus, findings, request.validation());
    tellSkipped();
    Survey.notes(corpus.paths(), findings).forEach(view::note);
    colours =
        Colours.of(
            division.training().stream().map(index -> findings.get(index).colours()).toList());
    int threads = prepare(spark);
    if (isThere()) {
      view.note(
          PathNames.written(out)
              + " is there already, trained with these settings; --fresh trains it again");
      return RenderOutcome.DONE;
    }
    if (isKept) {
      view.note("goes on at step %d of %d".formatted(step, schedule.steps()));
    }
    Broadcast<Showing> shown = spark.broadcast(showing(division.training(), threads));
    Broadcast<Showing> validated = spark.broadcast(showing(division.validation(), threads));
    if (!train(spark, threads, shown, validated)) {
      return RenderOutcome.STOPPED;
    }
    if (validation == null) {
      validation = Validation.of(spark, graph, validated);
    }
    return finish() ? RenderOutcome.DONE : RenderOutcome.STOPPED;
  }

  /** From the network to the state of the last checkpoint; the threads of a worker. */
  private int prepare(JavaSparkContext spark) throws IOException {
    int threads = request.threads() != null ? request.threads() : threads(spark.sc());
    WorkerThreads.limit(threads);
    network = input.network(request, colours.mean());
    graph = network.build();
    plan();
    resume();
    return threads;
  }

  /** Of a worker: those of its cores, of which the driver's processors say nothing elsewhere. */
  private int threads(SparkContext spark) {
    return spark.isLocal()
        ? Math.max(1, Runtime.getRuntime().availableProcessors() / workers)
        : spark.conf().getInt("spark.task.cpus", 1);
  }

  private void tellSkipped() {
    division.skipped().stream().limit(SKIPPED_SHOWN).forEach(line -> view.note("skipped " + line));
    int more = division.skipped().size() - SKIPPED_SHOWN;
    if (more > 0) {
      division.skipped().stream().skip(SKIPPED_SHOWN).forEach(line -> LOG.warn("skipped {}", line));
      view.note(
          "skipped "
              + Counted.of(more, "more file")
              + " that cannot be used; the log names "
              + (more == 1 ? "it" : "them"));
    }
    view.note(
        "%s to train on, %d to validate"
            .formatted(
                Counted.of(division.training().size(), "picture"), division.validation().size()));
  }

  private void plan() {
    long pictures = division.training().size();
    showings = request.adversarial() > 0 ? Adversary.SHOWINGS : 1;
    stepsPerEpoch = showings * Math.max(1, pictures / ((long) request.batch() * workers));
    schedule = new Schedule(request.policy(), request.rate(), stepsPerEpoch * request.epochs());
    view.note(
        "%s, %,d parameters, %d px; %s of %s of %s on %s"
            .formatted(
                request.from() == null
                    ? request.architecture().name().toLowerCase(Locale.ROOT)
                    : request.from(),
                graph.numParams(),
                request.size(),
                Counted.of(request.epochs(), "epoch"),
                Counted.of(stepsPerEpoch, "step"),
                Counted.of(request.batch(), "picture"),
                Counted.of(workers, "worker")));
  }

  private void resume() throws IOException {
    if (request.fresh()) {
      checkpoints.clear();
      return;
    }
    Optional<Checkpoint> last = checkpoints.last();
    if (last.isEmpty()) {
      return;
    }
    Checkpoint found = last.get();
    requireSame(settings().differences(found.request()));
    if (found.step() > schedule.steps()) {
      throw UserException.of(
          "training-epochs-done",
          "--epochs",
          "%s of the training in %s are done, and %s would be %d"
              .formatted(
                  Counted.of(found.step(), "step"),
                  request.out(),
                  Counted.of(request.epochs(), "epoch"),
                  schedule.steps()),
          "Give %d or more to go on, another --out, or --fresh to throw it away"
              .formatted((found.step() + stepsPerEpoch - 1) / stepsPerEpoch));
    }
    graph.setParams(row(found.parameters()));
    graph.getUpdater().setStateViewArray(row(found.updater()));
    step = found.step();
    secondsBefore = found.seconds();
    accuracies = new ArrayList<>(found.accuracies());
    isKept = true;
    view.kept();
  }

  private void requireSame(List<String> differences) {
    if (!differences.isEmpty()) {
      throw UserException.of(
          "training-other",
          request.out(),
          "another training is kept there: " + String.join("; ", differences),
          "Take the same pictures, settings and workers to go on, another --out, or --fresh to throw it away");
    }
  }

  /** Whether nothing is left to do, so that what people noted on the card is not lost. */
  private boolean isThere() throws IOException {
    if (step < schedule.steps()
        || !checkpoints.finishedTraining().filter(this::isThis).isPresent()) {
      return false;
    }
    for (String name :
        List.of(
            BrainWriter.DEFINITION,
            BrainWriter.WEIGHTS,
            BrainWriter.DESCRIPTOR,
            BrainOutput.CARD)) {
      if (!fileSystem.exists(new Path(out, name))) {
        return false;
      }
    }
    return true;
  }

  /** What tells this training, to its last step, from others. */
  private String whole() {
    return settings().text() + toLastStep();
  }

  private String toLastStep() {
    return "steps: " + schedule.steps() + "\n";
  }

  private boolean isThis(String whole) {
    String end = toLastStep();
    return whole.endsWith(end)
        && settings().differences(whole.substring(0, whole.length() - end.length())).isEmpty();
  }

  private TrainingSettings settings() {
    return TrainingSettings.of(request, division, corpus.classes(), workers, network.trunk());
  }

  private static INDArray row(float[] values) {
    return Nd4j.create(values, new long[] {1, values.length}, 'c');
  }

  private Showing showing(List<Integer> indices, int threads) {
    return new Showing(
        indices.stream().map(index -> corpus.paths()[index]).toArray(String[]::new),
        indices.stream().mapToInt(index -> corpus.labels()[index]).toArray(),
        corpus.classes().size(),
        request.size(),
        request.batch(),
        network.trunk().mean(),
        network.trunk().colourOrder() == Brain.ColourOrder.BGR,
        colours.lighting(),
        request.photometric(),
        request.grain(),
        request.labelSmoothing(),
        request.seed(),
        threads);
  }

  /** Whether it came to its end. */
  private boolean train(
      JavaSparkContext spark, int threads, Broadcast<Showing> shown, Broadcast<Showing> kept)
      throws IOException {
    BatchLoader loader = new BatchLoader(shown);
    double rate = 0;
    double lastCheckpoint = seconds();
    double stop =
        request.stopAfter() == null
            ? Double.MAX_VALUE
            : secondsBefore + inSeconds(request.stopAfter());
    // A stop may have come between an epoch's checkpoint and its sheet.
    boolean epochEnded = step > 0 && step % stepsPerEpoch == 0;
    if (epochEnded && !fileSystem.exists(sheet()) && !preview()) {
      return false;
    }
    while (step < schedule.steps()) {
      long toEpoch = stepsPerEpoch - step % stepsPerEpoch;
      int whole = (request.averaging() + showings - 1) / showings * showings;
      int steps = (int) Math.min(whole, toEpoch);
      double before = seconds();
      double loss = round(spark, loader, threads, steps);
      step += steps;
      double now = steps * (double) workers * request.batch() / (seconds() - before);
      rate = rate == 0 ? now : RATE_MEMORY * rate + (1 - RATE_MEMORY) * now;
      tell(loss, rate);
      boolean epochEnds = step % stepsPerEpoch == 0;
      if (epochEnds) {
        validation = Validation.of(spark, graph, kept);
        accuracies.add(validation.accuracy());
        view.result(
            String.format(
                Locale.ROOT,
                "epoch %d of %d: loss %.3f, accuracy %.1f %% of %s, %.1f images/s, %s",
                step / stepsPerEpoch,
                request.epochs(),
                loss,
                100 * validation.accuracy(),
                Counted.of(validation.pictures(), "picture"),
                rate,
                people(seconds())));
      }
      boolean timeIsUp = seconds() >= stop && step < schedule.steps();
      if (epochEnds || timeIsUp || seconds() - lastCheckpoint > CHECKPOINT_SECONDS) {
        if (!keep()) {
          return false;
        }
        lastCheckpoint = seconds();
      }
      if (epochEnds && !preview()) {
        return false;
      }
      if (timeIsUp) {
        view.note("the time is up at step %d of %d".formatted(step, schedule.steps()));
        return false;
      }
    }
    return true;
  }

  /** Some steps on every worker and their average; the mean loss of the last step. */
  private double round(JavaSparkContext spark, BatchLoader loader, int threads, int steps) {
    ParameterAveragingTrainingMaster master =
        // A worker cuts what it reads into batches of that size: one loaded batch must stay one.
        new ParameterAveragingTrainingMaster.Builder(workers, request.batch())
            .batchSizePerWorker(request.batch())
            .averagingFrequency(steps)
            .workerPrefetchNumBatches(2)
            .aggregationDepth(2)
            .repartionData(Repartition.Never)
            .rddTrainingApproach(RDDTrainingApproach.Direct)
            .trainingHooks(new WorkerThreads(threads, request.seed()))
            .saveUpdater(true)
            .rngSeed(request.seed())
            .build();
    network.setRate(graph, schedule.rate(step));
    network.setAdversary(graph, (double) (step + showings) / schedule.steps());
    List<String> batches = batches(step, workers, steps, showings);
    SparkComputationGraph distributed = new SparkComputationGraph(spark, graph, master);
    graph = distributed.fitPaths(spark.parallelize(batches, workers), loader);
    return distributed.getScore();
  }

  /**
   * The numbers of the batches of a round, of which every worker takes one stretch.
   *
   * @param step the first, a multiple of {@code showings}
   * @param workers equally long stretches
   * @param steps of a worker, a multiple of {@code showings}
   * @param showings how often a batch is shown in a row
   */
  static List<String> batches(long step, int workers, int steps, int showings) {
    return LongStream.range(step * workers, (step + steps) * workers)
        .mapToObj(i -> Long.toString(i / showings))
        .toList();
  }

  private void tell(double loss, double rate) {
    double left =
        (schedule.steps() - step) * (double) workers * request.batch() / Math.max(1e-9, rate);
    view.progress(
        String.format(
            Locale.ROOT,
            "epoch %d of %d  step %d of %d  loss %.3f%s  %.1f images/s  %s left",
            (step - 1) / stepsPerEpoch + 1,
            request.epochs(),
            step,
            schedule.steps(),
            loss,
            accuracies.isEmpty()
                ? ""
                : String.format(
                    Locale.ROOT, "  accuracy %.1f %%", 100 * accuracies.get(accuracies.size() - 1)),
            rate,
            people(left)));
  }

  /** Whether a checkpoint could be written. */
  private boolean keep() {
    if (isTakenOver()) {
      return false;
    }
    try {
      checkpoints.write(
          new Checkpoint(
              settings().text(),
              step,
              seconds(),
              accuracies,
              graph.params().dup('c').toFloatVector(),
              graph.getUpdater().getStateViewArray().dup('c').toFloatVector()));
      isKept = true;
      view.kept();
      return true;
    } catch (IOException | FSError e) {
      view.note(
          "stopped at step %d: the checkpoint cannot be written to %s (%s)%s. Make room and call the same command"
              .formatted(
                  step,
                  PathNames.written(work),
                  UnwritableException.reason(e),
                  isKept ? "; the one before is kept" : ""));
      return false;
    }
  }

  private boolean isTakenOver() {
    if (lease.lost()) {
      view.note(
          "stopped at step %d: another run trains %s now, since this one seemed dead to it"
              .formatted(step, PathNames.written(out)));
    }
    return lease.lost();
  }

  /** Whether the last epoch's brain and what it dreams could be written. */
  private boolean preview() throws IOException {
    Path lastEpoch = new Path(work, BrainFolder.LAST_EPOCH);
    try {
      writeBrain(lastEpoch, Optional.empty());
    } catch (IOException | FSError e) {
      return stopped("its brain cannot be written to " + PathNames.written(lastEpoch), e);
    }
    Path sheet = sheet();
    BufferedImage dreams =
        Preview.of(PathNames.written(lastEpoch), network.trunk().preferredLayers(), request.seed());
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try (ImageOutputStream memory = new MemoryCacheImageOutputStream(png)) {
      ImageIO.write(dreams, "png", memory);
    }
    try (OutputStream stream = fileSystem.create(sheet, true)) {
      png.writeTo(stream);
    } catch (IOException | FSError e) {
      fileSystem.delete(sheet, false);
      return stopped("its dreams so far cannot be written to " + PathNames.written(sheet), e);
    }
    view.note("dreams so far: " + PathNames.written(sheet));
    return true;
  }

  /** The dreams of the epoch that ended last. */
  private Path sheet() {
    return new Path(work, "epoch-%03d.png".formatted(step / stepsPerEpoch));
  }

  /** Whether such a sheet is called so. */
  static boolean isSheet(String name) {
    return name.matches("epoch-\\d{3,}\\.png");
  }

  /** False, said to people; a checkpoint of this step is kept. */
  private boolean stopped(String what, Throwable reason) {
    view.note(
        "stopped at step %d, which is kept: %s (%s). Make room and call the same command"
            .formatted(step, what, UnwritableException.reason(reason)));
    return false;
  }

  private void writeBrain(Path folder, Optional<String> card) throws IOException {
    new BrainOutput(fileSystem, work)
        .write(
            folder,
            brain(),
            new BrainWriter.Details(request.size(), true, corpus.classes(), made()),
            card);
  }

  /**
   * The brain as it is now, called by its folder: by the name of its architecture, or of the brain
   * that it started from, a card or a recipe would tell of another.
   */
  private Brain brain() {
    Brain brain = network.brain(graph);
    String name = out.getName().replaceAll("\\p{Cntrl}", " ").strip();
    return name.isEmpty()
        ? brain
        : BrainCodec.hashed(
            name, brain.layers(), brain.mean(), brain.colourOrder(), brain.preferredLayers());
  }

  private Map<String, Object> made() {
    Map<String, Object> made = new LinkedHashMap<>();
    if (request.from() == null) {
      made.put("architecture", request.architecture().name().toLowerCase(Locale.ROOT));
    } else {
      made.put("from", Places.path(request.from(), configuration).getName());
      made.put("from-sha256", input.fromHash());
    }
    if (request.freezeTo() != null) {
      made.put("freeze-to", request.freezeTo());
    }
    made.put("pictures", division.training().size());
    made.put("validation", division.validation().size());
    made.put(DATA_HASH, division.hash());
    made.put("size", request.size());
    made.put("epochs", request.epochs());
    made.put("batch", request.batch());
    made.put("averaging", request.averaging());
    made.put("workers", workers);
    made.put("policy", request.policy().name().toLowerCase(Locale.ROOT));
    made.put("rate", request.rate());
    made.put("optimiser", request.optimiser().name().toLowerCase(Locale.ROOT));
    made.put("weight-decay", request.weightDecay());
    made.put("label-smoothing", request.labelSmoothing());
    made.put("photometric", request.photometric());
    made.put("grain", request.grain());
    made.put("adversarial", request.adversarial());
    made.put("batch-norm", request.batchNorm());
    made.put("seed", request.seed());
    made.put("steps", step);
    made.put(
        "accuracies", accuracies.stream().map(a -> Math.round(a * 10_000) / 10_000.0).toList());
    return made;
  }

  /** Whether the brain could be written; else the same command does so from the checkpoint. */
  private boolean finish() {
    if (isTakenOver()) {
      return false;
    }
    try {
      checkpoints.unfinish();
      writeBrain(out, Optional.of(card()));
      checkpoints.finish(whole());
    } catch (IOException | FSError e) {
      view.note(
          "stopped: the brain cannot be written to %s (%s). Make room and call the same command: it writes the brain without training again"
              .formatted(PathNames.written(out), UnwritableException.reason(e)));
      return false;
    }
    view.result(
        String.format(
            Locale.ROOT,
            "Wrote %s: %.1f %% of %s right, after %s",
            PathNames.written(out),
            100 * validation.accuracy(),
            Counted.of(validation.pictures(), "validation picture"),
            people(seconds())));
    return true;
  }

  private String card() {
    Brain brain = brain();
    StringBuilder text = new StringBuilder();
    text.append("# ").append(brain.name()).append("\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "Classified right: %.1f %% of %s kept from training.%n%n",
            100 * validation.accuracy(),
            Counted.of(validation.pictures(), "picture")));
    text.append("Worth dreaming: ")
        .append(String.join(", ", brain.preferredLayers()))
        .append(".\n\n");
    text.append("## How it was trained\n\n");
    made()
        .forEach(
            (key, value) -> text.append("- ").append(key).append(": ").append(value).append('\n'));
    text.append("- brain-sha256: ").append(brain.hash()).append("\n\n");
    text.append("## What was taken for what\n\nTrue classes down, by number across.\n\n");
    text.append(validation.table(corpus.classes()));
    return text.toString();
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - startNanos) * 1e-9;
  }

  private static double inSeconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static String people(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + " s"
        : whole < 3600
            ? whole / 60 + " min " + whole % 60 + " s"
            : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }
}
