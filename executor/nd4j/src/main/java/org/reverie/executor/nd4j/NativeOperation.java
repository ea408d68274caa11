package org.reverie.executor.nd4j;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;

/**
 * An operation of ND4J's native library by name, with one output of a shape known beforehand, which
 * spares the shape function at every call. It has no derivative: the graph holds its own backward
 * pass.
 */
final class NativeOperation extends DynamicCustomOp {
  private final DataType type;
  private final List<LongShapeDescriptor> shapes;

  NativeOperation(
      String name, SameDiff graph, SDVariable[] inputs, DataType type, long[] outputShape) {
    super(name, new INDArray[0], new INDArray[0]);
    this.type = type;
    this.shapes = List.of(LongShapeDescriptor.fromShape(outputShape, type));
    // The constructor that takes a graph asks for the operation's name before it is set.
    this.sameDiff = graph;
    setOwnName(name + "#" + graph.getOps().size());
    graph.putOpForId(getOwnName(), this);
    graph.addArgsFor(inputs, this);
  }

  @Override
  public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
    return List.of(type);
  }

  @Override
  public List<LongShapeDescriptor> calculateOutputShape() {
    return shapes;
  }

  @Override
  public List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
    return shapes;
  }

  @Override
  public int getNumOutputs() {
    return 1;
  }
}
