package org.reverie.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.work.Colours;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;
import org.reverie.tiling.start.Start;

/**
 * The guides' activations, which the guide objective matches, and where each of them counts.
 *
 * @param columns per target, channels x count, one guide after the other
 * @param ends for every target and guide one past its last column; empty without a mask
 * @param mask which guide counts where
 */
record Guide(float[][] columns, int[] ends, Optional<RegionPicture> mask) {
  /** No guide. */
  static final Guide NONE = new Guide(new float[0][], new int[0], Optional.empty());

  /** More columns would cost every iteration a product that no eye could tell. */
  private static final int MOST_COLUMNS = 4096;

  private static final long LARGEST_PICTURE_PIXELS = 64L << 20;

  /**
   * Runs the guides of a job through the brain.
   *
   * @param engine opened for the brain and the job's layers
   * @throws UserException if a guide or the mask cannot be used
   */
  static Guide of(RenderJob job, BrainChoice choice, Engine engine, Configuration configuration)
      throws IOException {
    Optional<RegionPicture> mask =
        job.dream().guideMask() == null
            ? Optional.empty()
            : Optional.of(RegionPicture.read(job, configuration));
    List<RenderJob.Guide> guides = job.dream().guides();
    List<List<float[]>> parts = new ArrayList<>();
    for (RenderJob.Guide guide : guides) {
      parts.add(columns(guide.source(), job, choice, engine, configuration));
    }
    int targets = choice.targets().size();
    float[][] columns = new float[targets][];
    int[] ends = new int[mask.isPresent() ? targets * guides.size() : 0];
    for (int target = 0; target < targets; target++) {
      int channels = choice.brain().layers().get(choice.layers().get(target)).channels();
      List<float[]> ofTarget = new ArrayList<>();
      int end = 0;
      for (int i = 0; i < guides.size(); i++) {
        ofTarget.add(parts.get(i).get(target));
        end += ofTarget.get(i).length / channels;
        if (mask.isPresent()) {
          ends[target * guides.size() + i] = end;
        }
      }
      columns[target] = beside(ofTarget, channels, end);
    }
    return new Guide(columns, ends, mask);
  }

  /** Several matrices of as many channels, one to the right of the other. */
  private static float[] beside(List<float[]> parts, int channels, int count) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    float[] all = new float[Math.multiplyExact(channels, count)];
    int first = 0;
    for (float[] part : parts) {
      int columns = part.length / channels;
      for (int c = 0; c < channels; c++) {
        System.arraycopy(part, c * columns, all, c * count + first, columns);
      }
      first += columns;
    }
    return all;
  }

  /** One guide's columns for every target. */
  private static List<float[]> columns(
      String source, RenderJob job, BrainChoice choice, Engine engine, Configuration configuration)
      throws IOException {
    RenderJob.Dream dream = job.dream();
    Optional<Start> start = Start.parse(source, dream.seed());
    Size size;
    float[] picture;
    if (start.isPresent()) {
      size = new Size(dream.guideSize(), dream.guideSize());
      picture = start.get().canvas(size).read(size.bounds());
    } else {
      Path path = Places.path(source, configuration);
      try (Picture guide =
          PictureReader.open(
              path.getFileSystem(configuration),
              path,
              Background.parse(job.input().background()))) {
        Size full = guide.size();
        if (full.pixels() > LARGEST_PICTURE_PIXELS) {
          throw UserException.of(
              "guide-too-large",
              source,
              "a guide of " + full + " px is larger than 64 megapixels",
              "Scale it down: it is used at " + dream.guideSize() + " px");
        }
        size = scaled(full, dream.guideSize());
        float[] whole = new float[Math.toIntExact(3 * full.pixels())];
        guide.readRows(0, (int) full.height(), whole);
        Resampler resampler =
            new Resampler(Filter.base(RenderJob.Resampling.PHOTOGRAPHIC), full, size);
        picture = resampler.resample(whole, full.bounds(), size.bounds());
      }
    }
    float[] canvas = new Colours(choice.facts("", "")).canvas(picture);
    List<float[]> activations = engine.activations(canvas, (int) size.width(), (int) size.height());
    List<float[]> columns = new ArrayList<>();
    for (int i = 0; i < activations.size(); i++) {
      int channels = choice.brain().layers().get(choice.layers().get(i)).channels();
      columns.add(thinned(activations.get(i), channels));
    }
    return columns;
  }

  /**
   * Holds the mask against what is dreamt.
   *
   * @throws UserException if it has another shape
   */
  void check(RenderJob job, RenderPlan plan) {
    if (mask.isPresent()) {
      mask.get().check(job.dream().guideMask(), plan);
    }
  }

  /** The mask as executors take it; empty without one. */
  byte[] encodedMask() {
    return mask.map(picture -> picture.mask().encode()).orElse(new byte[0]);
  }

  /** SHA-256 of the mask's regions; empty without one. */
  String maskHash() {
    return mask.map(RegionPicture::hash).orElse("");
  }

  private static Size scaled(Size size, int longerSide) {
    double factor = (double) longerSide / Math.max(size.width(), size.height());
    return new Size(
        Math.max(1, Math.round(size.width() * factor)),
        Math.max(1, Math.round(size.height() * factor)));
  }

  /** At most {@link #MOST_COLUMNS} of the columns, evenly spread. */
  private static float[] thinned(float[] activations, int channels) {
    int count = activations.length / channels;
    if (count <= MOST_COLUMNS) {
      return activations;
    }
    float[] thinned = new float[channels * MOST_COLUMNS];
    for (int c = 0; c < channels; c++) {
      for (int j = 0; j < MOST_COLUMNS; j++) {
        thinned[c * MOST_COLUMNS + j] =
            activations[c * count + (int) ((long) j * count / MOST_COLUMNS)];
      }
    }
    return thinned;
  }

  /** SHA-256 over all columns, lower-case hexadecimal; empty without a guide. */
  String hash() {
    if (columns.length == 0) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (float[] values : columns) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
      }
      for (int end : ends) {
        digest.update(ByteBuffer.allocate(4).putInt(end).flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
