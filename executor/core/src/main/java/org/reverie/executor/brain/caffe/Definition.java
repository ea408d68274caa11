package org.reverie.executor.brain.caffe;

import com.google.protobuf.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.TransformationParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.V1LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.V1LayerParameter.LayerType;

/**
 * A network definition in Caffe's newest form, whichever it was written in.
 *
 * @param file its name, for messages
 * @param name the network's own name; may be empty
 * @param inputs the network's input blobs by the deprecated {@code input} fields
 * @param layers the layers in the order of the file
 */
record Definition(
    String file, String name, List<NetworkInput> inputs, List<LayerParameter> layers) {
  private static final String REMEDY =
      "Give a network definition in Caffe's text format, such as deploy.prototxt";

  /** Held here, since a logger nobody holds forgets its level. */
  private static final Logger PARSER_LOGGER = Logger.getLogger(TextFormat.class.getName());

  static {
    // It warns of every field that the schema leaves out on purpose.
    PARSER_LOGGER.setLevel(Level.OFF);
  }

  /** What Caffe's own upgrade makes of the old enumeration. */
  private static final Map<LayerType, String> NEW_TYPES =
      Map.ofEntries(
          Map.entry(LayerType.NONE, ""),
          Map.entry(LayerType.ABSVAL, "AbsVal"),
          Map.entry(LayerType.ACCURACY, "Accuracy"),
          Map.entry(LayerType.ARGMAX, "ArgMax"),
          Map.entry(LayerType.BNLL, "BNLL"),
          Map.entry(LayerType.CONCAT, "Concat"),
          Map.entry(LayerType.CONTRASTIVE_LOSS, "ContrastiveLoss"),
          Map.entry(LayerType.CONVOLUTION, "Convolution"),
          Map.entry(LayerType.DATA, "Data"),
          Map.entry(LayerType.DECONVOLUTION, "Deconvolution"),
          Map.entry(LayerType.DROPOUT, "Dropout"),
          Map.entry(LayerType.DUMMY_DATA, "DummyData"),
          Map.entry(LayerType.ELTWISE, "Eltwise"),
          Map.entry(LayerType.EUCLIDEAN_LOSS, "EuclideanLoss"),
          Map.entry(LayerType.EXP, "Exp"),
          Map.entry(LayerType.FLATTEN, "Flatten"),
          Map.entry(LayerType.HDF5_DATA, "HDF5Data"),
          Map.entry(LayerType.HDF5_OUTPUT, "HDF5Output"),
          Map.entry(LayerType.HINGE_LOSS, "HingeLoss"),
          Map.entry(LayerType.IM2COL, "Im2col"),
          Map.entry(LayerType.IMAGE_DATA, "ImageData"),
          Map.entry(LayerType.INFOGAIN_LOSS, "InfogainLoss"),
          Map.entry(LayerType.INNER_PRODUCT, "InnerProduct"),
          Map.entry(LayerType.LRN, "LRN"),
          Map.entry(LayerType.MEMORY_DATA, "MemoryData"),
          Map.entry(LayerType.MULTINOMIAL_LOGISTIC_LOSS, "MultinomialLogisticLoss"),
          Map.entry(LayerType.MVN, "MVN"),
          Map.entry(LayerType.POOLING, "Pooling"),
          Map.entry(LayerType.POWER, "Power"),
          Map.entry(LayerType.RELU, "ReLU"),
          Map.entry(LayerType.SIGMOID, "Sigmoid"),
          Map.entry(LayerType.SIGMOID_CROSS_ENTROPY_LOSS, "SigmoidCrossEntropyLoss"),
          Map.entry(LayerType.SILENCE, "Silence"),
          Map.entry(LayerType.SLICE, "Slice"),
          Map.entry(LayerType.SOFTMAX, "Softmax"),
          Map.entry(LayerType.SOFTMAX_LOSS, "SoftmaxWithLoss"),
          Map.entry(LayerType.SPLIT, "Split"),
          Map.entry(LayerType.TANH, "TanH"),
          Map.entry(LayerType.THRESHOLD, "Threshold"),
          Map.entry(LayerType.WINDOW_DATA, "WindowData"));

  Definition {
    inputs = List.copyOf(inputs);
    layers = List.copyOf(layers);
  }

  /**
   * One of the {@code input} fields.
   *
   * @param blob its name
   * @param channels how many it has, or 0 if the file does not say
   */
  record NetworkInput(String blob, int channels) {}

  /**
   * Reads a definition.
   *
   * @param file its name, for messages
   * @param text its contents
   * @throws UserException with the line, if the text is no definition
   */
  static Definition parse(String file, String text) {
    NetParameter.Builder builder = NetParameter.newBuilder();
    try {
      TextFormat.Parser.newBuilder().setAllowUnknownFields(true).build().merge(text, builder);
    } catch (TextFormat.ParseException e) {
      throw UserException.of(
          "brain-definition-malformed",
          file + ", line " + e.getLine() + ", column " + e.getColumn(),
          "it is no prototxt: " + e.getMessage(),
          REMEDY,
          e);
    }
    NetParameter net = builder.build();
    if (net.getLayerCount() > 0 && net.getLayersCount() > 0) {
      throw UserException.of(
          "brain-definition-mixed",
          file,
          "it has layers of the new format (layer) and of the old one (layers)",
          "Upgrade it with Caffe's upgrade_net_proto_text");
    }
    List<LayerParameter> layers = new ArrayList<>(net.getLayerList());
    for (V1LayerParameter old : net.getLayersList()) {
      if (old.hasLayer()) {
        throw tooOld(file);
      }
      layers.add(upgraded(old));
    }
    if (layers.isEmpty()) {
      throw UserException.of("brain-definition-empty", file, "it has no layers", REMEDY);
    }
    return new Definition(file, net.getName(), inputs(net), named(layers));
  }

  /** The mistake of bringing a file of Caffe's first format. */
  static UserException tooOld(String file) {
    return UserException.of(
        "brain-format-too-old",
        file,
        "it is in Caffe's first format (V0), which nobody has written since 2013",
        "Upgrade it with Caffe's upgrade_net_proto_text and upgrade_net_proto_binary");
  }

  private static List<NetworkInput> inputs(NetParameter net) {
    List<NetworkInput> inputs = new ArrayList<>();
    for (int i = 0; i < net.getInputCount(); i++) {
      long channels = 0;
      if (i < net.getInputShapeCount() && net.getInputShape(i).getDimCount() > 1) {
        channels = net.getInputShape(i).getDim(1);
      } else if (net.getInputDimCount() > 4 * i + 1) {
        channels = net.getInputDim(4 * i + 1);
      }
      inputs.add(new NetworkInput(net.getInput(i), (int) channels));
    }
    return inputs;
  }

  private static List<LayerParameter> named(List<LayerParameter> layers) {
    List<LayerParameter> named = new ArrayList<>(layers.size());
    for (LayerParameter layer : layers) {
      if (layer.getName().isEmpty()) {
        String name = layer.getTopCount() > 0 ? layer.getTop(0) : "layer" + named.size();
        named.add(layer.toBuilder().setName(name).build());
      } else {
        named.add(layer);
      }
    }
    return named;
  }

  private static LayerParameter upgraded(V1LayerParameter old) {
    LayerParameter.Builder layer =
        LayerParameter.newBuilder()
            .setName(old.getName())
            .setType(NEW_TYPES.get(old.getType()))
            .addAllBottom(old.getBottomList())
            .addAllTop(old.getTopList())
            .addAllInclude(old.getIncludeList())
            .addAllExclude(old.getExcludeList())
            .setConcatParam(old.getConcatParam())
            .setConvolutionParam(old.getConvolutionParam())
            .setDataParam(old.getDataParam())
            .setEltwiseParam(old.getEltwiseParam())
            .setImageDataParam(old.getImageDataParam())
            .setLrnParam(old.getLrnParam())
            .setMemoryDataParam(old.getMemoryDataParam())
            .setPoolingParam(old.getPoolingParam())
            .setPowerParam(old.getPowerParam())
            .setReluParam(old.getReluParam())
            .setSliceParam(old.getSliceParam());
    if (old.hasTransformParam()) {
      layer.setTransformParam(old.getTransformParam());
    }
    return layer.build();
  }

  /**
   * What a data layer does to pictures, also where the oldest files of this format write it.
   *
   * @param layer a data layer
   */
  static TransformationParameter transformation(LayerParameter layer) {
    if (layer.hasTransformParam()) {
      return layer.getTransformParam();
    }
    TransformationParameter.Builder transformation = TransformationParameter.newBuilder();
    if (layer.getDataParam().hasScale()) {
      transformation.setScale(layer.getDataParam().getScale());
    } else if (layer.getImageDataParam().hasScale()) {
      transformation.setScale(layer.getImageDataParam().getScale());
    }
    if (layer.getDataParam().hasMeanFile()) {
      transformation.setMeanFile(layer.getDataParam().getMeanFile());
    } else if (layer.getImageDataParam().hasMeanFile()) {
      transformation.setMeanFile(layer.getImageDataParam().getMeanFile());
    }
    return transformation.build();
  }
}
