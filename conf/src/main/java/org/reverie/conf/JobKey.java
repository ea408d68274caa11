package org.reverie.conf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.reverie.conf.RenderJob.BorderKind;
import org.reverie.conf.RenderJob.Crop;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.RenderJob.Dither;
import org.reverie.conf.RenderJob.Fit;
import org.reverie.conf.RenderJob.Guide;
import org.reverie.conf.RenderJob.Halo;
import org.reverie.conf.RenderJob.ObjectiveKind;
import org.reverie.conf.RenderJob.Precision;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.conf.RenderJob.WeightedLayer;

/**
 * One key of a job: the only place that says how it is called in a job file and on the command
 * line, how its value is written and what it is for. Readers, recipes, help and documentation
 * follow it.
 *
 * @param <T> what {@link RenderJob} holds for it
 */
public final class JobKey<T> {
  /** What a recipe, which travels inside the print, may tell of a key. */
  enum Disclosure {
    /** Its value. */
    FULL,
    /** Its value where it names a formula, nothing where it names a file. */
    FORMULA,
    /** Nothing: it says where the print was made. */
    NONE
  }

  /** The word that takes back what a job file or a print gives, where a job may do without. */
  public static final String NONE = "none";

  private static final List<JobKey<?>> ALL = new ArrayList<>();

  public static final JobKey<String> SOURCE =
      key(
          "input.source",
          ValueType.text("INPUT").orNothing(),
          Disclosure.FORMULA,
          job -> job.input().source(),
          "The picture to dream on: a JPEG, PNG or TIFF, or noise, gradient:linear,"
              + " gradient:chromatic, gradient:radial or color:#rrggbb for a start from nothing."
              + " gradient:linear:#102040,#c05030@0.4,#ffe9c0 has stops.");
  public static final JobKey<String> BACKGROUND =
      key(
          "input.background",
          ValueType.colour(),
          Disclosure.FULL,
          job -> job.input().background(),
          "The colour that transparent parts of the input are laid on.");

  public static final JobKey<String> OUT =
      key(
          "print.out",
          ValueType.text("FILE").orNothing(),
          Disclosure.NONE,
          job -> job.print().out(),
          "The print to write; its ending (.tif, .png, .jpg) says the format.");
  public static final JobKey<Length> WIDTH =
      key(
          "print.width",
          ValueType.length().orAuto(),
          Disclosure.FULL,
          job -> job.print().width(),
          "The print's width without bleed, in in, mm, cm or px; auto follows the height or the"
              + " input.");
  public static final JobKey<Length> HEIGHT =
      key(
          "print.height",
          ValueType.length().orAuto(),
          Disclosure.FULL,
          job -> job.print().height(),
          "The print's height without bleed, in in, mm, cm or px; auto follows the width or the"
              + " input.");
  public static final JobKey<Fit> FIT =
      key(
          "print.fit",
          ValueType.choice(
              ordered("cover", Fit.COVER, "contain", Fit.CONTAIN, "stretch", Fit.STRETCH)),
          Disclosure.FULL,
          job -> job.print().fit(),
          "How an input of another shape fills the print when width and height are both given.");
  public static final JobKey<Double> DPI =
      key(
          "print.dpi",
          ValueType.number(),
          Disclosure.FULL,
          job -> job.print().dpi(),
          "Pixels per inch of the print.");
  public static final JobKey<Length> BLEED =
      key(
          "print.bleed",
          ValueType.length(),
          Disclosure.FULL,
          job -> job.print().bleed(),
          "What is added on every side for the cutter: with fit cover the picture fills it too, else"
              + " its mirror image does.");
  public static final JobKey<Depth> DEPTH =
      key(
          "print.depth",
          ValueType.choice(ordered("8", Depth.EIGHT, "16", Depth.SIXTEEN, "float", Depth.FLOAT))
              .orAuto(),
          Disclosure.FULL,
          job -> job.print().depth(),
          "Bits of a sample; float is a TIFF with values of 0 to 255; auto is 8, or 16 where the"
              + " input has more and the format can.");
  public static final JobKey<Dither> DITHER =
      key(
          "print.dither",
          ValueType.choice(ordered("noise", Dither.NOISE, "none", Dither.NONE)),
          Disclosure.FULL,
          job -> job.print().dither(),
          "With noise, 8-bit samples are rounded up or down by chance, right in the mean, so that"
              + " slow gradients show no bands; with none to the nearest. Deeper samples are left"
              + " alone.");
  public static final JobKey<Boolean> PREVIEW =
      key(
          "print.preview",
          ValueType.toggle(),
          Disclosure.FULL,
          job -> job.print().preview(),
          "Renders the same job at an eighth of the size.");
  public static final JobKey<Crop> CROP =
      key(
          "print.crop",
          ValueType.crop().orNone(),
          Disclosure.FULL,
          job -> job.print().crop(),
          "Dreams only this part at its final scale, in pixels of the print with its bleed; none is"
              + " the whole print.");

  public static final JobKey<String> BRAIN =
      key(
          "brain.path",
          "--brain",
          ValueType.text("DIR").orNone(),
          Disclosure.NONE,
          job -> job.brain().path(),
          "A folder with a Caffe network and its weights; without it, or with none, the built-in brain dreams.");
  public static final JobKey<Long> RANDOM_WEIGHTS =
      key(
          "brain.random-weights",
          ValueType.seed().orNone(),
          Disclosure.FULL,
          job -> job.brain().randomWeights(),
          "Fills a brain that has no weights with random ones, drawn from this seed.");
  public static final JobKey<List<Double>> MEAN =
      key(
          "brain.mean",
          ValueType.mean().orAuto(),
          Disclosure.FULL,
          job -> job.brain().mean(),
          "What is subtracted from each channel, in the brain's colour order; auto is the brain's"
              + " own.");

  public static final JobKey<List<WeightedLayer>> LAYERS =
      key(
          "dream.layers",
          "--layer",
          ValueType.layers(),
          Disclosure.FULL,
          job -> job.dream().layers(),
          "The layer whose activations are made larger, with its weight; may be given several"
              + " times; auto is the brain's preferred one. layer:17 is one of its channels,"
              + " layer:17*1.0+42*0.5 a weighted set.");
  public static final JobKey<ObjectiveKind> OBJECTIVE =
      key(
          "dream.objective",
          ValueType.choice(ordered("l2", ObjectiveKind.L2, "guide", ObjectiveKind.GUIDE)),
          Disclosure.FULL,
          job -> job.dream().objective(),
          "What is made larger: whatever the layer sees (l2), or what resembles a guide.");
  public static final JobKey<List<Guide>> GUIDE =
      key(
          "dream.guide",
          ValueType.guides().orNone(),
          Disclosure.FORMULA,
          job -> job.dream().guides(),
          "The picture that guides the dream, or a start from nothing, such as gradient:linear or"
              + " noise. With a mask, one for each of its colours, such as #ff0000=fern.jpg.");
  public static final JobKey<String> GUIDE_MASK =
      key(
          "dream.guide-mask",
          ValueType.text("IMAGE").orNone(),
          Disclosure.NONE,
          job -> job.dream().guideMask(),
          "A picture of the input's shape whose colours say which guide counts where.");
  public static final JobKey<Integer> GUIDE_SIZE =
      key(
          "dream.guide-size",
          ValueType.whole(),
          Disclosure.FULL,
          job -> job.dream().guideSize(),
          "The longer side that the guide is scaled to, in pixels.");
  public static final JobKey<Integer> OCTAVES =
      key(
          "dream.octaves",
          ValueType.whole().orAuto(),
          Disclosure.FULL,
          job -> job.dream().octaves(),
          "How many sizes are dreamt, small to large; auto starts near the brain's own input"
              + " size.");
  public static final JobKey<Double> OCTAVE_SCALE =
      key(
          "dream.octave-scale",
          ValueType.number(),
          Disclosure.FULL,
          job -> job.dream().octaveScale(),
          "How much larger each octave is than the one before.");
  public static final JobKey<Integer> ITERATIONS =
      key(
          "dream.iterations",
          ValueType.whole(),
          Disclosure.FULL,
          job -> job.dream().iterations(),
          "Steps per octave.");
  public static final JobKey<Double> STEP =
      key(
          "dream.step",
          ValueType.number(),
          Disclosure.FULL,
          job -> job.dream().step(),
          "Grey levels that a pixel moves on average in one step.");
  public static final JobKey<Integer> JITTER =
      key(
          "dream.jitter",
          ValueType.whole(),
          Disclosure.FULL,
          job -> job.dream().jitter(),
          "The largest shift before a step, in pixels.");
  public static final JobKey<List<List<Integer>>> ROLLS =
      key(
          "dream.rolls",
          ValueType.rolls().orAuto(),
          Disclosure.FULL,
          job -> job.dream().rolls(),
          "The shift of every step, smallest octave first; auto draws them from the seed.");
  public static final JobKey<Long> SEED =
      key(
          "dream.seed",
          ValueType.seed(),
          Disclosure.FULL,
          job -> job.dream().seed(),
          "The seed of every random number.");
  public static final JobKey<BorderKind> BORDER =
      key(
          "dream.border",
          ValueType.choice(ordered("mirror", BorderKind.MIRROR, "wrap", BorderKind.WRAP)),
          Disclosure.FULL,
          job -> job.dream().border(),
          "What the brain sees beyond the edge: the mirrored picture, or its other side.");
  public static final JobKey<Resampling> RESAMPLING =
      key(
          "dream.resampling",
          ValueType.choice(
              ordered("photographic", Resampling.PHOTOGRAPHIC, "notebook", Resampling.NOTEBOOK)),
          Disclosure.FULL,
          job -> job.dream().resampling(),
          "The filters between octaves: for photographs, or google/deepdream's own.");

  public static final JobKey<Integer> TILE =
      key(
          "tiles.tile",
          ValueType.whole().orAuto(),
          Disclosure.FULL,
          job -> job.tiles().tile(),
          "The edge of a tile's core, in pixels; auto is the largest that the memory holds.");
  public static final JobKey<Halo> HALO =
      key(
          "tiles.halo",
          ValueType.halo(),
          Disclosure.FULL,
          job -> job.tiles().halo(),
          "The context around a core, in pixels; exact covers all that the layer sees, auto what"
              + " matters.");
  public static final JobKey<Integer> OVERLAP =
      key(
          "tiles.overlap",
          ValueType.whole().orAuto(),
          Disclosure.FULL,
          job -> job.tiles().overlap(),
          "The band around a core's border in which neighbours are blended, in pixels.");
  public static final JobKey<Integer> SYNC =
      key(
          "tiles.sync",
          ValueType.sync().orAuto(),
          Disclosure.FULL,
          job -> job.tiles().sync(),
          "After how many steps neighbouring tiles meet: octave is once per octave; 1 with an"
              + " exact halo leaves no trace of tiles.");

  public static final JobKey<String> ENGINE =
      key(
          "run.engine",
          ValueType.text("NAME"),
          Disclosure.FULL,
          job -> job.run().engine(),
          "What computes the gradients; auto is the fastest that this machine can run.");
  public static final JobKey<Precision> PRECISION =
      key(
          "run.precision",
          ValueType.choice(named(Precision.class)).orAuto(),
          Disclosure.FULL,
          job -> job.run().precision(),
          "What an engine may round values to: all know float32, GPUs the others too, and so do"
              + " processors that multiply it bfloat16; auto is the engine's own.");
  public static final JobKey<Integer> THREADS =
      key(
          "run.threads",
          ValueType.whole().orAuto(),
          Disclosure.FULL,
          job -> job.run().threads(),
          "Threads of one tile at a time.");
  public static final JobKey<Long> MEMORY =
      key(
          "run.memory",
          ValueType.memory().orAuto(),
          Disclosure.NONE,
          job -> job.run().memory(),
          "The memory that tiles may take on this machine, such as 8g; 64m is the least.");
  public static final JobKey<String> MASTER =
      key(
          "run.master",
          ValueType.text("URL").orNothing(),
          Disclosure.NONE,
          job -> job.run().master(),
          "Where it runs: in-process, local[N], or a Spark master; in-process if neither this nor"
              + " spark-submit says.");
  public static final JobKey<String> WORK_DIR =
      key(
          "run.work-dir",
          ValueType.text("DIR").orNone(),
          Disclosure.NONE,
          job -> job.run().workDir(),
          "The folder that keeps what was dreamt so far; without it, or with none, one beside the print.");
  public static final JobKey<Boolean> FRESH =
      key(
          "run.fresh",
          ValueType.toggle(),
          Disclosure.NONE,
          job -> job.run().fresh(),
          "Starts over instead of resuming.");
  public static final JobKey<Boolean> DRY_RUN =
      key(
          "run.dry-run",
          ValueType.toggle(),
          Disclosure.NONE,
          job -> job.run().dryRun(),
          "Prints the plan and stops.");

  private final String path;
  private final String flag;
  private final ValueType<T> type;
  private final Disclosure disclosure;
  private final Function<RenderJob, T> reader;
  private final String description;

  private JobKey(
      String path,
      String flag,
      ValueType<T> type,
      Disclosure disclosure,
      Function<RenderJob, T> reader,
      String description) {
    this.path = path;
    this.flag = flag;
    this.type = type;
    this.disclosure = disclosure;
    this.reader = reader;
    this.description = description;
  }

  private static <T> JobKey<T> key(
      String path,
      ValueType<T> type,
      Disclosure disclosure,
      Function<RenderJob, T> reader,
      String description) {
    return key(
        path, "--" + path.substring(path.indexOf('.') + 1), type, disclosure, reader, description);
  }

  private static <T> JobKey<T> key(
      String path,
      String flag,
      ValueType<T> type,
      Disclosure disclosure,
      Function<RenderJob, T> reader,
      String description) {
    JobKey<T> key = new JobKey<>(path, flag, type, disclosure, reader, description);
    ALL.add(key);
    return key;
  }

  /** All keys, section by section. */
  public static List<JobKey<?>> all() {
    return List.copyOf(ALL);
  }

  /** The key of that path. */
  public static Optional<JobKey<?>> ofPath(String path) {
    return all().stream().filter(key -> key.path.equals(path)).findFirst();
  }

  /** The names of the sections, in order. */
  public static List<String> sections() {
    return ALL.stream().map(JobKey::section).distinct().toList();
  }

  /** Its name in a job file, such as {@code dream.octave-scale}. */
  public String path() {
    return path;
  }

  /** The part of its name before the point. */
  public String section() {
    return path.substring(0, path.indexOf('.'));
  }

  /** The part of its name behind the point. */
  public String name() {
    return path.substring(path.indexOf('.') + 1);
  }

  /** Its flag, such as {@code --octave-scale}; the input has none, it is the argument. */
  public String flag() {
    return flag;
  }

  /** Whether it is the argument of {@code render}, not a flag. */
  public boolean isArgument() {
    return path.equals("input.source");
  }

  /** What it is called on the command line. */
  public String commandLineName() {
    return isArgument() ? type.label() : flag;
  }

  /** Stands for its value, such as {@code auto|N}; empty for a switch. */
  public String valueLabel() {
    return type.label();
  }

  /** The words among its values, for completion. */
  public List<String> words() {
    return type.words();
  }

  /** Whether its flag takes no value. */
  public boolean isSwitch() {
    return type.label().isEmpty();
  }

  /** Whether its flag may be given several times. */
  public boolean isRepeatable() {
    return path.equals("dream.layers") || path.equals("dream.guide");
  }

  /** What it is for, as one sentence. */
  public String description() {
    return description;
  }

  /**
   * Its value in a job, in the form that a job file has: text, number, boolean or list, or null.
   */
  Object written(RenderJob job) {
    return type.writer().apply(reader.apply(job));
  }

  ValueType<T> type() {
    return type;
  }

  Disclosure disclosure() {
    return disclosure;
  }

  @Override
  public String toString() {
    return path;
  }

  private static <T> Map<String, T> ordered(String a, T first, String b, T second) {
    Map<String, T> map = new LinkedHashMap<>();
    map.put(a, first);
    map.put(b, second);
    return map;
  }

  private static <T> Map<String, T> ordered(
      String a, T first, String b, T second, String c, T third) {
    Map<String, T> map = ordered(a, first, b, second);
    map.put(c, third);
    return map;
  }

  /** Every value of an enumeration under its own name. */
  private static <T extends Enum<T>> Map<String, T> named(Class<T> type) {
    Map<String, T> map = new LinkedHashMap<>();
    for (T value : type.getEnumConstants()) {
      map.put(value.name().toLowerCase(Locale.ROOT), value);
    }
    return map;
  }
}
