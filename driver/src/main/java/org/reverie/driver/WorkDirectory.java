package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.JobKey;
import org.reverie.conf.Problem;
import org.reverie.conf.Recipe;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;
import org.reverie.executor.store.Lease;
import org.reverie.executor.store.Store;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RenderPlan.BrainFacts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that keeps a render's state: new, or left by an earlier run with the same settings,
 * which is then carried on with the plan it was begun with.
 */
final class WorkDirectory implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(WorkDirectory.class);
  private static final String OWN = ".reverie/work";

  /** What says how a canvas is written, and nothing of what is dreamt on it. */
  private static final Set<String> OF_PRINT = Set.of(JobKey.DEPTH.path(), JobKey.DITHER.path());

  /** Of names that are told. */
  private static final int MOST_NAMES = 3;

  /** Those that renders of this process hold, for when it is told to end. */
  private static final Set<WorkDirectory> HELD = ConcurrentHashMap.newKeySet();

  private final Store store;
  private final RenderPlan plan;
  private final boolean ours;
  private final boolean finished;
  private final Claims claims;
  private final Consumer<String> say;

  private WorkDirectory(
      Store store,
      RenderPlan plan,
      boolean ours,
      boolean finished,
      Claims claims,
      Consumer<String> say) {
    this.claims = claims;
    this.say = say;
    this.store = store;
    this.plan = plan;
    this.ours = ours;
    this.finished = finished;
    if (!finished) {
      HELD.add(this);
    }
  }

  /**
   * Opens the work directory of a job, and writes the plan into it if it is new.
   *
   * @param out the print
   * @param plan made for this run; a resumed render keeps its own, but for how the print is written
   * @param say told, in words for a person, what is waited for, taken over, carried on or kept
   * @throws UserException if it holds the state of another render or, in the places of ours, files
   *     of somebody else, or if another run holds it or makes the same print
   * @throws StageFailedException if its disk is full, or that of the print
   */
  static WorkDirectory open(
      RenderJob job, Path out, RenderPlan plan, Configuration configuration, Consumer<String> say) {
    boolean ours = job.run().workDir() == null;
    Path besidePrint = besidePrint(out);
    Path root = root(job, out, configuration);
    try {
      Store store = new Store(Places.fileSystem(root, configuration), root);
      if (!job.run().fresh() && printed(out, plan, configuration)) {
        return new WorkDirectory(store, plan, ours, true, new Claims(), say);
      }
      keepOthers(store);
      Claims claims = new Claims();
      try {
        // Runs with other work directories meet here too.
        try {
          claims.add(besidePrint, 3, Lease.Claim.ofPrint(PathNames.written(out)), say);
        } catch (IOException e) {
          if (full(e).isPresent()) {
            throw e;
          }
          throw unleased(besidePrint, e);
        }
        if (!Places.identity(root).equals(Places.identity(besidePrint))) {
          claims.add(root, 0, Lease.Claim.ofWork(root), say);
        }
        if (job.run().fresh()) {
          List<Path> unused = store.reset();
        }
        Optional<RenderPlan> earlier = earlier(store, plan, say);
        if (earlier.isEmpty()) {
          store.writePlan(PlanCodec.encode(plan));
        }
        return new WorkDirectory(store, earlier.orElse(plan), ours, false, claims, say);
      } catch (IOException | RuntimeException e) {
        claims.close();
        throw e;
      }
    } catch (IOException e) {
      Optional<UnwritableException> full = full(e);
      if (full.isPresent()) {
        throw new StageFailedException(full.get().getMessage(), e);
      }
      throw unusable(job, root, e);
    }
  }

  /**
   * Looks at the work directory of a job as {@link #open} does, and writes nothing.
   *
   * @param say told what would be carried on
   * @return whether there is nothing to do
   * @throws UserException if it holds the state of another render or, in the places of ours, files
   *     of somebody else
   */
  static boolean look(
      RenderJob job, Path out, RenderPlan plan, Configuration configuration, Consumer<String> say) {
    boolean fresh = job.run().fresh();
    Path root = root(job, out, configuration);
    try {
      if (!fresh && printed(out, plan, configuration)) {
        return true;
      }
      Store store = new Store(Places.fileSystem(root, configuration), root);
      keepOthers(store);
      if (!fresh) {
        Optional<RenderPlan> unused = earlier(store, plan, say);
      }
      return false;
    } catch (IOException e) {
      throw unusable(job, root, e);
    }
  }

  /**
   * Keeps what somebody else made, before anything is computed.
   *
   * @throws UserException {@code output-not-ours} if such a file lies in the job's work directory
   *     in the place of one of ours
   */
  static void keepOthers(RenderJob job, Configuration configuration) throws IOException {
    Path root = root(job, Places.path(job.print().out(), configuration), configuration);
    keepOthers(new Store(Places.fileSystem(root, configuration), root));
  }

  /** Whether a job's work directory holds the plan of a render that could be carried on. */
  static boolean isKept(RenderJob job, Configuration configuration) throws IOException {
    Path root = root(job, Places.path(job.print().out(), configuration), configuration);
    return new Store(Places.fileSystem(root, configuration), root).readPlan().isPresent();
  }

  private static void keepOthers(Store store) throws IOException {
    List<Path> foreign = store.foreign();
    if (!foreign.isEmpty()) {
      throw new UserException(
          foreign.stream()
              .map(
                  file ->
                      new Problem(
                          "output-not-ours",
                          PathNames.written(file),
                          "the work directory keeps a file of this name, and what is there was not"
                              + " written by Reverie",
                          "Move it away, or give another --work-dir"))
              .toList());
    }
  }

  private static Path root(RenderJob job, Path out, Configuration configuration) {
    return job.run().workDir() == null
        ? besidePrint(out)
        : Places.path(job.run().workDir(), configuration);
  }

  private static Path besidePrint(Path out) {
    return PathNames.inside(new Path(out.getParent(), OWN), out.getName());
  }

  private static Optional<UnwritableException> full(IOException thrown) {
    return UnwritableException.in(thrown).filter(unwritable -> unwritable.isFull());
  }

  private static UserException unusable(RenderJob job, Path root, IOException cause) {
    return job.run().workDir() == null
        ? unleased(root, cause)
        : UserException.of(
            "work-dir",
            PathNames.written(root),
            "the work directory cannot be used: " + cause.getMessage(),
            "Give another one with --work-dir",
            cause);
  }

  /** Another work directory is no help: the lease of a print lies beside it in any case. */
  private static UserException unleased(Path folder, IOException cause) {
    return UserException.of(
        "work-dir",
        PathNames.written(folder),
        "the folder beside the print, in which a render keeps its lease, cannot be used: "
            + cause.getMessage(),
        "See that it can be made and written, or let --out name another place",
        cause);
  }

  /**
   * The plan of the render that is carried on, whose print is written as it is asked for now. The
   * stored plan stays as it was begun: to write it anew could leave none to what was dreamt by it.
   *
   * @return empty if there is none
   * @throws UserException if it is another render
   */
  private static Optional<RenderPlan> earlier(Store store, RenderPlan plan, Consumer<String> say)
      throws IOException {
    Optional<byte[]> stored = store.readPlan();
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    RenderPlan earlier = decode(stored.get(), store.root());
    List<String> ofPrint = new ArrayList<>();
    List<String> differences = differences(earlier, plan, ofPrint);
    if (!differences.isEmpty()) {
      throw UserException.of(
          "other-render",
          PathNames.written(store.root()),
          "this work directory holds another render: " + String.join("; ", differences),
          "Take the same settings to resume it, another --work-dir, or --fresh to discard it");
    }
    String kept = "carrying on what " + PathNames.written(store.root()) + " holds";
    say.accept(
        ofPrint.isEmpty()
            ? kept
            : kept + ", and printing it as is asked now: " + String.join("; ", ofPrint));
    return Optional.of(earlier.printedAs(plan));
  }

  private static RenderPlan decode(byte[] stored, Path root) {
    try {
      return PlanCodec.decode(stored);
    } catch (UncheckedIOException e) {
      throw UserException.of(
          "other-render",
          PathNames.written(root),
          "this work directory holds a render of another version of Reverie",
          "Finish it with that version, take another --work-dir, or --fresh to discard it",
          e);
    }
  }

  /** Whether the print stands, with a report that was made by this very plan. */
  static boolean printed(Path out, RenderPlan plan, Configuration configuration)
      throws IOException {
    FileSystem fileSystem = Places.fileSystem(out, configuration);
    if (!fileSystem.exists(out)) {
      return false;
    }
    try (InputStream in = fileSystem.open(RenderReport.path(out))) {
      JsonNode report = JSON.readTree(in);
      JsonNode recipe = report.path("plan");
      List<String> ofPrint = new ArrayList<>();
      return !recipe.isMissingNode()
          && differences(PlanCodec.decode(JSON.writeValueAsBytes(recipe)), plan, ofPrint).isEmpty()
          && ofPrint.isEmpty()
          && report.path("bytes").asLong() == fileSystem.getFileStatus(out).getLen();
    } catch (FileNotFoundException | JsonProcessingException | UncheckedIOException e) {
      return false;
    }
  }

  /**
   * What was asked for differently, for people.
   *
   * @param ofPrint receives what changes only how the same canvas is written
   * @return what makes it another dream
   */
  private static List<String> differences(
      RenderPlan earlier, RenderPlan now, List<String> ofPrint) {
    Map<String, String> before = settings(earlier);
    Map<String, String> after = settings(now);
    TreeSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    boolean sameCanvas =
        earlier.canvas().equals(now.canvas())
            && earlier.crop().equals(now.crop())
            && earlier.source().equals(now.source());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      if (!Objects.equals(before.get(key), after.get(key))) {
        // Lengths on paper make another canvas at another resolution; pixels do not.
        boolean printed = OF_PRINT.contains(key) || key.equals(JobKey.DPI.path()) && sameCanvas;
        (printed ? ofPrint : differences)
            .add(
                "%s was %s and is %s"
                    .formatted(
                        key,
                        before.getOrDefault(key, "not given"),
                        after.getOrDefault(key, "not given")));
      }
    }
    // Hashes tell computers what people call another picture.
    if (!earlier.inputHash().equals(now.inputHash())
        && earlier.start().isEmpty()
        && now.start().isEmpty()) {
      differences.add("the input is another picture");
    }
    BrainFacts brain = earlier.brain();
    if (!brain.hash().equals(now.brain().hash())) {
      differences.add(
          brain.name().equals(now.brain().name())
              ? "the brain " + brain.name() + " is not the same any more"
              : "the brain was " + brain.name() + " and is " + now.brain().name());
    }
    if (!brain.maskHash().equals(now.brain().maskHash())) {
      differences.add("the guide mask is another, or the order of its guides");
    }
    // What a brain sees in the same guide follows layers, size and engine, which were told then.
    if (!brain.guideHash().equals(now.brain().guideHash()) && differences.isEmpty()) {
      differences.add("the guides are others");
    }
    return differences;
  }

  private static Map<String, String> settings(RenderPlan plan) {
    Map<String, String> settings = new HashMap<>();
    Recipe.complete(plan.recipe()).forEach((key, value) -> settings.put(key, value.toString()));
    // A picture's path is in no recipe, and its hash is compared by itself.
    settings.put("input", plan.start().isEmpty() ? "a picture" : plan.start());
    settings.remove(JobKey.SOURCE.path());
    settings.put("engine", plan.engine().name());
    settings.put("instruction set", plan.engine().instructionSet());
    settings.put("version", String.valueOf(plan.version()));
    return settings;
  }

  Store store() {
    return store;
  }

  /** The plan that is rendered by. */
  RenderPlan plan() {
    return plan;
  }

  /** Whether there is nothing left to do. */
  boolean finished() {
    return finished;
  }

  /** Writes how the render stands, for whoever watches from outside. */
  void status(Store.State state, String detail) throws IOException {
    if (!store.writeStatus(state, detail)) {
      LOG.warn("not {}: somebody else's status.json came to {}", state, store.root());
    }
  }

  /** Writes that the render is stopped, as far as anything can be written. */
  void stopped(String why) {
    try {
      status(Store.State.STOPPED, why);
    } catch (IOException e) {
      LOG.warn("cannot write to {}", store.root(), e);
    }
  }

  /** Gives back the space of the state; a work directory that somebody named keeps its status. */
  void finish(Path out) throws IOException {
    discard();
    if (!ours) {
      status(Store.State.FINISHED, out.toString());
    }
  }

  /**
   * Gives back the space of a state that nobody can carry on, and the folders made for it. What
   * others put there stays, and is told.
   */
  void discard() throws IOException {
    List<Path> kept = new ArrayList<>(store.reset());
    if (ours) {
      kept.addAll(store.others());
    }
    close();
    if (!kept.isEmpty()) {
      String names =
          kept.stream()
              .limit(MOST_NAMES)
              .map(path -> store.root().toUri().relativize(path.toUri()).getPath())
              .collect(Collectors.joining(", "));
      int more = kept.size() - MOST_NAMES;
      say.accept(
          "%s is not removed, since Reverie did not write all that is there: %s%s"
              .formatted(
                  PathNames.written(store.root()),
                  names,
                  more > 0 ? " and " + more + " more" : ""));
    }
  }

  /** Whether another run has taken this directory or print, because this one seemed dead to it. */
  boolean lost() {
    return claims.lost();
  }

  /** Says in all directories of this process that their renders are stopped, and lets them go. */
  static void stopAll() {
    for (WorkDirectory work : HELD) {
      work.stopped("the process was told to end");
      try {
        work.close();
      } catch (IOException e) {
        LOG.warn("cannot let go of {}", work.store.root(), e);
      }
    }
  }

  /** Gives the directory back to whoever wants it; its state stays. */
  @Override
  public void close() throws IOException {
    HELD.remove(this);
    claims.close();
  }

  /**
   * The leases of a render, with the folders they lie in: of these none is left behind that is
   * empty and was made for the render, or that only renders use.
   */
  private static final class Claims implements AutoCloseable {
    private final List<Lease> leases = new ArrayList<>();
    private final Map<Path, List<Path>> folders = new LinkedHashMap<>();

    /**
     * Takes a lease.
     *
     * @param own how many of the folder's last names are this program's alone
     */
    void add(Path folder, int own, Lease.Claim claim, Consumer<String> say) throws IOException {
      FileSystem fileSystem = Places.fileSystem(folder, Places.configuration());
      List<Path> removable = new ArrayList<>();
      for (Path there = folder; !there.isRoot(); there = there.getParent()) {
        if (there.depth() <= folder.depth() - own && fileSystem.exists(there)) {
          break;
        }
        removable.add(there);
      }
      folders.put(folder, removable);
      leases.add(Lease.acquire(new Store(fileSystem, folder), claim, say));
    }

    boolean lost() {
      return leases.stream().anyMatch(Lease::lost);
    }

    @Override
    public void close() throws IOException {
      for (Lease lease : leases) {
        lease.close();
      }
      for (Path folder : folders.keySet()) {
        FileSystem fileSystem = Places.fileSystem(folder, Places.configuration());
        for (Path removable : folders.get(folder)) {
          if (!removeIfEmpty(fileSystem, removable)) {
            break;
          }
        }
      }
    }

    /**
     * Removes a folder that is empty.
     *
     * @return whether it is gone
     */
    private static boolean removeIfEmpty(FileSystem fileSystem, Path folder) {
      try {
        return !fileSystem.exists(folder)
            || fileSystem.listStatus(folder).length == 0 && fileSystem.delete(folder, false);
      } catch (IOException e) {
        // Another render began or ended there meanwhile: this one's work is done in any case, and
        // an empty folder costs nobody anything.
        return false;
      }
    }
  }
}
