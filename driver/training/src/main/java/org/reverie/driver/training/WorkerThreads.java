package org.reverie.driver.training;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Keeps a worker to its share of the machine, OpenMP counting threads for each that calls it, and
 * makes what a step draws (dropout) depend on nothing but the seed and the step's pictures: ND4J's
 * generator is one per thread and begins with the clock.
 */
final class WorkerThreads implements TrainingHook {
  private static final long serialVersionUID = 1L;
  private static final int KEYED_VALUES = 64;
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private final int threads;
  private final long seed;

  WorkerThreads(int threads, long seed) {
    this.threads = threads;
    this.seed = seed;
  }

  /** Sets the threads of whatever the calling thread computes from now on. */
  static void limit(int threads) {
    // The first mention of Nd4j loads its natives, which the holder takes for granted.
    // ND4J cuts its own operations into as many parts as it may have master threads, or fewer where
    // another worker of the process has taken them: sums must not depend on that.
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    Nd4j.getEnvironment().setMaxThreads(threads);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  @Override
  public void preUpdate(DataSet batch, Model model) {
    limit(threads);
    Nd4j.getRandom().setSeed(key(batch.getFeatures()));
  }

  @Override
  public void postUpdate(DataSet batch, Model model) {}

  @Override
  public void preUpdate(MultiDataSet batch, Model model) {
    limit(threads);
    Nd4j.getRandom().setSeed(key(batch.getFeatures(0)));
  }

  @Override
  public void postUpdate(MultiDataSet batch, Model model) {}

  /** Of the seed and some of a batch's values, from all of its pictures. */
  private long key(INDArray pictures) {
    long step = Math.max(1, pictures.length() / KEYED_VALUES);
    long key = seed;
    for (long i = 0; i < pictures.length(); i += step) {
      key = (key ^ Float.floatToRawIntBits(pictures.getFloat(i))) * FACTOR;
    }
    return key;
  }
}
