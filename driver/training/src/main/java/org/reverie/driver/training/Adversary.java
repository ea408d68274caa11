package org.reverie.driver.training;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Changes the pictures of a training, within a limit, so that they look as little like their class
 * as can be. What learns them all the same cannot go by fine noise, and its gradients at a picture,
 * of which dreams are made, draw forms (Engstrom and others, "Adversarial Robustness as a Prior for
 * Learned Representations", 2019).
 *
 * <p>Every batch is shown {@link #SHOWINGS} times in a row, and the gradient that a step computes
 * nearly anyway says how to change the pictures for the next (Shafahi and others, "Adversarial
 * Training for Free!", 2019). A batch begins with the change that the one before it ended with.
 * Used by one thread at a time.
 */
final class Adversary {
  /** How often a batch is shown in a row; the paper's choice lies between 4 and 10. */
  static final int SHOWINGS = 4;

  private final double limit;
  private final float[] changes;
  private final float[] values;
  private final int each;
  private final FloatPointer shown;

  /**
   * Begins without any change.
   *
   * @param limit of a picture's change, root mean square, grey levels
   * @param pictures of a batch
   * @param each values of a picture
   */
  Adversary(double limit, int pictures, int each) {
    this.limit = limit;
    this.each = each;
    changes = new float[pictures * each];
    values = new float[pictures * each];
    shown = new FloatPointer(pictures * (long) each);
  }

  /** Begins without any change, for batches like one of pictures, planes and rows. */
  static Adversary of(double limit, INDArray batch) {
    int pictures = Math.toIntExact(batch.size(0));
    return new Adversary(limit, pictures, Math.toIntExact(batch.length() / pictures));
  }

  /**
   * The pictures as they are to be shown.
   *
   * @param pictures address of a batch
   * @return address of the changed batch, until the next call
   */
  long show(long pictures) {
    read(pictures);
    for (int i = 0; i < values.length; i++) {
      values[i] += changes[i];
    }
    shown.put(values);
    return shown.address();
  }

  /**
   * Goes a whole {@code limit} up the loss from the pictures shown last, and back to the nearest
   * change that is allowed.
   *
   * @param gradients address of the loss's gradient at these pictures
   */
  void learn(long gradients) {
    read(gradients);
    for (int first = 0; first < values.length; first += each) {
      double steepness = deviation(values, first);
      if (!(steepness > 0) || Double.isInfinite(steepness)) {
        continue;
      }
      float step = (float) (limit / steepness);
      for (int i = first; i < first + each; i++) {
        changes[i] += step * values[i];
      }
      float back = (float) Math.min(1, limit / deviation(changes, first));
      for (int i = first; i < first + each; i++) {
        changes[i] *= back;
      }
    }
  }

  private void read(long address) {
    new FloatPointer(new TrunkProgram.Address(address)).get(values);
  }

  /** Root mean square of one picture's values. */
  private double deviation(float[] all, int first) {
    double sum = 0;
    for (int i = first; i < first + each; i++) {
      sum += (double) all[i] * all[i];
    }
    return Math.sqrt(sum / each);
  }
}
