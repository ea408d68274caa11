package org.reverie.driver.training;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.nd4j.common.loader.Source;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.reverie.driver.Places;
import org.reverie.tiling.KeyedRandom;

/** Decodes and distorts batches on executors, on the fly. The "path" of a batch is its number. */
final class BatchLoader implements DataSetLoader {
  private static final long serialVersionUID = 1L;

  private static final long DISTORTION = 2;

  private final Broadcast<Showing> showing;
  private transient BalancedOrder order;

  BatchLoader(Broadcast<Showing> showing) {
    this.showing = showing;
  }

  @Override
  public DataSet load(Source source) throws IOException {
    return batch(showing.value(), order(), Long.parseLong(source.getPath()));
  }

  private synchronized BalancedOrder order() {
    if (order == null) {
      Showing known = showing.value();
      order = new BalancedOrder(known.labels(), known.classes(), known.seed());
    }
    return order;
  }

  /** The batch of that number. */
  static DataSet batch(Showing showing, BalancedOrder order, long number) throws IOException {
    int count = showing.batch();
    int values = TrainingPicture.CHANNELS * showing.size() * showing.size();
    float[] pictures = new float[count * values];
    float[] labels = new float[count * showing.classes()];
    Distortion distortion =
        new Distortion(showing.size(), showing.photometric(), showing.lighting(), showing.grain());
    for (int i = 0; i < count; i++) {
      long position = number * count + i;
      int index = order.at(position);
      float[] planes =
          distortion.apply(
              read(showing, index),
              KeyedRandom.of(showing.seed(), KeyedRandom.Purpose.TRAINING, DISTORTION, position));
      put(showing, planes, pictures, i * values);
      float off = (float) (showing.smoothing() / showing.classes());
      for (int c = 0; c < showing.classes(); c++) {
        labels[i * showing.classes() + c] = off;
      }
      labels[i * showing.classes() + showing.labels()[index]] += (float) (1 - showing.smoothing());
    }
    return new DataSet(
        Nd4j.create(pictures, new long[] {count, 3, showing.size(), showing.size()}, 'c'),
        Nd4j.create(labels, new long[] {count, showing.classes()}, 'c'));
  }

  /** A picture, from its file or from an earlier showing. */
  static TrainingPicture read(Showing showing, int index) throws IOException {
    int shorter = shorter(showing.size());
    String file = showing.paths()[index];
    TrainingPicture kept = KeptPictures.get(file, shorter);
    if (kept != null) {
      return kept;
    }
    Path path = new Path(file);
    FileSystem fileSystem = Places.fileSystem(path, ExecutorFiles.configuration());
    TrainingPicture picture = TrainingPicture.read(fileSystem, path, shorter);
    KeptPictures.keep(file, shorter, picture);
    return picture;
  }

  /** The shorter side that crops of all scales are taken from. */
  static int shorter(int size) {
    return size + size / 4;
  }

  /** Writes red, green, blue planes in the brain's order, without their mean. */
  static void put(Showing showing, float[] planes, float[] out, int offset) {
    int each = showing.size() * showing.size();
    for (int c = 0; c < TrainingPicture.CHANNELS; c++) {
      int from = (showing.blueFirst() ? 2 - c : c) * each;
      for (int i = 0; i < each; i++) {
        out[offset + c * each + i] = planes[from + i] - showing.mean()[c];
      }
    }
  }
}
