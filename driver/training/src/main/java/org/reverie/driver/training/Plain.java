package org.reverie.driver.training;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/** Values of ND4J's arrays as they lie in memory, for programs beside it. */
final class Plain {
  private Plain() {}

  /** The same values one after the other, the last index fastest; a copy if they are not yet. */
  static INDArray of(INDArray array) {
    return array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array)
        ? array
        : array.dup('c');
  }

  /** Where the first value of a plain array lies. */
  static long address(INDArray array) {
    return array.data().addressPointer().address();
  }
}
