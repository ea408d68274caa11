package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.reverie.executor.engine.MatrixRate;

/** oneDNN's own sgemm of two square matrices. Used by one thread; closed by who opened it. */
final class MatrixProduct implements MatrixRate {
  /** 17 GFLOP: large enough for every cache to matter, and a tenth of a second on two cores. */
  private static final int EDGE = 2048;

  private final LibraryThread thread;
  private final FloatPointer left = new FloatPointer((long) EDGE * EDGE);
  private final FloatPointer right = new FloatPointer((long) EDGE * EDGE);
  private final FloatPointer product = new FloatPointer((long) EDGE * EDGE);
  private final List<Long> nanoseconds = new ArrayList<>();

  /**
   * Fills the matrices.
   *
   * @param threads of the product
   */
  MatrixProduct(int threads) {
    thread = new LibraryThread(threads);
    for (long i = 0; i < (long) EDGE * EDGE; i++) {
      left.put(i, i % 7 - 3);
      right.put(i, i % 5 - 2);
    }
  }

  @Override
  public String description() {
    return "sgemm of %d x %d matrices".formatted(EDGE, EDGE);
  }

  @Override
  public void round() {
    long time =
        thread.call(
            () -> {
              long start = System.nanoTime();
              int status =
                  dnnl_sgemm(
                      (byte) 'N',
                      (byte) 'N',
                      EDGE,
                      EDGE,
                      EDGE,
                      1,
                      left,
                      EDGE,
                      right,
                      EDGE,
                      0,
                      product,
                      EDGE);
              NativeScope.check(status, "sgemm");
              return System.nanoTime() - start;
            });
    nanoseconds.add(time);
  }

  /** A value of the product. */
  float value(int row, int column) {
    return product.get((long) row * EDGE + column);
  }

  @Override
  public double gigaflopPerSecond() {
    List<Long> sorted = nanoseconds.stream().sorted().toList();
    return 2.0 * EDGE * EDGE * EDGE / sorted.get(sorted.size() / 2);
  }

  @Override
  public void close() {
    thread.close();
    left.deallocate();
    right.deallocate();
    product.deallocate();
  }
}
