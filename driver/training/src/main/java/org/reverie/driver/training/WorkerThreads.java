package org.reverie.driver.training;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Keeps a worker to its share of the machine; OpenMP counts threads for each that calls it. */
final class WorkerThreads implements TrainingHook {
  private static final long serialVersionUID = 1L;

  private final int threads;

  WorkerThreads(int threads) {
    this.threads = threads;
  }

  /** Sets the threads of whatever the calling thread computes from now on. */
  static void limit(int threads) {
    // The first mention of Nd4j loads its natives, which the holder takes for granted.
    Nd4j.getEnvironment().setMaxThreads(threads);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  @Override
  public void preUpdate(DataSet batch, Model model) {
    limit(threads);
  }

  @Override
  public void postUpdate(DataSet batch, Model model) {}

  @Override
  public void preUpdate(MultiDataSet batch, Model model) {
    limit(threads);
  }

  @Override
  public void postUpdate(MultiDataSet batch, Model model) {}
}
