package org.reverie.conf;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reverie.conf.RenderJob.Crop;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.RenderJob.Guide;
import org.reverie.conf.RenderJob.Halo;
import org.reverie.conf.RenderJob.ObjectiveKind;
import org.reverie.conf.RenderJob.WeightedChannel;
import org.reverie.conf.RenderJob.WeightedLayer;

/** What must hold of a job before anybody looks at its input or its brain. */
final class JobRules {
  /** The longest side of a print, pixels: 42 m at 300 dpi. Beyond it somebody mistook a unit. */
  static final long MAX_SIDE_PIXELS = 500_000;

  private static final int MAX_DPI = 9600;
  private static final int MAX_COUNT = 10_000;
  private static final int MAX_TILE_PIXELS = 65_536;
  private static final int MIN_GUIDE_PIXELS = 16;
  private static final int MAX_GUIDE_PIXELS = 4096;
  private static final int MOST_REGIONS = 16;
  static final long MIN_MEMORY_BYTES = 64L << 20;

  private static final Set<String> TIFF_ENDINGS = Set.of("tif", "tiff");
  private static final Set<String> JPEG_ENDINGS = Set.of("jpg", "jpeg");

  private final RenderJob job;
  private final Function<JobKey<?>, String> placeOf;
  private final Function<JobKey<?>, Optional<String>> printOf;
  private final Set<JobKey<?>> given;
  private final Set<JobKey<?>> malformed;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<JobKey<?>> wrong = new HashSet<>();

  /**
   * @param job may lack what has no default
   * @param placeOf where a key was given, for problems
   * @param printOf the print that gave a key, if one did; of the input the print that gave the job
   * @param given keys with a value, which may be that there is none
   * @param malformed keys that were given and not understood, which has been said; no more is said
   *     of them, nor of others because of them
   */
  JobRules(
      RenderJob job,
      Function<JobKey<?>, String> placeOf,
      Function<JobKey<?>, Optional<String>> printOf,
      Set<JobKey<?>> given,
      Set<JobKey<?>> malformed) {
    this.given = given;
    this.job = job;
    this.placeOf = placeOf;
    this.printOf = printOf;
    this.malformed = malformed;
  }

  /** All that is wrong. */
  List<Problem> problems() {
    checkInput();
    checkSize();
    checkFormat();
    checkBrain();
    checkObjective();
    checkOctaves();
    checkTiles();
    checkRun();
    return List.copyOf(problems);
  }

  /** The keys whose values are of no use, which {@link #problems} tells. */
  Set<JobKey<?>> wrong() {
    return Set.copyOf(wrong);
  }

  private void checkInput() {
    String source = job.input().source();
    if (source == null) {
      if (!isLackOfPrint(
          "no-input", JobKey.SOURCE, JobKey.SOURCE, "was made of a picture", "Name that picture")) {
        add("no-input", JobKey.SOURCE, "is missing", "Name a picture, or a start such as noise");
      }
      return;
    }
    formulaProblems(source).forEach(p -> add(p.code(), JobKey.SOURCE, p.what(), p.remedy()));
    if (Formula.of(source).isPresent()
        && job.print().width() == null
        && job.print().height() == null) {
      add(
          "no-size",
          JobKey.WIDTH,
          source + " has no size of its own",
          "Give --width, as in 6in",
          JobKey.SOURCE,
          JobKey.HEIGHT);
    }
  }

  /** What is wrong with a source by itself; where it was given is left to whoever tells it. */
  private static List<Problem> formulaProblems(String source) {
    if (source.isBlank()) {
      return List.of(new Problem("no-input", "", "is empty", "Name a picture"));
    }
    try {
      Formula.of(source).ifPresent(formula -> formula.check(source));
      return List.of();
    } catch (UserException e) {
      return e.problems();
    }
  }

  private void checkSize() {
    RenderJob.Print print = job.print();
    within(JobKey.DPI, print.dpi(), 1, MAX_DPI);
    if (malformed.contains(JobKey.DPI) || !(print.dpi() >= 1 && print.dpi() <= MAX_DPI)) {
      return;
    }
    checkSide(JobKey.WIDTH, print.width());
    checkSide(JobKey.HEIGHT, print.height());
    if (print.bleed().pixels(print.dpi()) > MAX_SIDE_PIXELS / 10) {
      add("bad-size", JobKey.BLEED, print.bleed() + " is too much", "Give a few millimetres");
    }
    Crop crop = print.crop();
    if (crop == null) {
      return;
    }
    if (crop.x() < 0 || crop.y() < 0 || crop.width() < 1 || crop.height() < 1) {
      add(
          "bad-crop",
          JobKey.CROP,
          written(crop) + " is not a part of a print",
          "Give left and top of at least 0, width and height of at least 1");
    } else if (beyond(crop.x(), crop.width(), print.width())
        || beyond(crop.y(), crop.height(), print.height())) {
      add(
          "bad-crop",
          JobKey.CROP,
          written(crop) + " reaches beyond the print" + extent(print),
          "Give a part inside it, in pixels",
          JobKey.WIDTH,
          JobKey.HEIGHT,
          JobKey.BLEED);
    }
  }

  private void checkSide(JobKey<Length> key, Length side) {
    if (side == null) {
      return;
    }
    if (side.pixels(job.print().dpi()) < 1) {
      add("bad-size", key, side + " is less than a pixel", "Give a size that can be printed");
    } else if (side.pixels(job.print().dpi()) > MAX_SIDE_PIXELS) {
      add(
          "bad-size",
          key,
          "%s at %s dpi is more than %,d pixels"
              .formatted(side, plain(job.print().dpi()), MAX_SIDE_PIXELS),
          "Give a smaller size, and check its unit");
    }
  }

  /** How large a print is, as far as the job says. */
  private String extent(RenderJob.Print print) {
    if (print.width() == null) {
      return ", which is " + pixels(print.height()) + " px high";
    }
    return print.height() == null
        ? ", which is " + pixels(print.width()) + " px wide"
        : " of %d x %d px".formatted(pixels(print.width()), pixels(print.height()));
  }

  /** A side with what is added for the cutter. */
  private long pixels(Length side) {
    double dpi = job.print().dpi();
    return side.pixels(dpi) + 2 * job.print().bleed().pixels(dpi);
  }

  private boolean beyond(long from, long length, Length side) {
    if (side == null) {
      return false;
    }
    long whole = pixels(side);
    return from > whole || length > whole - from;
  }

  private void checkFormat() {
    String out = job.print().out();
    if (out == null || out.isBlank()) {
      add("no-output", JobKey.OUT, "is missing", "Name the print to write, such as dream.tif");
      return;
    }
    String name = out.substring(out.lastIndexOf('/') + 1);
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    boolean tiff = TIFF_ENDINGS.contains(ending);
    boolean jpeg = JPEG_ENDINGS.contains(ending);
    if (!name.contains(".") || !(tiff || jpeg || ending.equals("png"))) {
      add(
          "unknown-format",
          JobKey.OUT,
          quoted(out) + " names no format that can be written",
          "Let it end in .tif, .png or .jpg");
      return;
    }
    if (job.print().depth() == Depth.FLOAT && !tiff) {
      add("bad-depth", JobKey.DEPTH, "float needs a TIFF", "Let --out end in .tif", JobKey.OUT);
    } else if (job.print().depth() == Depth.SIXTEEN && jpeg) {
      add(
          "bad-depth",
          JobKey.DEPTH,
          "a JPEG has 8 bits",
          "Let --out end in .tif or .png",
          JobKey.OUT);
    }
  }

  private void checkBrain() {
    if (job.brain().randomWeights() != null && job.brain().path() == null) {
      if (!isLackOfPrint(
          "no-brain",
          JobKey.BRAIN,
          JobKey.RANDOM_WEIGHTS,
          "was dreamt by a brain with random weights",
          "Name that brain")) {
        add(
            "no-brain",
            JobKey.RANDOM_WEIGHTS,
            "the built-in brain has weights",
            "Name a brain without weights by --brain, or write --random-weights none",
            JobKey.BRAIN);
      }
    }
    List<Double> mean = job.brain().mean();
    if (mean != null
        && (mean.size() != 3 || mean.stream().anyMatch(value -> !(value >= 0 && value <= 255)))) {
      add("bad-mean", JobKey.MEAN, mean + " is not a mean", "Give three values of 0 to 255");
    }
  }

  private void checkObjective() {
    RenderJob.Dream dream = job.dream();
    List<String> names = dream.layers().stream().map(WeightedLayer::name).toList();
    Set<String> twice =
        names.stream()
            .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String name : twice) {
      boolean channels =
          dream.layers().stream().anyMatch(l -> l.name().equals(name) && !l.channels().isEmpty());
      tell(
          "bad-layer",
          JobKey.LAYERS,
          quoted(name) + " is named twice",
          channels ? "Join its channels, as in " + name + ":17+42*0.5" : "Add up its weights");
    }
    for (WeightedLayer layer : dream.layers()) {
      if (!Double.isFinite(layer.weight()) || layer.weight() == 0) {
        tell(
            "bad-layer",
            JobKey.LAYERS,
            quoted(layer.name()) + " has weight " + plain(layer.weight()),
            "Give a weight other than 0, or leave the layer out");
      }
      checkChannels(layer);
    }
    checkGuides(dream);
    within(JobKey.GUIDE_SIZE, dream.guideSize(), MIN_GUIDE_PIXELS, MAX_GUIDE_PIXELS);
  }

  private void checkGuides(RenderJob.Dream dream) {
    List<Guide> guides = dream.guides();
    boolean guided = dream.objective() == ObjectiveKind.GUIDE;
    if (guides.isEmpty() && guided) {
      if (!isLackOfPrint(
          "no-guide",
          JobKey.GUIDE,
          JobKey.OBJECTIVE,
          "was drawn to a guide",
          "Name that picture; if it had a mask, name a guide for each colour, and the mask by"
              + " --guide-mask")) {
        add(
            "no-guide",
            JobKey.OBJECTIVE,
            "guide needs a guide",
            "Name a picture by --guide, or write --objective l2",
            JobKey.GUIDE);
      }
    }
    for (Guide guide : guides) {
      formulaProblems(guide.source())
          .forEach(p -> tell(p.code(), JobKey.GUIDE, p.what(), p.remedy()));
    }
    if (!guides.isEmpty() && !guided) {
      addIdle(JobKey.GUIDE);
    }
    if (dream.guideMask() == null) {
      if (guides.size() > 1 || guides.stream().anyMatch(guide -> guide.region() != null)) {
        if (!isLackOfPrint(
            "no-mask",
            JobKey.GUIDE_MASK,
            JobKey.GUIDE,
            "was drawn to guides by region",
            "Name their mask")) {
          tell(
              "no-mask",
              JobKey.GUIDE,
              "guides of regions need a mask",
              "Name a picture with their colours by --guide-mask, or one guide without a colour",
              JobKey.GUIDE_MASK);
        }
      }
      return;
    }
    if (Formula.of(dream.guideMask()).isPresent()) {
      add("bad-mask", JobKey.GUIDE_MASK, quoted(dream.guideMask()) + " is no picture", "Name one");
    }
    if (!guided) {
      addIdle(JobKey.GUIDE_MASK);
    }
    List<String> regions = guides.stream().map(Guide::region).toList();
    for (int i = 0; i < regions.size(); i++) {
      if (regions.get(i) == null) {
        tell(
            "bad-guide",
            JobKey.GUIDE,
            quoted(guides.get(i).source()) + " has no colour of the mask",
            "Write it as " + withRegion(guides.get(i).source()),
            JobKey.GUIDE_MASK);
      } else if (regions.indexOf(regions.get(i)) < i) {
        tell(
            "bad-guide",
            JobKey.GUIDE,
            regions.get(i) + " has two guides",
            "Give each colour one guide");
      }
    }
    if (regions.size() > MOST_REGIONS) {
      tell(
          "bad-guide",
          JobKey.GUIDE,
          regions.size() + " regions are too many",
          "Give at most " + MOST_REGIONS);
    }
  }

  /** How a guide is written with its region; the colour may be there, and lack its # only. */
  private static String withRegion(String source) {
    return (source.matches("[0-9a-fA-F]{6}=.*") ? "#" : "#rrggbb=") + source;
  }

  private void checkChannels(WeightedLayer layer) {
    Set<Integer> seen = new TreeSet<>();
    for (WeightedChannel channel : layer.channels()) {
      String name = quoted(layer.name() + ':' + channel.channel());
      if (!seen.add(channel.channel())) {
        tell("bad-channel", JobKey.LAYERS, name + " is named twice", "Add up its weights");
      }
      // An engine computes with floats, in which a very small weight would be none.
      if (!Double.isFinite(channel.weight()) || (float) channel.weight() == 0) {
        tell(
            "bad-channel",
            JobKey.LAYERS,
            name + " has weight " + plain(channel.weight()),
            "Give a weight other than 0, or leave the channel out");
      }
    }
  }

  private void checkOctaves() {
    RenderJob.Dream dream = job.dream();
    if (dream.octaves() != null) {
      within(JobKey.OCTAVES, dream.octaves(), 1, MAX_COUNT);
    }
    if (!(dream.octaveScale() > 1) || dream.octaveScale() > 100) {
      add(
          "out-of-range",
          JobKey.OCTAVE_SCALE,
          plain(dream.octaveScale()) + " is not above 1 and at most 100",
          "Give a factor such as 1.4");
    }
    within(JobKey.ITERATIONS, dream.iterations(), 1, MAX_COUNT);
    if (!(dream.step() > 0) || dream.step() > 255) {
      add(
          "out-of-range",
          JobKey.STEP,
          plain(dream.step()) + " is not above 0 and at most 255",
          "Give grey levels, such as 1.5");
    }
    within(JobKey.JITTER, dream.jitter(), 0, MAX_COUNT);
    if (dream.rolls() != null && dream.iterations() >= 1) {
      checkRolls(dream);
    }
  }

  private void checkRolls(RenderJob.Dream dream) {
    int rolls = dream.rolls().size();
    if (dream.octaves() != null) {
      long needed = (long) dream.octaves() * dream.iterations();
      if (rolls != needed) {
        add(
            "bad-rolls",
            JobKey.ROLLS,
            "%s for %s of %s"
                .formatted(
                    Counted.of(rolls, "roll"),
                    Counted.of(dream.octaves(), "octave"),
                    Counted.of(dream.iterations(), "iteration")),
            "Give " + needed,
            JobKey.OCTAVES,
            JobKey.ITERATIONS);
      }
    } else if (rolls % dream.iterations() != 0 || rolls == 0) {
      add(
          "bad-rolls",
          JobKey.ROLLS,
          "%s for octaves of %s"
              .formatted(Counted.of(rolls, "roll"), Counted.of(dream.iterations(), "iteration")),
          "Give one for every iteration of every octave",
          JobKey.OCTAVES,
          JobKey.ITERATIONS);
    }
  }

  private void checkTiles() {
    RenderJob.Tiles tiles = job.tiles();
    if (tiles.tile() != null) {
      within(JobKey.TILE, tiles.tile(), 1, MAX_TILE_PIXELS);
    }
    if (tiles.overlap() != null) {
      within(JobKey.OVERLAP, tiles.overlap(), 0, MAX_TILE_PIXELS);
    }
    if (tiles.halo().kind() == Halo.Kind.GIVEN) {
      within(JobKey.HALO, tiles.halo().pixels(), 0, MAX_TILE_PIXELS);
    }
    if (tiles.sync() != null) {
      within(JobKey.SYNC, tiles.sync(), 0, MAX_COUNT);
    }
    if (tiles.tile() != null && tiles.overlap() != null && tiles.tile() < tiles.overlap()) {
      add(
          "tile-below-overlap",
          JobKey.TILE,
          tiles.tile() + " is smaller than the overlap of " + tiles.overlap(),
          "Give a larger tile or a smaller --overlap",
          JobKey.OVERLAP);
    }
  }

  private void checkRun() {
    RenderJob.Run run = job.run();
    if (run.engine().isBlank()) {
      add("unknown-engine", JobKey.ENGINE, "is empty", "Write auto");
    }
    if (run.threads() != null) {
      within(JobKey.THREADS, run.threads(), 1, MAX_COUNT);
    }
    if (run.memory() != null && run.memory() < MIN_MEMORY_BYTES) {
      add("out-of-range", JobKey.MEMORY, "is below 64m", "Give at least that, such as 8g");
    }
    Optional.ofNullable(run.master())
        .flatMap(master -> Master.problem(placeOf.apply(JobKey.MASTER), master))
        .ifPresent(
            problem -> {
              wrong.add(JobKey.MASTER);
              problems.add(problem);
            });
  }

  private void within(JobKey<?> key, double value, double low, double high) {
    outOfRange("", value, low, high).ifPresent(p -> add(p.code(), key, p.what(), p.remedy()));
  }

  /** Whether a value is not within {@code low} to {@code high}. */
  static Optional<Problem> outOfRange(String where, double value, double low, double high) {
    return value >= low && value <= high
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "out-of-range",
                where,
                "%s is not within %s to %s".formatted(plain(value), plain(low), plain(high)),
                "Give a value in that range"));
  }

  /**
   * Takes the problem that a job lacks a file, if that is because a print gave the job, and nobody
   * took the file back.
   *
   * @param file the key that would name it
   * @param reason the key that makes it necessary
   * @param made what the print tells of itself
   * @return whether that is why
   */
  private boolean isLackOfPrint(
      String code, JobKey<?> file, JobKey<?> reason, String made, String remedy) {
    Optional<String> print = given.contains(file) ? Optional.empty() : printOf.apply(reason);
    if (print.isPresent() && !malformed.contains(file)) {
      wrong.add(file);
      problems.add(
          new Problem(
              code,
              file.commandLineName(),
              "is missing: %s %s, and a print names no files".formatted(print.get(), made),
              remedy));
    }
    return print.isPresent();
  }

  private void addIdle(JobKey<?> key) {
    tell(
        "idle-guide",
        key,
        "is of no use to objective l2",
        "Add --objective guide, or write %s none".formatted(key.flag()),
        JobKey.OBJECTIVE);
  }

  /**
   * Takes a problem, unless what was given of a key was not understood: what the job holds for it
   * is nobody's wish then.
   *
   * @param besides the other keys that decided it
   */
  private void add(String code, JobKey<?> key, String what, String remedy, JobKey<?>... besides) {
    if (isUnderstood(key, besides)) {
      wrong.add(key);
      problems.add(new Problem(code, placeOf.apply(key), what, remedy));
    }
  }

  /** The same where the files that the key names can be looked at all the same. */
  private void tell(String code, JobKey<?> key, String what, String remedy, JobKey<?>... besides) {
    if (isUnderstood(key, besides)) {
      problems.add(new Problem(code, placeOf.apply(key), what, remedy));
    }
  }

  private boolean isUnderstood(JobKey<?> key, JobKey<?>... besides) {
    return !malformed.contains(key) && Stream.of(besides).noneMatch(malformed::contains);
  }

  private static String written(Crop crop) {
    return "%d,%d,%d,%d".formatted(crop.x(), crop.y(), crop.width(), crop.height());
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
