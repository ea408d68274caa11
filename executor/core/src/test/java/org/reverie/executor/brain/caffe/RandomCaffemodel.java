package org.reverie.executor.brain.caffe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobProto;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobShape;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;
import org.reverie.executor.brain.caffe.Weights.Role;

/** The random weights of a definition as a .caffemodel, blob for blob, so that Caffe reads them. */
public final class RandomCaffemodel {
  private RandomCaffemodel() {}

  /**
   * Writes the weights of every layer that was not kept out.
   *
   * @param definition the file the brain was read from
   * @param brain read from it with that seed
   * @param seed of the weights
   * @param out receives a .caffemodel of the new format
   */
  public static void write(Path definition, Brain brain, long seed, Path out) throws IOException {
    Weights random = new RandomWeights(seed);
    NetParameter.Builder net = NetParameter.newBuilder();
    try {
      for (LayerParameter layer :
          Definition.parse(definition.toString(), Files.readString(definition)).layers()) {
        if (brain.find(layer.getName()).isPresent()) {
          int index = brain.find(layer.getName()).getAsInt();
          List<BlobProto> blobs = blobs(random, layer, brain, index);
          net.addLayer(
              LayerParameter.newBuilder()
                  .setName(layer.getName())
                  .setType(layer.getType())
                  .addAllBlobs(blobs));
        }
      }
    } catch (KeptOutException | ShapeMismatchException e) {
      throw new AssertionError("random weights have every shape", e);
    }
    Files.write(out, net.build().toByteArray());
  }

  private static List<BlobProto> blobs(Weights random, LayerParameter layer, Brain brain, int index)
      throws KeptOutException, ShapeMismatchException {
    String name = layer.getName();
    int channels = brain.layers().get(index).channels();
    Operation operation = brain.layers().get(index).operation();
    switch (layer.getType()) {
      case "Convolution":
        Operation.Convolution c = (Operation.Convolution) operation;
        BlobProto kernel =
            blob(
                c.weights(),
                c.outputs(),
                c.inputs() / c.group(),
                c.kernelHeight(),
                c.kernelWidth());
        return layer.getConvolutionParam().getBiasTerm()
            ? List.of(kernel, blob(c.bias(), c.outputs()))
            : List.of(kernel);
      case "BatchNorm":
        return List.of(
            blob(random.values(name, 0, Role.OFFSET, channels), channels),
            blob(random.values(name, 1, Role.NEAR_ONE, channels), channels),
            blob(random.values(name, 2, Role.ONE, 1), 1));
      case "Scale":
        Operation.Affine affine = (Operation.Affine) operation;
        BlobProto factors = blob(affine.multipliers(), channels);
        return layer.getScaleParam().getBiasTerm()
            ? List.of(factors, blob(affine.offsets(), channels))
            : List.of(factors);
      default:
        return List.of();
    }
  }

  private static BlobProto blob(float[] values, int... shape) {
    BlobShape.Builder lengths = BlobShape.newBuilder();
    for (int length : shape) {
      lengths.addDim(length);
    }
    BlobProto.Builder blob = BlobProto.newBuilder().setShape(lengths);
    for (float value : values) {
      blob.addData(value);
    }
    return blob.build();
  }
}
