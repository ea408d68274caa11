package org.reverie.conf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.reverie.conf.RenderJob.Brain;
import org.reverie.conf.RenderJob.Dream;
import org.reverie.conf.RenderJob.Input;
import org.reverie.conf.RenderJob.Print;
import org.reverie.conf.RenderJob.Run;
import org.reverie.conf.RenderJob.Tiles;

/** Makes one job of several layers, and finds all that is wrong with it before anything starts. */
public final class JobReader {
  private final List<Problem> problems = new ArrayList<>();
  private final Map<JobKey<?>, Object> values = new HashMap<>();
  private final Map<JobKey<?>, String> places = new HashMap<>();
  private final Map<JobKey<?>, String> prints = new HashMap<>();
  private final Set<JobKey<?>> malformed = new HashSet<>();

  private JobReader() {}

  /**
   * What was read.
   *
   * @param job complete and sound only without problems
   * @param problems of every layer and of the job as a whole
   * @param wrong the keys that were not understood, and those that problems are about where what
   *     the job holds for them is of no use
   */
  public record Reading(RenderJob job, List<Problem> problems, Set<JobKey<?>> wrong) {
    public Reading {
      problems = List.copyOf(problems);
      wrong = Set.copyOf(wrong);
    }
  }

  /**
   * Reads a job over the preset that the last layer to name one names, or over {@link
   * Preset#PRINT}.
   *
   * @param layers the later one wins, key by key
   * @throws UserException with every problem of every layer and of the job as a whole
   */
  public static RenderJob read(List<JobLayer> layers) {
    Reading reading = look(layers);
    if (!reading.problems().isEmpty()) {
      throw new UserException(reading.problems());
    }
    return reading.job();
  }

  /**
   * The same, for whoever looks at the files that a job names before all is told at once.
   *
   * @param layers the later one wins, key by key
   */
  public static Reading look(List<JobLayer> layers) {
    return look(layers, Set.of());
  }

  /**
   * The same where the layers lack something that was given.
   *
   * @param layers the later one wins, key by key
   * @param unread keys that were given in a way that was not understood, which has been said; no
   *     more is said of them
   */
  public static Reading look(List<JobLayer> layers, Set<JobKey<?>> unread) {
    JobReader reader = new JobReader();
    reader.malformed.addAll(unread);
    reader.presetOf(layers).layers().forEach(reader::add);
    layers.forEach(reader::add);
    reader.malformed.addAll(lost(layers));
    RenderJob job = reader.job();
    JobRules rules = reader.rules(job);
    reader.problems.addAll(rules.problems());
    Set<JobKey<?>> wrong = new HashSet<>(reader.malformed);
    wrong.addAll(rules.wrong());
    return new Reading(job, reader.problems, wrong);
  }

  /**
   * What may stand in the part of a layer that was not read, and is not missing for that. A master
   * is not among it: where none is known, files are looked at here.
   */
  private static Set<JobKey<?>> lost(List<JobLayer> layers) {
    Set<JobKey<?>> lost = new HashSet<>();
    if (!layers.stream().allMatch(JobLayer::isWhole)) {
      lost.addAll(JobKey.all());
      lost.remove(JobKey.MASTER);
      layers.forEach(layer -> lost.removeAll(layer.values().keySet()));
    }
    return lost;
  }

  private Preset presetOf(List<JobLayer> layers) {
    Preset preset = Preset.PRINT;
    for (JobLayer layer : layers) {
      JobLayer.Given given = layer.preset().orElse(null);
      if (given != null && !(given.raw() instanceof RawValue.Alias)) {
        try {
          String word = given.raw() instanceof RawValue.Text text ? text.text() : "";
          preset = Preset.named(word, given.where());
        } catch (UserException e) {
          problems.addAll(e.problems());
        }
      }
    }
    return preset;
  }

  /** Takes the layer's values; a malformed one is a problem and leaves what was below it. */
  private void add(JobLayer layer) {
    problems.addAll(layer.problems());
    layer.print().ifPresent(print -> prints.put(JobKey.SOURCE, print));
    layer
        .values()
        .forEach(
            (key, given) -> {
              if (given.raw() instanceof RawValue.Alias) {
                malformed.add(key);
                return;
              }
              try {
                values.put(key, key.type().reader().read(given.raw()));
                places.put(key, given.where());
                prints.remove(key);
                layer.print().ifPresent(print -> prints.put(key, print));
              } catch (MalformedValueException e) {
                malformed.add(key);
                problems.add(
                    new Problem(
                        "wrong-type",
                        given.where(),
                        given.raw().written() + " is " + e.getMessage(),
                        e.remedy() + others(key)));
              }
            });
  }

  /** The words that a key takes besides other values; where there are only words all are named. */
  private static String others(JobKey<?> key) {
    boolean onlyWords = key.type().label().equals(String.join("|", key.words()));
    return onlyWords || key.words().isEmpty() ? "" : ", or " + String.join(", ", key.words());
  }

  private JobRules rules(RenderJob job) {
    return new JobRules(
        job,
        this::placeOf,
        key -> Optional.ofNullable(prints.get(key)),
        places.keySet(),
        malformed);
  }

  private String placeOf(JobKey<?> key) {
    return places.getOrDefault(key, key.commandLineName());
  }

  private RenderJob job() {
    return new RenderJob(
        new Input(value(JobKey.SOURCE), value(JobKey.BACKGROUND)),
        new Print(
            value(JobKey.OUT),
            value(JobKey.WIDTH),
            value(JobKey.HEIGHT),
            value(JobKey.DPI),
            value(JobKey.BLEED),
            value(JobKey.FIT),
            value(JobKey.DEPTH),
            value(JobKey.DITHER),
            value(JobKey.PREVIEW),
            value(JobKey.CROP)),
        new Brain(value(JobKey.BRAIN), value(JobKey.RANDOM_WEIGHTS), value(JobKey.MEAN)),
        new Dream(
            value(JobKey.LAYERS),
            value(JobKey.OBJECTIVE),
            guides(),
            value(JobKey.GUIDE_MASK),
            value(JobKey.GUIDE_SIZE),
            value(JobKey.OCTAVES),
            value(JobKey.OCTAVE_SCALE),
            value(JobKey.ITERATIONS),
            value(JobKey.STEP),
            value(JobKey.JITTER),
            value(JobKey.ROLLS),
            value(JobKey.SEED),
            value(JobKey.BORDER),
            value(JobKey.RESAMPLING)),
        new Tiles(
            value(JobKey.TILE), value(JobKey.HALO), value(JobKey.OVERLAP), value(JobKey.SYNC)),
        new Run(
            value(JobKey.ENGINE),
            value(JobKey.PRECISION),
            value(JobKey.THREADS),
            value(JobKey.MEMORY),
            value(JobKey.MASTER),
            value(JobKey.WORK_DIR),
            value(JobKey.FRESH),
            value(JobKey.DRY_RUN)));
  }

  private List<RenderJob.Guide> guides() {
    List<RenderJob.Guide> guides = value(JobKey.GUIDE);
    return guides == null ? List.of() : guides;
  }

  @SuppressWarnings("unchecked") // add() puts what the key's own reader returned
  private <T> T value(JobKey<T> key) {
    Object value = values.get(key);
    if (value == null && !key.type().optional()) {
      throw new IllegalStateException("no preset gives " + key);
    }
    return (T) value;
  }
}
