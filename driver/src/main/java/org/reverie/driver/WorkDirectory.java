package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.store.Lease;
import org.reverie.executor.store.Store;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.plan.RenderPlan;
import org.slf4j.LoggerFactory;

/**
 * The folder that keeps a render's state: new, or left by an earlier run with the same settings,
 * which is then carried on with the plan it was begun with.
 */
final class WorkDirectory implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those that renders of this process hold, for when it is told to end. */
  private static final Set<WorkDirectory> HELD = ConcurrentHashMap.newKeySet();

  private final Store store;
  private final RenderPlan plan;
  private final boolean ours;
  private final boolean finished;
  private final Lease lease;

  private WorkDirectory(Store store, RenderPlan plan, boolean ours, boolean finished, Lease lease) {
    this.lease = lease;
    this.store = store;
    this.plan = plan;
    this.ours = ours;
    this.finished = finished;
    if (lease != null) {
      HELD.add(this);
    }
  }

  /**
   * Opens the work directory of a job, and writes the plan into it if it is new.
   *
   * @param out the print
   * @param plan made for this run; a resumed render keeps its own
   * @param say told, in words for a person, what is waited for, taken over or carried on
   * @throws UserException if it holds the state of another render, or another run holds it
   * @throws StageFailedException if its disk is full
   */
  static WorkDirectory open(
      RenderJob job, Path out, RenderPlan plan, Configuration configuration, Consumer<String> say) {
    boolean ours = job.run().workDir() == null;
    Path root =
        ours
            ? PathNames.inside(new Path(out.getParent(), ".reverie/work"), out.getName())
            : Places.path(job.run().workDir(), configuration);
    try {
      Store store = new Store(Places.fileSystem(root, configuration), root);
      if (!job.run().fresh() && printed(out, plan, configuration)) {
        return new WorkDirectory(store, plan, ours, true, null);
      }
      Lease lease = Lease.acquire(store, say);
      try {
        if (job.run().fresh()) {
          store.reset();
        }
        Optional<byte[]> stored = store.readPlan();
        if (stored.isEmpty()) {
          store.writePlan(PlanCodec.encode(plan));
          return new WorkDirectory(store, plan, ours, false, lease);
        }
        RenderPlan earlier = PlanCodec.decode(stored.get());
        List<String> differences = differences(earlier, plan);
        if (!differences.isEmpty()) {
          throw UserException.of(
              "other-render",
              PathNames.written(root),
              "this work directory holds another render: " + String.join("; ", differences),
              "Take the same settings to resume it, another --work-dir, or --fresh to discard it");
        }
        say.accept("carrying on what " + PathNames.written(root) + " holds");
        return new WorkDirectory(store, earlier, ours, false, lease);
      } catch (IOException | RuntimeException e) {
        lease.close();
        throw e;
      }
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No space left on device")) {
        throw new StageFailedException(
            "the work directory "
                + PathNames.written(root)
                + " cannot be written: "
                + e.getMessage(),
            e);
      }
      throw UserException.of(
          "work-dir",
          PathNames.written(root),
          "the work directory cannot be used: " + e.getMessage(),
          "Give another one with --work-dir",
          e);
    }
  }

  /** Whether the print stands, with a report that was made by this very plan. */
  private static boolean printed(Path out, RenderPlan plan, Configuration configuration)
      throws IOException {
    FileSystem fileSystem = Places.fileSystem(out, configuration);
    if (!fileSystem.exists(out)) {
      return false;
    }
    try (InputStream in = fileSystem.open(RenderReport.path(out))) {
      JsonNode report = JSON.readTree(in);
      JsonNode recipe = report.path("plan");
      return !recipe.isMissingNode()
          && differences(PlanCodec.decode(JSON.writeValueAsBytes(recipe)), plan).isEmpty()
          && report.path("bytes").asLong() == fileSystem.getFileStatus(out).getLen();
    } catch (FileNotFoundException | JsonProcessingException | UncheckedIOException e) {
      return false;
    }
  }

  /** What was asked for differently, for people. */
  private static List<String> differences(RenderPlan earlier, RenderPlan now) {
    Map<String, Object> before = request(earlier);
    Map<String, Object> after = request(now);
    TreeSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      if (!Objects.equals(before.get(key), after.get(key))) {
        differences.add(key + " was " + before.get(key) + " and is " + after.get(key));
      }
    }
    return differences;
  }

  private static Map<String, Object> request(RenderPlan plan) {
    Map<String, Object> request = new LinkedHashMap<>();
    plan.recipe()
        .forEach(
            (section, keys) ->
                keys.forEach(
                    (key, value) -> request.put(section + "." + key, String.valueOf(value))));
    request.put("input", plan.start().isEmpty() ? plan.inputHash() : plan.start());
    request.put("brain", plan.brain().hash());
    request.put("guide", plan.brain().guideHash());
    request.put("guide mask", plan.brain().maskHash());
    request.put("engine", plan.engine().name());
    request.put("instruction set", plan.engine().instructionSet());
    request.put("version", RenderPlan.VERSION);
    return request;
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
  void status(String state, String detail) throws IOException {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", state);
    status.put("detail", detail);
    store.writeStatus(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(status));
  }

  /** Writes that the render is stopped, as far as anything can be written. */
  void stopped(String why) {
    try {
      status("stopped", why);
    } catch (IOException e) {
      LoggerFactory.getLogger(WorkDirectory.class).warn("cannot write to {}", store.root(), e);
    }
  }

  /** Gives back the space of the state; a work directory that somebody named keeps its status. */
  void finish(Path out) throws IOException {
    discard();
    if (!ours) {
      status("finished", out.toString());
    }
  }

  /** Gives back the space of a state that nobody can carry on, and the directory if it is ours. */
  void discard() throws IOException {
    store.reset();
    close();
    if (ours) {
      FileSystem fileSystem = Places.fileSystem(store.root(), Places.configuration());
      fileSystem.delete(store.root(), true);
      Path work = store.root().getParent();
      if (fileSystem.listStatus(work).length == 0) {
        fileSystem.delete(work, false);
      }
    }
  }

  /** Whether another run has taken this directory, because this one seemed dead to it. */
  boolean lost() {
    return lease != null && lease.lost();
  }

  /** Says in all directories of this process that their renders are stopped, and lets them go. */
  static void stopAll() {
    for (WorkDirectory work : HELD) {
      work.stopped("the process was told to end");
      try {
        work.close();
      } catch (IOException e) {
        LoggerFactory.getLogger(WorkDirectory.class)
            .warn("cannot let go of {}", work.store.root(), e);
      }
    }
  }

  /** Gives the directory back to whoever wants it; its state stays. */
  @Override
  public void close() throws IOException {
    HELD.remove(this);
    if (lease != null) {
      lease.close();
    }
  }
}
