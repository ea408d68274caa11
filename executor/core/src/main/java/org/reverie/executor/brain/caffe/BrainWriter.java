package org.reverie.executor.brain.caffe;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Elu;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobProto;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobShape;
import org.reverie.executor.brain.caffe.CaffeSchema.ConvolutionParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.EltwiseParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.LRNParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.PoolingParameter;

/**
 * Writes a brain as a Caffe network: {@code deploy.prototxt}, {@code brain.caffemodel} and {@code
 * brain.yaml}, in the format of Caffe 1.0, as {@link BrainReader} and every other reader of Caffe
 * takes it. Every layer fills a blob of its own name.
 */
public final class BrainWriter {
  /** The definition's name in a brain folder. */
  public static final String DEFINITION = "deploy.prototxt";

  /** The weights' name in a brain folder. */
  public static final String WEIGHTS = "brain.caffemodel";

  /** The name of what else is said of a brain in its folder. */
  public static final String DESCRIPTOR = BrainDescriptor.FILE;

  private static final int PICTURE_CHANNELS = 3;

  private BrainWriter() {}

  /**
   * What stands in a brain folder besides the network.
   *
   * @param inputPixels edge of the square picture that the definition names
   * @param softmax whether a layer {@code prob} turns the last layer's values into probabilities
   * @param classes what the last layer's channels stand for; may be empty
   * @param training how the brain was made, for people; plain maps, lists, strings and numbers
   */
  public record Details(
      int inputPixels, boolean softmax, List<String> classes, Map<String, Object> training) {
    public Details {
      classes = List.copyOf(classes);
    }
  }

  /**
   * Writes a brain folder; files of the same names are replaced.
   *
   * @param fileSystem where the folder lies
   * @param folder is made if it is not there
   * @throws IllegalArgumentException if a layer has no form in Caffe (a slice of channels)
   * @throws IOException if it cannot be written
   */
  public static void write(FileSystem fileSystem, Path folder, Brain brain, Details details)
      throws IOException {
    NetParameter.Builder definition = NetParameter.newBuilder().setName(brain.name());
    // Without its name, so that the same weights are the same bytes whatever a brain is called.
    NetParameter.Builder weights = NetParameter.newBuilder();
    for (Layer layer : brain.layers()) {
      LayerParameter.Builder written = layer(brain, layer, details);
      definition.addLayer(written);
      List<BlobProto> blobs = blobs(layer.operation());
      if (!blobs.isEmpty()) {
        weights.addLayer(
            LayerParameter.newBuilder()
                .setName(layer.name())
                .setType(written.getType())
                .addAllBlobs(blobs));
      }
    }
    if (details.softmax()) {
      definition.addLayer(
          LayerParameter.newBuilder()
              .setName("prob")
              .setType("Softmax")
              .addBottom(brain.layers().get(brain.layers().size() - 1).name())
              .addTop("prob"));
    }
    fileSystem.mkdirs(folder);
    // First what says how the brain was made: if this breaks off, the rest is known by it.
    write(fileSystem, new Path(folder, DESCRIPTOR), descriptor(brain, details));
    write(fileSystem, new Path(folder, WEIGHTS), weights.build().toByteArray());
    write(
        fileSystem,
        new Path(folder, DEFINITION),
        TextFormat.printer().printToString(definition.build()).getBytes(StandardCharsets.UTF_8));
  }

  private static void write(FileSystem fileSystem, Path path, byte[] bytes) throws IOException {
    try (OutputStream out = fileSystem.create(path, true)) {
      out.write(bytes);
    }
  }

  private static byte[] descriptor(Brain brain, Details details) throws IOException {
    List<Float> mean = new ArrayList<>();
    for (float value : brain.mean()) {
      mean.add(value);
    }
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mean", mean);
    descriptor.put("colours", brain.colourOrder().name());
    if (!brain.preferredLayers().isEmpty()) {
      descriptor.put("layers", brain.preferredLayers());
    }
    if (!details.classes().isEmpty()) {
      descriptor.put("classes", details.classes());
    }
    if (!details.training().isEmpty()) {
      descriptor.put("training", details.training());
    }
    return YAMLMapper.builder()
        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
        .build()
        .writeValueAsBytes(descriptor);
  }

  private static LayerParameter.Builder layer(Brain brain, Layer layer, Details details) {
    LayerParameter.Builder written =
        LayerParameter.newBuilder().setName(layer.name()).addTop(layer.name());
    for (int input : layer.inputs()) {
      written.addBottom(brain.layers().get(input).name());
    }
    Operation operation = layer.operation();
    if (operation instanceof Input) {
      written
          .setType("Input")
          .getInputParamBuilder()
          .addShape(shape(1, PICTURE_CHANNELS, details.inputPixels(), details.inputPixels()));
    } else if (operation instanceof Convolution c) {
      written
          .setType("Convolution")
          .setConvolutionParam(
              convolution(
                  c.outputs(),
                  c.group(),
                  new int[] {c.kernelHeight(), c.kernelWidth()},
                  new int[] {c.strideHeight(), c.strideWidth()},
                  new int[] {c.padHeight(), c.padWidth()},
                  new int[] {c.dilationHeight(), c.dilationWidth()}));
    } else if (operation instanceof Deconvolution d) {
      written
          .setType("Deconvolution")
          .setConvolutionParam(
              convolution(
                  d.outputs(),
                  d.group(),
                  new int[] {d.kernelHeight(), d.kernelWidth()},
                  new int[] {d.strideHeight(), d.strideWidth()},
                  new int[] {d.padHeight(), d.padWidth()},
                  new int[] {d.dilationHeight(), d.dilationWidth()}));
    } else if (operation instanceof Pooling p) {
      written.setType("Pooling").setPoolingParam(pooling(p));
    } else if (operation instanceof GlobalPooling p) {
      written
          .setType("Pooling")
          .getPoolingParamBuilder()
          .setPool(method(p.pool()))
          .setGlobalPooling(true);
    } else if (operation instanceof Relu r) {
      written.setType("ReLU");
      if (r.slope() != 0) {
        written.getReluParamBuilder().setNegativeSlope(r.slope());
      }
    } else if (operation instanceof Prelu) {
      written.setType("PReLU");
    } else if (operation instanceof Elu e) {
      written.setType("ELU").getEluParamBuilder().setAlpha(e.alpha());
    } else if (operation instanceof Sigmoid) {
      written.setType("Sigmoid");
    } else if (operation instanceof Tanh) {
      written.setType("TanH");
    } else if (operation instanceof Absolute) {
      written.setType("AbsVal");
    } else if (operation instanceof Power p) {
      written
          .setType("Power")
          .getPowerParamBuilder()
          .setPower(p.power())
          .setScale(p.scale())
          .setShift(p.shift());
    } else if (operation instanceof Affine) {
      written.setType("Scale").getScaleParamBuilder().setBiasTerm(true);
    } else if (operation instanceof Lrn l) {
      written.setType("LRN").setLrnParam(lrn(l));
    } else if (operation instanceof Eltwise e) {
      written.setType("Eltwise").setEltwiseParam(eltwise(e));
    } else if (operation instanceof Concat) {
      written.setType("Concat");
    } else if (operation instanceof Identity) {
      written.setType("Split");
    } else {
      throw new IllegalArgumentException(
          "layer " + layer.name() + " has no form in Caffe: " + operation);
    }
    return written;
  }

  private static ConvolutionParameter.Builder convolution(
      int outputs, int group, int[] kernel, int[] stride, int[] pad, int[] dilation) {
    ConvolutionParameter.Builder written = ConvolutionParameter.newBuilder().setNumOutput(outputs);
    if (group != 1) {
      written.setGroup(group);
    }
    if (kernel[0] == kernel[1]) {
      written.addKernelSize(kernel[0]);
    } else {
      written.setKernelH(kernel[0]).setKernelW(kernel[1]);
    }
    if (stride[0] != stride[1]) {
      written.setStrideH(stride[0]).setStrideW(stride[1]);
    } else if (stride[0] != 1) {
      written.addStride(stride[0]);
    }
    if (pad[0] != pad[1]) {
      written.setPadH(pad[0]).setPadW(pad[1]);
    } else if (pad[0] != 0) {
      written.addPad(pad[0]);
    }
    if (dilation[0] != dilation[1]) {
      written.addDilation(dilation[0]).addDilation(dilation[1]);
    } else if (dilation[0] != 1) {
      written.addDilation(dilation[0]);
    }
    return written;
  }

  private static PoolingParameter.Builder pooling(Pooling p) {
    PoolingParameter.Builder written = PoolingParameter.newBuilder().setPool(method(p.pool()));
    if (p.kernelHeight() == p.kernelWidth()) {
      written.setKernelSize(p.kernelHeight());
    } else {
      written.setKernelH(p.kernelHeight()).setKernelW(p.kernelWidth());
    }
    if (p.strideHeight() == p.strideWidth()) {
      written.setStride(p.strideHeight());
    } else {
      written.setStrideH(p.strideHeight()).setStrideW(p.strideWidth());
    }
    if (p.padHeight() != p.padWidth()) {
      written.setPadH(p.padHeight()).setPadW(p.padWidth());
    } else if (p.padHeight() != 0) {
      written.setPad(p.padHeight());
    }
    if (!p.roundUp()) {
      written.setRoundMode(PoolingParameter.RoundMode.FLOOR);
    }
    return written;
  }

  private static PoolingParameter.PoolMethod method(Pool pool) {
    return switch (pool) {
      case MAX -> PoolingParameter.PoolMethod.MAX;
      case AVERAGE -> PoolingParameter.PoolMethod.AVE;
    };
  }

  private static LRNParameter.Builder lrn(Lrn l) {
    return LRNParameter.newBuilder()
        .setLocalSize(l.localSize())
        .setAlpha(l.alpha())
        .setBeta(l.beta())
        .setK(l.k())
        .setNormRegion(
            switch (l.region()) {
              case ACROSS_CHANNELS -> LRNParameter.NormRegion.ACROSS_CHANNELS;
              case WITHIN_CHANNEL -> LRNParameter.NormRegion.WITHIN_CHANNEL;
            });
  }

  private static EltwiseParameter.Builder eltwise(Eltwise e) {
    EltwiseParameter.Builder written =
        EltwiseParameter.newBuilder()
            .setOperation(
                switch (e.combine()) {
                  case SUM -> EltwiseParameter.EltwiseOp.SUM;
                  case PRODUCT -> EltwiseParameter.EltwiseOp.PROD;
                  case MAXIMUM -> EltwiseParameter.EltwiseOp.MAX;
                });
    for (float coefficient : e.coefficients()) {
      written.addCoeff(coefficient);
    }
    return written;
  }

  private static List<BlobProto> blobs(Operation operation) {
    if (operation instanceof Convolution c) {
      return List.of(
          blob(c.weights(), c.outputs(), c.inputs() / c.group(), c.kernelHeight(), c.kernelWidth()),
          blob(c.bias(), c.outputs()));
    }
    if (operation instanceof Deconvolution d) {
      return List.of(
          blob(d.weights(), d.inputs(), d.outputs() / d.group(), d.kernelHeight(), d.kernelWidth()),
          blob(d.bias(), d.outputs()));
    }
    if (operation instanceof Prelu p) {
      return List.of(blob(p.slopes(), p.slopes().length));
    }
    if (operation instanceof Affine a) {
      return List.of(
          blob(a.multipliers(), a.multipliers().length), blob(a.offsets(), a.offsets().length));
    }
    return List.of();
  }

  private static BlobProto blob(float[] values, int... shape) {
    BlobProto.Builder blob = BlobProto.newBuilder().setShape(shape(shape));
    for (float value : values) {
      blob.addData(value);
    }
    return blob.build();
  }

  private static BlobShape.Builder shape(int... lengths) {
    BlobShape.Builder shape = BlobShape.newBuilder();
    for (int length : lengths) {
      shape.addDim(length);
    }
    return shape;
  }
}
