package org.reverie.executor.brain.caffe;

/** Where the values of a layer's blobs come from. */
sealed interface Weights permits StoredWeights, RandomWeights {

  /** What a blob is, which decides how random values for it are drawn. */
  enum Role {
    /** Kernels of a convolution: outputs first, then what one output sums over. */
    KERNEL,
    /** Biases, means. */
    OFFSET,
    /** Variances and factors. */
    NEAR_ONE,
    /** Slopes of rectifiers. */
    SLOPE,
    /** A scale that divides running sums. */
    ONE
  }

  /**
   * The values of one blob.
   *
   * @param layer the layer's name
   * @param blob which of the layer's blobs, from 0
   * @param role what it is
   * @param shape lengths that the definition gives it, outermost first
   * @return values in row-major order
   * @throws KeptOutException if there are none
   * @throws ShapeMismatchException if they have another shape
   */
  float[] values(String layer, int blob, Role role, int... shape)
      throws KeptOutException, ShapeMismatchException;
}
