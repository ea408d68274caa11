package org.reverie.tiling.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.reverie.conf.Recipe;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.tiling.Border;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.KeyedRandom.Purpose;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Frame;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.lattice.OctaveSizes;
import org.reverie.tiling.lattice.Windows;
import org.reverie.tiling.plan.OctavePlan.Mode;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.PrintLayout;
import org.reverie.tiling.resample.SourceArea;

/** Makes the plan of a render by rules alone, so that it can be made again. */
public final class Planner {
  /** Blended bands wider than this soften what is dreamt there without hiding a seam better. */
  private static final int LARGEST_OVERLAP = 64;

  /** Beyond this a window gains little: 4c, exact, core 4096 reads 1.3 times its pixels. */
  public static final int LARGEST_WINDOW = 8192;

  /**
   * Exact mode is taken where it costs less than this over {@code sync: octave}, in pixels that the
   * network sees, and no accelerator computes them: one that dreams 60 megapixels a second takes 17
   * ns for a pixel of an iteration, whose 48 bytes of state and gradient a store of 1 GB/s carries
   * in 48.
   */
  public static final double EXACT_MODE_COST = 1.15;

  private static final int BRAIN_INPUT_PIXELS = 224;
  private static final int PREVIEW_DIVISOR = 8;

  private final PlanRequest request;
  private final RenderJob job;
  private final LayerGeometry geometry;
  private final Border border;

  private Planner(PlanRequest request) {
    this.request = request;
    this.job = request.job();
    this.geometry = request.geometry();
    this.border =
        switch (job.dream().border()) {
          case MIRROR -> Border.MIRROR;
          case WRAP -> Border.WRAP;
        };
  }

  /**
   * The plan for a request.
   *
   * @throws UserException if what was asked for cannot be rendered with this brain and memory
   */
  public static RenderPlan plan(PlanRequest request) {
    return new Planner(request).plan();
  }

  /**
   * The rule of threads and slots on processors: an executor is one slot, that is one session that
   * computes at a time, and the session has all processors. Tasks beyond the one that computes read
   * and store meanwhile.
   *
   * <p>As many sessions with one thread each were 0.5 to 0.65 times as fast on two busy processors
   * (docs/measurements.md, "Threads and slots") and need as many windows in memory, so that each
   * must be smaller and its halo counts for more.
   *
   * <p>The number is part of the plan, since sums of other partitions differ in their last bits: a
   * render that is carried on, or made again from its recipe, uses the same, whatever the machine
   * and however many executors run.
   *
   * @param asked threads that the job asks for, or null
   * @param processors of an executor
   */
  public static int threads(Integer asked, int processors) {
    return asked == null ? processors : asked;
  }

  /**
   * The part of the canvas that a job prints, in its pixels: all of it without a crop.
   *
   * @param inputSize of the input, or null for a start from nothing
   * @throws UserException if there is no such size or part
   */
  public static Rectangle printed(RenderJob job, Size inputSize) {
    return crop(job, layout(job, inputSize).canvas());
  }

  private RenderPlan plan() {
    PrintLayout print = layout(job, request.inputSize());
    Rectangle crop = crop(job, print.canvas());
    List<Size> sizes = octaveSizes(print.canvas());
    checkTile();
    Cutting cutting = cutting(sizes);
    List<OctavePlan> octaves = new ArrayList<>();
    int firstIteration = 0;
    for (int k = 0; k < sizes.size(); k++) {
      octaves.add(octave(k, sizes.get(k), cutting, rolls(k, firstIteration)));
      firstIteration += job.dream().iterations();
    }
    if (!crop.equals(print.canvas().bounds())
        && border == Border.MIRROR
        && geometry.bounded()
        && job.dream().resampling() == RenderJob.Resampling.PHOTOGRAPHIC) {
      cutting = crop(crop, cutting, sizes, octaves);
    }
    Size inputSize = request.inputSize() == null ? sizes.get(0) : request.inputSize();
    return new RenderPlan(
        RenderPlan.VERSION,
        Recipe.of(job),
        job.dream().seed(),
        job.dream().step(),
        job.dream().resampling(),
        request.start(),
        request.inputHash(),
        inputSize,
        request.inputSize() == null ? SourceArea.whole(inputSize) : print.source(),
        print.canvas(),
        crop,
        job.print().dpi() / divisor(job),
        bitsPerSample(),
        octaves,
        border,
        rolls(),
        geometry.stride(),
        geometry.receptiveField(),
        cutting.halo,
        borderPixels(),
        cutting.overlap,
        cutting.tile,
        octaves.stream().allMatch(octave -> octave.mode() == Mode.WHOLE)
            ? "one window an octave: nothing has to meet"
            : cutting.meeting,
        request.brain(),
        request.engine());
  }

  private static int divisor(RenderJob job) {
    return job.print().preview() ? PREVIEW_DIVISOR : 1;
  }

  private static PrintLayout layout(RenderJob job, Size inputSize) {
    if (inputSize == null) {
      // A start from nothing has the shape it is asked for, and is square where nothing says more.
      if (job.print().width() == null && job.print().height() == null) {
        throw UserException.of(
            "size-missing",
            "--width",
            "a start from nothing has no size of its own",
            "Give --width, --height or both");
      }
    }
    PrintLayout layout =
        inputSize == null
            ? PrintLayout.of(new Size(1, 1), stretched(job.print()))
            : PrintLayout.of(inputSize, job.print());
    return divisor(job) == 1 ? layout : layout.reduced(divisor(job));
  }

  /** The print section of a start from nothing, which cannot be cut or padded. */
  private static RenderJob.Print stretched(RenderJob.Print print) {
    return new RenderJob.Print(
        print.out(),
        print.width(),
        print.height(),
        print.dpi(),
        print.bleed(),
        RenderJob.Fit.STRETCH,
        print.depth(),
        print.dither(),
        print.preview(),
        print.crop());
  }

  private static Rectangle crop(RenderJob job, Size canvas) {
    RenderJob.Crop asked = job.print().crop();
    if (asked == null) {
      return canvas.bounds();
    }
    int divisor = divisor(job);
    Rectangle crop =
        new Rectangle(
            reduced(asked.x(), divisor, canvas.width()),
            reduced(asked.y(), divisor, canvas.height()),
            Math.max(1, asked.width() / divisor),
            Math.max(1, asked.height() / divisor));
    if (!canvas.bounds().contains(crop)) {
      throw UserException.of(
          "crop-outside",
          "--crop",
          "%d x %d px at %d, %d reach beyond the canvas of %s px"
              .formatted(crop.width(), crop.height(), crop.x(), crop.y(), canvas),
          "Choose a part of the canvas");
    }
    return crop;
  }

  /** Sides are rounded to the nearest pixel, so that the last ones may have none of their own. */
  private static long reduced(long position, int divisor, long length) {
    long at = position / divisor;
    return divisor > 1 && at == length ? length - 1 : at;
  }

  /**
   * Puts octaves of which only a part is dreamt in place of the larger ones. Those that are dreamt
   * whole stay as they are for the print, and so do their bytes.
   *
   * @param octaves of the whole print; changed
   * @return how parts are cut
   */
  private Cutting crop(Rectangle crop, Cutting print, List<Size> sizes, List<OctavePlan> octaves) {
    Cutting cutting = apart(print, sizes, print.halo);
    List<Rectangle> parts = parts(crop, cutting, sizes);
    if (print.sync == 1 && job.tiles().halo().kind() == RenderJob.Halo.Kind.AUTO) {
      // Only octaves of tiles that meet after every iteration need the exact halo.
      Cutting less = apart(print, sizes, request.autoHaloPixels());
      List<Rectangle> smaller = parts(crop, less, sizes);
      if (whole(smaller, sizes).allMatch(k -> octaves.get(k).mode() == Mode.WHOLE)) {
        cutting = less;
        parts = smaller;
      }
    }
    boolean before = true;
    for (int k = 0; k < sizes.size(); k++) {
      Size size = sizes.get(k);
      Rectangle part = parts.get(k);
      boolean whole = part.equals(size.bounds());
      if (!whole) {
        List<Roll> rolls = octaves.get(k).rolls();
        // One gradient of all of the first octave that is not dreamt whole tells how much more, or
        // less, happens there than in the part.
        Lattice lattice = Lattice.around(size, part, cutting.tile, geometry.stride(), before);
        RoundPlan round = new RoundPlan(0, 0, rolls.size(), lattice);
        Mode mode = rolls.size() == 1 ? Mode.EXACT : Mode.ROUNDS;
        octaves.set(k, new OctavePlan(k, size, part, mode, rolls, List.of(round)));
      }
      before = whole;
    }
    long whole = whole(parts, sizes).count();
    return whole == sizes.size()
        ? print
        : new Cutting(
            print.tile,
            cutting.halo,
            cutting.overlap,
            print.sync,
            "octaves larger than " + sizes.get((int) whole - 1) + " px only around the crop");
  }

  /** How parts are cut that run all iterations of an octave by themselves. */
  private Cutting apart(Cutting print, List<Size> sizes, int halo) {
    return print.sync == 1 ? cutting(sizes, halo, 0, print.meeting) : print;
  }

  private List<Rectangle> parts(Rectangle crop, Cutting cutting, List<Size> sizes) {
    return new Crop(geometry.stride(), cutting.halo, cutting.overlap)
        .parts(sizes, crop, Filter.detail(job.dream().resampling()));
  }

  private static IntStream whole(List<Rectangle> parts, List<Size> sizes) {
    return IntStream.range(0, sizes.size()).filter(k -> parts.get(k).equals(sizes.get(k).bounds()));
  }

  private int bitsPerSample() {
    if (job.print().depth() == null) {
      return request.inputBits() > 8 ? 16 : 8;
    }
    return switch (job.print().depth()) {
      case EIGHT -> 8;
      case SIXTEEN -> 16;
      case FLOAT -> 32;
    };
  }

  private List<Size> octaveSizes(Size canvas) {
    double scale = job.dream().octaveScale();
    int count =
        job.dream().octaves() != null
            ? job.dream().octaves()
            : OctaveSizes.automaticCount(canvas, scale, BRAIN_INPUT_PIXELS);
    List<Size> sizes = OctaveSizes.of(canvas, count, scale, job.dream().resampling());
    long different = sizes.stream().distinct().count();
    if (different < count) {
      throw UserException.of(
          "too-many-octaves",
          "--octaves",
          "%d octaves of %s px, each %s times the next smaller one, have %d different sizes"
              .formatted(count, canvas, scale, different),
          "Choose at most " + different + ", or a larger --octave-scale");
    }
    return sizes;
  }

  private void checkTile() {
    Integer tile = job.tiles().tile();
    if (tile != null && tile < geometry.stride()) {
      throw UserException.of(
          "tile-too-small",
          "--tile",
          tile + " px is less than the layer's stride of " + geometry.stride() + " px",
          "Choose a tile of at least " + geometry.stride() + " px");
    }
    Integer overlap = job.tiles().overlap();
    if (tile != null && overlap != null && tile < overlap) {
      throw UserException.of(
          "tile-too-small",
          "--tile",
          tile + " px is less than the overlap of " + overlap + " px",
          "Choose a larger --tile or a smaller --overlap");
    }
  }

  /** Tile, halo and overlap, the same for all octaves, and how tiles meet. */
  private record Cutting(int tile, int halo, int overlap, int sync, String meeting) {
    Cutting meeting(String reason) {
      return new Cutting(tile, halo, overlap, sync, reason);
    }
  }

  private Cutting cutting(List<Size> sizes) {
    int autoHalo = request.autoHaloPixels();
    int exactHalo = geometry.bounded() ? geometry.exactHalo() : autoHalo;
    int halo =
        switch (job.tiles().halo().kind()) {
          case AUTO -> autoHalo;
          case EXACT -> exactHalo;
          case GIVEN -> roundUp(job.tiles().halo().pixels());
        };
    Integer sync = job.tiles().sync();
    if (border == Border.WRAP) {
      // A wrapped canvas rolls under its tiles, so a tile that is not the canvas cannot stay put.
      int exact = job.tiles().halo().kind() == RenderJob.Halo.Kind.GIVEN ? halo : exactHalo;
      return cutting(sizes, exact, 1, "a wrapped canvas meets after every iteration");
    }
    if (sync != null) {
      return cutting(sizes, halo, sync, asked(sync, halo, exactHalo));
    }
    if (job.tiles().halo().kind() == RenderJob.Halo.Kind.EXACT) {
      return cutting(sizes, exactHalo, 1, "exact: the halo is, so sync is 1");
    }
    Cutting once = cutting(sizes, halo, 0, "");
    if (job.tiles().halo().kind() == RenderJob.Halo.Kind.AUTO && request.accelerated()) {
      return once.meeting(
          "sync octave: an accelerator would wait for exact tiles to be carried about");
    }
    if (job.tiles().halo().kind() == RenderJob.Halo.Kind.AUTO && geometry.bounded()) {
      Cutting exact = cutting(sizes, exactHalo, 1, "");
      double cost = cost(sizes, exact) / cost(sizes, once);
      String measured = String.format(Locale.ROOT, "%.2f times the pixels of sync octave", cost);
      if (cost < EXACT_MODE_COST) {
        return new Cutting(exact.tile, exactHalo, 0, 1, "exact, at " + measured);
      }
      return once.meeting("sync octave, since exact would take " + measured);
    }
    return once.meeting("sync octave: the halo is given");
  }

  /** Says what a person's choice comes to. */
  private String asked(int sync, int halo, int exactHalo) {
    if (sync == 1) {
      String exact =
          halo >= exactHalo
              ? "exact: "
              : "a halo of " + exactHalo + " px (--halo exact) would be exact; ";
      return (geometry.bounded() ? exact : "") + "sync 1 as asked for";
    }
    return sync == 0 || sync >= job.dream().iterations()
        ? "once per octave as asked for"
        : "sync " + sync + " as asked for";
  }

  private Cutting cutting(List<Size> sizes, int halo, int sync, String meeting) {
    int overlap = 0;
    if (sync != 1) {
      Integer asked = job.tiles().overlap();
      overlap = asked != null ? asked : LARGEST_OVERLAP;
    }
    Size largest = sizes.get(sizes.size() - 1);
    Integer asked = job.tiles().tile();
    int tile = asked != null ? asked : LARGEST_WINDOW;
    tile = (int) Math.min(tile, Math.max(largest.width(), largest.height()));
    tile = Math.max(tile, 1);
    if (asked == null || bytes(sizes, tile, halo, overlap) > request.memoryBytes()) {
      tile = largestTile(sizes, tile, halo, overlap);
    }
    if (job.tiles().overlap() == null) {
      // A band of more than a quarter of a tile would blend more than it leaves alone.
      overlap = Math.min(overlap, Math.max(tile / 4, 1) / 2 * 2);
    }
    return new Cutting(tile, halo, overlap, sync, meeting);
  }

  /**
   * The largest tile, a multiple of the stride, whose windows fit into the memory in all octaves.
   */
  private int largestTile(List<Size> sizes, int limit, int halo, int overlap) {
    int stride = geometry.stride();
    if (bytes(sizes, limit, halo, overlap) <= request.memoryBytes()) {
      return limit;
    }
    int low = 0;
    int high = (limit - 1) / stride;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (bytes(sizes, middle * stride, halo, overlap) <= request.memoryBytes()) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (low == 0) {
      throw UserException.of(
          "memory-too-small",
          "--memory",
          "%d MiB hold no tile of this layer: the smallest takes %d MiB"
              .formatted(
                  request.memoryBytes() >> 20, 1 + (bytes(sizes, stride, halo, overlap) >> 20)),
          "Give more memory, a smaller --halo, or choose a lower layer");
    }
    return low * stride;
  }

  /**
   * The most that a window takes. Where a piece just covers a smaller octave, its window has the
   * mirrored border on both sides, and is longer than any of the largest octave.
   */
  private long bytes(List<Size> sizes, int tile, int halo, int overlap) {
    long most = 0;
    long longestX = 0;
    long longestY = 0;
    for (int k = sizes.size() - 1; k >= 0; k--) {
      Windows windows = Windows.forCores(frame(sizes.get(k), halo, overlap), tile);
      long x = windows.longest(Axis.X);
      long y = windows.longest(Axis.Y);
      if (x > longestX || y > longestY) {
        most = Math.max(most, request.memory().bytesFor(Math.toIntExact(x), Math.toIntExact(y)));
        longestX = x;
        longestY = y;
      }
    }
    return most;
  }

  private Frame frame(Size size, int halo, int overlap) {
    return new Frame(size, border, geometry.stride(), halo, borderPixels(), overlap, rolls());
  }

  /** Pixels that the network sees in all iterations of all octaves. */
  private double cost(List<Size> sizes, Cutting cutting) {
    double pixels = 0;
    int iterations = job.dream().iterations();
    for (int k = 0; k < sizes.size(); k++) {
      Size size = sizes.get(k);
      OctavePlan octave = octave(k, size, cutting, rolls(k, k * iterations));
      int overlap = octave.mode() == Mode.ROUNDS ? cutting.overlap : 0;
      Frame frame = frame(size, cutting.halo, overlap);
      if (octave.mode() == Mode.WHOLE) {
        pixels += (double) frame.pixels() * iterations;
        continue;
      }
      List<Windows> windows = octave.windows(frame, cutting.tile);
      for (RoundPlan round : octave.rounds()) {
        pixels +=
            (double) windows.get(round.index()).inputPixels(round.lattice()) * round.iterations();
      }
    }
    return pixels;
  }

  private Lattice lattice(Size size, int tile, int octave, int round) {
    return size.width() <= tile && size.height() <= tile
        ? Lattice.single(size)
        : Lattice.draw(size, tile, geometry.stride(), job.dream().seed(), octave, round);
  }

  private OctavePlan octave(int index, Size size, Cutting cutting, List<Roll> rolls) {
    int iterations = rolls.size();
    if (lattice(size, cutting.tile, index, 0).tiles() == 1) {
      RoundPlan round = new RoundPlan(0, 0, iterations, Lattice.single(size));
      return new OctavePlan(index, size, size.bounds(), Mode.WHOLE, rolls, List.of(round));
    }
    if (!geometry.bounded()) {
      throw UserException.of(
          "layer-sees-everything",
          "--layer",
          "it lies above a global pool, so it can be dreamt only where an octave is one tile, and the"
              + " octave of "
              + size
              + " px is not",
          "Choose a lower layer, a larger --tile, more --memory, or a smaller print");
    }
    // The first octave has no curve of an earlier one to follow, and one iteration has no round.
    boolean exact = cutting.sync == 1 || index == 0 || iterations == 1;
    int perRound = exact ? 1 : cutting.sync == 0 ? iterations : cutting.sync;
    List<RoundPlan> rounds = new ArrayList<>();
    for (int first = 0; first < iterations; first += perRound) {
      int round = rounds.size();
      rounds.add(
          new RoundPlan(
              round,
              first,
              Math.min(perRound, iterations - first),
              lattice(size, cutting.tile, index, round)));
    }
    return new OctavePlan(
        index, size, size.bounds(), exact ? Mode.EXACT : Mode.ROUNDS, rolls, rounds);
  }

  private List<Roll> rolls(int octave, int firstIteration) {
    RenderJob.Dream dream = job.dream();
    List<Roll> rolls = new ArrayList<>();
    for (int t = 0; t < dream.iterations(); t++) {
      if (dream.rolls() != null) {
        if (firstIteration + t >= dream.rolls().size()) {
          throw UserException.of(
              "too-few-rolls",
              "dream.rolls",
              dream.rolls().size() + " rolls are too few for all iterations of all octaves",
              "Give one [x, y] per iteration, smallest octave first, or none");
        }
        List<Integer> roll = dream.rolls().get(firstIteration + t);
        rolls.add(new Roll(roll.get(0), roll.get(1)));
      } else {
        KeyedRandom random = KeyedRandom.of(dream.seed(), Purpose.ROLL, octave, t);
        int range = 2 * dream.jitter() + 1;
        int x = (int) random.nextLong(range) - dream.jitter();
        int y = (int) random.nextLong(range) - dream.jitter();
        rolls.add(new Roll(x, y));
      }
    }
    return rolls;
  }

  private boolean rolls() {
    return job.dream().rolls() != null || job.dream().jitter() > 0;
  }

  private int borderPixels() {
    return border == Border.WRAP ? 0 : request.autoHaloPixels();
  }

  private int roundUp(int pixels) {
    int stride = geometry.stride();
    return Math.multiplyExact((pixels + stride - 1) / stride, stride);
  }
}
