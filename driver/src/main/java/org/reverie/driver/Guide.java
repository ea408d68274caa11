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
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.picture.ProfileConversion;
import org.reverie.executor.print.StandardProfile;
import org.reverie.executor.work.Colours;
import org.reverie.executor.work.SurveyQuestion;
import org.reverie.tiling.Size;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;
import org.reverie.tiling.start.Start;

/**
 * The guides' activations, which the guide objective matches.
 *
 * @param columns per target, channels x count, one guide after the other
 * @param ends for every target and guide of a mask's region one past its last column, target by
 *     target; empty without a mask
 */
record Guide(float[][] columns, int[] ends) {
  /** No guide. */
  static final Guide NONE = new Guide(new float[0][], new int[0]);

  private static final long LARGEST_PICTURE_PIXELS = 64L << 20;

  /**
   * The guides of a job as the brain will see them; none for another objective.
   *
   * @param profile ICC profile of the canvas, in whose colours guides are compared with it
   * @param notes receives what people should know
   */
  static List<SurveyQuestion.GuidePicture> pictures(
      RenderJob job,
      BrainChoice choice,
      byte[] profile,
      List<String> notes,
      Configuration configuration)
      throws IOException {
    List<SurveyQuestion.GuidePicture> pictures = new ArrayList<>();
    if (job.dream().objective() == RenderJob.ObjectiveKind.GUIDE) {
      for (RenderJob.Guide guide : job.dream().guides()) {
        pictures.add(picture(guide.source(), job, choice, profile, notes, configuration));
      }
    }
    return pictures;
  }

  /**
   * The guides of a job.
   *
   * @param seen the columns of every picture for every target, channels x count
   * @param choice the targets
   * @param regional whether each picture belongs to a region of a mask
   */
  static Guide of(List<float[][]> seen, BrainChoice choice, boolean regional) {
    if (seen.isEmpty()) {
      return NONE;
    }
    int targets = choice.targets().size();
    int regions = seen.size();
    float[][] columns = new float[targets][];
    int[] ends = new int[regional ? targets * regions : 0];
    for (int target = 0; target < targets; target++) {
      int channels = choice.brain().layers().get(choice.layers().get(target)).channels();
      int count = 0;
      for (int region = 0; region < regions; region++) {
        count += seen.get(region)[target].length / channels;
        if (regional) {
          ends[target * regions + region] = count;
        }
      }
      columns[target] = new float[Math.multiplyExact(channels, count)];
      int first = 0;
      for (float[][] picture : seen) {
        int own = picture[target].length / channels;
        for (int c = 0; c < channels; c++) {
          System.arraycopy(picture[target], c * own, columns[target], c * count + first, own);
        }
        first += own;
      }
    }
    return new Guide(columns, ends);
  }

  private static SurveyQuestion.GuidePicture picture(
      String source,
      RenderJob job,
      BrainChoice choice,
      byte[] profile,
      List<String> notes,
      Configuration configuration)
      throws IOException {
    RenderJob.Dream dream = job.dream();
    Optional<Start> start = Start.parse(source, dream.seed());
    Size size;
    float[] picture;
    byte[] own = StandardProfile.srgb();
    if (start.isPresent()) {
      size = new Size(dream.guideSize(), dream.guideSize());
      picture = start.get().canvas(size).read(size.bounds());
    } else {
      Path path = Places.path(source, configuration);
      try (Picture guide =
          PictureReader.open(
              Places.fileSystem(path, configuration),
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
        own = guide.profile();
      }
    }
    Optional<ProfileConversion> conversion = ProfileConversion.of(own, profile);
    if (conversion.isPresent()) {
      conversion.get().convert(picture, (int) size.width());
    } else {
      notes.add(
          "guide "
              + source
              + " taken with its values as they are: nothing converts into the input's profile");
    }
    float[] canvas = new Colours(choice.facts("", "")).canvas(picture);
    return new SurveyQuestion.GuidePicture(canvas, (int) size.width(), (int) size.height());
  }

  private static Size scaled(Size size, int longerSide) {
    double factor = (double) longerSide / Math.max(size.width(), size.height());
    return new Size(
        Math.max(1, Math.round(size.width() * factor)),
        Math.max(1, Math.round(size.height() * factor)));
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
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(end).flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
