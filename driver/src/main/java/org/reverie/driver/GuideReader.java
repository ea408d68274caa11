package org.reverie.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.work.Colours;
import org.reverie.executor.work.SurveyQuestion;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;
import org.reverie.tiling.start.Start;

/** Reads the pictures that guide a dream. */
final class GuideReader {
  private static final long LARGEST_PICTURE_PIXELS = 64L << 20;

  private GuideReader() {}

  /**
   * The guides of a job, at the size that they are used at; none where its objective is another.
   *
   * @param brain whose colours they get
   */
  static List<SurveyQuestion.GuidePicture> read(
      RenderJob job, RenderPlan.BrainFacts brain, Configuration configuration) throws IOException {
    List<SurveyQuestion.GuidePicture> pictures = new ArrayList<>();
    if (job.dream().objective() == RenderJob.ObjectiveKind.GUIDE) {
      for (RenderJob.Guide guide : job.dream().guides()) {
        pictures.add(read(guide.source(), job, brain, configuration));
      }
    }
    return pictures;
  }

  private static SurveyQuestion.GuidePicture read(
      String source, RenderJob job, RenderPlan.BrainFacts brain, Configuration configuration)
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
    return new SurveyQuestion.GuidePicture(
        new Colours(brain).canvas(picture), (int) size.width(), (int) size.height());
  }

  private static Size scaled(Size size, int longerSide) {
    double factor = (double) longerSide / Math.max(size.width(), size.height());
    return new Size(
        Math.max(1, Math.round(size.width() * factor)),
        Math.max(1, Math.round(size.height() * factor)));
  }
}
