package org.reverie.driver;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.GradientError;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.Window;
import org.reverie.tiling.lattice.Frame;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.lattice.OctaveSizes;
import org.reverie.tiling.lattice.Windows;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;

/**
 * A dream of a photograph one step at a time, straight on an engine: without store, tasks and plan,
 * so that the same x_t can be given to one window and to tiles. A canvas is 3 planes in the brain's
 * order, mean subtracted.
 */
final class SteppedDream implements AutoCloseable {
  static final float STEP = 1.5f;
  private static final int JITTER = 32;
  private static final double OCTAVE_SCALE = 1.4;
  private static final long SEED = 11;

  private final LoadedBrain loaded;
  private final LayerGeometry geometry;
  private final Objective objective;
  private final Engine engine;
  private final Map<Size, Session> sessions = new HashMap<>();

  /**
   * A gradient of a whole canvas.
   *
   * @param values 3 planes
   * @param sum of |g|, added in the order of the tiles
   */
  record Gradient(float[] values, double sum) {
    /** Step over mean |g|. */
    float factor() {
      return sum == 0 ? 0 : (float) (STEP / (sum / values.length));
    }
  }

  SteppedDream(String brain, String layer, int threads) throws IOException {
    this(
        BrainReader.read(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(SharedFolder.of("brains/" + brain).toUri()),
            OptionalLong.empty()),
        layer,
        threads);
  }

  SteppedDream(LoadedBrain brain, String layer, int threads) {
    loaded = brain;
    int index = loaded.layer(layer);
    geometry = ReceptiveFields.of(loaded.brain()).geometry(index);
    objective = Objective.l2(index);
    engine =
        Engines.choose(System.getProperty("reverie.engine", Engines.AUTO))
            .provider()
            .open(
                loaded.brain(),
                objective,
                new EngineProvider.Options(threads, 0, EngineProvider.Precision.FLOAT32));
  }

  LayerGeometry geometry() {
    return geometry;
  }

  static List<Size> octaves(Size canvas, int count) {
    return OctaveSizes.of(canvas, count, OCTAVE_SCALE, Resampling.PHOTOGRAPHIC);
  }

  static Roll roll(int octave, int iteration) {
    KeyedRandom random = KeyedRandom.of(SEED, KeyedRandom.Purpose.ROLL, octave, iteration);
    int range = 2 * JITTER + 1;
    int x = (int) random.nextLong(range) - JITTER;
    return new Roll(x, (int) random.nextLong(range) - JITTER);
  }

  Lattice lattice(Size size, int core, int octave, int round) {
    return Lattice.draw(size, core, geometry.stride(), SEED, octave, round);
  }

  /**
   * The base of an octave: a photograph at that size.
   *
   * @param picture one of the shared images, or the path of another
   */
  float[] base(String picture, Size size) throws IOException {
    Path given = Path.of(picture);
    Path file = given.isAbsolute() ? given : SharedFolder.of("images/" + picture);
    BufferedImage image = ImageIO.read(file.toFile());
    int plane = image.getWidth() * image.getHeight();
    float[] pixels = new float[3 * plane];
    float[] mean = loaded.brain().mean();
    for (int i = 0; i < plane; i++) {
      int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
      for (int c = 0; c < 3; c++) {
        pixels[c * plane + i] = (rgb >> 8 * c & 255) - mean[c];
      }
    }
    return resample(
        Filter.base(Resampling.PHOTOGRAPHIC),
        pixels,
        new Size(image.getWidth(), image.getHeight()),
        size);
  }

  /** The first canvas of an octave: its base and the detail of the octave before. */
  static float[] next(
      float[] base, Size size, float[] before, float[] baseBefore, Size sizeBefore) {
    float[] detail = before.clone();
    for (int i = 0; i < detail.length; i++) {
      detail[i] -= baseBefore[i];
    }
    float[] canvas = resample(Filter.detail(Resampling.PHOTOGRAPHIC), detail, sizeBefore, size);
    for (int i = 0; i < canvas.length; i++) {
      canvas[i] += base[i];
    }
    return canvas;
  }

  private static float[] resample(Filter filter, float[] pixels, Size from, Size to) {
    return new Resampler(filter, from, to).resample(pixels, from.bounds(), to.bounds());
  }

  /** The gradient in one window. */
  Gradient untiled(float[] canvas, Size size, Roll roll) {
    Window window = Windows.forLattice(frame(size, 0, 0), Lattice.single(size)).whole();
    Session session = session(window);
    session.load(window, canvas);
    double sum = session.gradient(roll, window.loadedRegion());
    float[] gradient = new float[canvas.length];
    session.readGradient(window.loadedRegion(), gradient);
    return new Gradient(gradient, sum);
  }

  /** The gradient by the cores of a lattice. */
  Gradient tiled(float[] canvas, Roll roll, Lattice lattice, int haloPixels) {
    Size size = lattice.size();
    Windows windows = Windows.forLattice(frame(size, haloPixels, 0), lattice);
    float[] gradient = new float[canvas.length];
    double sum = 0;
    for (int tile = 0; tile < lattice.tiles(); tile++) {
      Rectangle core = lattice.core(tile);
      Window window = windows.window(core);
      Session session = session(window);
      session.load(window, part(canvas, size, window.loaded()));
      Region region = Region.of(core, window.loaded());
      sum += session.gradient(roll, region);
      float[] part = new float[3 * region.pixels()];
      session.readGradient(region, part);
      put(part, core, gradient, size);
    }
    return new Gradient(gradient, sum);
  }

  /**
   * How far a gradient is from the oracle's, which sees all that a core's gradient depends on, once
   * ties are turned ({@link GradientError}).
   *
   * @param canvas what it is the gradient of
   * @param gradient 3 planes of the core
   * @param tolerance beyond which ties are looked for
   */
  double errorBesideTies(
      float[] canvas,
      Roll roll,
      Lattice lattice,
      Rectangle core,
      float[] gradient,
      double tolerance) {
    Size size = lattice.size();
    Window window = Windows.forLattice(frame(size, geometry.exactHalo(), 0), lattice).window(core);
    return GradientError.besideTies(
        loaded.brain(),
        objective,
        window,
        roll,
        part(canvas, size, window.loaded()),
        Region.of(core, window.loaded()),
        gradient,
        tolerance);
  }

  /** How a tile alone is scaled in the iterations of a round. */
  interface Scale {
    /**
     * The mean |g| that iteration t divides by.
     *
     * @param ownSums of |g| over the tile's core, of iterations 0 .. t
     */
    double mean(List<Double> ownSums);
  }

  /**
   * All iterations of an octave on one tile by itself.
   *
   * @param sums receives the sum of |g| over the core at every iteration
   * @return 3 planes of {@code result}
   */
  float[] alone(
      float[] canvas,
      Lattice lattice,
      int tile,
      int haloPixels,
      int overlapPixels,
      List<Roll> rolls,
      Scale scale,
      List<Double> sums) {
    Size size = lattice.size();
    Rectangle core = lattice.core(tile);
    Rectangle result = core.grow(overlapPixels / 2).intersect(size.bounds());
    Window window =
        Windows.forLattice(frame(size, haloPixels, overlapPixels), lattice).window(core);
    Session session = session(window);
    session.load(window, part(canvas, size, window.loaded()));
    for (Roll roll : rolls) {
      sums.add(session.gradient(roll, Region.of(core, window.loaded())));
      double mean = scale.mean(sums);
      session.step(mean == 0 ? 0 : (float) (STEP / mean), clip());
    }
    float[] planes = new float[Math.toIntExact(3 * result.pixels())];
    session.readCanvas(Region.of(result, window.loaded()), planes);
    return planes;
  }

  /**
   * The gradient of the last iteration of a round, as a tile by itself sees it.
   *
   * @param canvas what all tiles began the round from
   * @param rolls of the round
   * @param means that all of them divide by, one per iteration
   * @return 3 planes of the tile's core
   */
  float[] lastGradient(
      float[] canvas,
      Lattice lattice,
      int tile,
      int haloPixels,
      int overlapPixels,
      List<Roll> rolls,
      double[] means) {
    Size size = lattice.size();
    Window window =
        Windows.forLattice(frame(size, haloPixels, overlapPixels), lattice)
            .window(lattice.core(tile));
    Region core = Region.of(lattice.core(tile), window.loaded());
    Session session = session(window);
    session.load(window, part(canvas, size, window.loaded()));
    for (int t = 0; t < rolls.size(); t++) {
      if (t > 0) {
        session.step((float) (STEP / means[t - 1]), clip());
      }
      session.gradient(rolls.get(t), core);
    }
    float[] gradient = new float[3 * core.pixels()];
    session.readGradient(core, gradient);
    return gradient;
  }

  /** clip(x + factor g). */
  float[] step(float[] canvas, Gradient gradient) {
    float[] stepped = canvas.clone();
    int plane = canvas.length / 3;
    float factor = gradient.factor();
    for (int i = 0; i < stepped.length; i++) {
      float value = canvas[i] + factor * gradient.values()[i];
      stepped[i] = Math.min(clip().high()[i / plane], Math.max(clip().low()[i / plane], value));
    }
    return stepped;
  }

  private Clip clip() {
    return Clip.pixels(loaded.brain().mean());
  }

  /** Sessions of one octave are of no use in the next. */
  void forgetSessions() {
    sessions.values().forEach(Session::close);
    sessions.clear();
  }

  static float[] part(float[] canvas, Size size, Rectangle part) {
    float[] planes = new float[Math.toIntExact(3 * part.pixels())];
    int width = (int) part.width();
    int at = 0;
    for (int c = 0; c < 3; c++) {
      for (long y = part.y(); y < part.bottom(); y++) {
        int from = (int) ((c * size.height() + y) * size.width() + part.x());
        System.arraycopy(canvas, from, planes, at, width);
        at += width;
      }
    }
    return planes;
  }

  /** How far a gradient is from the expected one, over the expected one's l2 norm. */
  static double relativeError(float[] expected, float[] found) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      double d = (double) expected[i] - found[i];
      difference += d * d;
      norm += (double) expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  static CanvasSource source(float[] canvas, Size size) {
    return part -> part(canvas, size, part);
  }

  private static void put(float[] planes, Rectangle part, float[] canvas, Size size) {
    int width = (int) part.width();
    int at = 0;
    for (int c = 0; c < 3; c++) {
      for (long y = part.y(); y < part.bottom(); y++) {
        int to = (int) ((c * size.height() + y) * size.width() + part.x());
        System.arraycopy(planes, at, canvas, to, width);
        at += width;
      }
    }
  }

  private Frame frame(Size size, int haloPixels, int overlapPixels) {
    return Frame.mirrored(size, geometry, haloPixels, geometry.exactHalo(), overlapPixels, true);
  }

  private Session session(Window window) {
    return sessions.computeIfAbsent(
        new Size(window.x().length(), window.y().length()),
        size -> engine.compile((int) size.width(), (int) size.height()));
  }

  @Override
  public void close() {
    forgetSessions();
    engine.close();
  }
}
