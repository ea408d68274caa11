package org.reverie.executor.brain.caffe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.reverie.executor.brain.KeptOut.Cause;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.caffe.CaffeSchema.ConcatParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.ConvolutionParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.EltwiseParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.LRNParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.PoolingParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.PowerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.ScaleParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.SliceParameter;
import org.reverie.executor.brain.caffe.Weights.Role;

/** What a Caffe layer computes, in our words. */
final class LayerTranslator {
  private static final int LARGEST_PARAMETER = 1 << 20;
  private static final long LARGEST_KERNEL_VALUES = 1L << 29;
  private static final int CHANNEL_AXIS = 1;
  private static final int AXES = 4;

  private static final Set<String> NOT_CONVOLUTIONAL =
      Set.of(
          "InnerProduct",
          "Softmax",
          "Flatten",
          "Reshape",
          "ArgMax",
          "Embed",
          "Reduction",
          "LSTM",
          "RNN",
          "SPP",
          "DetectionOutput",
          "PriorBox");

  private final Weights weights;

  LayerTranslator(Weights weights) {
    this.weights = weights;
  }

  /**
   * One output of a layer.
   *
   * @param inputs which of the layer's inputs it is computed from
   * @param operation how
   * @param channels of the output
   */
  record Output(List<Integer> inputs, Operation operation, int channels) {}

  /**
   * What a layer computes.
   *
   * @param layer as in the file
   * @param channels of each of its bottoms
   * @return one per top
   */
  List<Output> translate(LayerParameter layer, List<Integer> channels)
      throws KeptOutException, ShapeMismatchException {
    String type = layer.getType();
    if (NOT_CONVOLUTIONAL.contains(type)) {
      throw new KeptOutException(
          Cause.NOT_CONVOLUTIONAL,
          "a layer of type " + type + " has no place for pictures of any size");
    }
    if (layer.getTopCount() == 0) {
      throw new KeptOutException(Cause.INVALID, "it has no top");
    }
    return switch (type) {
      case "Convolution", "Deconvolution" -> convolutions(layer, channels);
      case "Slice" -> slices(layer, channels);
      case "Split" -> copies(layer, channels);
      case "Concat" -> concat(layer, channels);
      case "Eltwise" -> eltwise(layer, channels);
      default -> single(layer, channels);
    };
  }

  private List<Output> single(LayerParameter layer, List<Integer> channels)
      throws KeptOutException, ShapeMismatchException {
    Operation operation =
        switch (layer.getType()) {
          case "Pooling" -> pooling(layer.getPoolingParam());
          case "ReLU" -> new Operation.Relu(layer.getReluParam().getNegativeSlope());
          case "PReLU" -> prelu(layer, channelsOf(layer, channels));
          case "ELU" -> new Operation.Elu(layer.getEluParam().getAlpha());
          case "Sigmoid" -> new Operation.Sigmoid();
          case "TanH" -> new Operation.Tanh();
          case "AbsVal" -> new Operation.Absolute();
          case "Power" -> power(layer.getPowerParam());
          case "BatchNorm" -> batchNorm(layer, channelsOf(layer, channels));
          case "Scale" -> scale(layer, channelsOf(layer, channels));
          case "Bias" -> bias(layer, channelsOf(layer, channels));
          case "LRN" -> lrn(layer.getLrnParam());
          case "Dropout" -> new Operation.Identity();
          default ->
              throw new KeptOutException(
                  Cause.UNSUPPORTED,
                  layer.getType().isEmpty()
                      ? "it has no type"
                      : "its type " + layer.getType() + " is not known here");
        };
    int inputChannels = channelsOf(layer, channels);
    boolean mask = layer.getType().equals("Pooling") && layer.getTopCount() == 2;
    require(
        layer.getTopCount() == 1 || mask,
        "it has " + layer.getTopCount() + " tops where 1 belongs");
    return List.of(new Output(List.of(0), operation, inputChannels));
  }

  /** The channels of the only input. */
  private static int channelsOf(LayerParameter layer, List<Integer> channels)
      throws KeptOutException {
    if (channels.size() == 2 && Set.of("Scale", "Bias").contains(layer.getType())) {
      throw new KeptOutException(
          Cause.UNSUPPORTED, layer.getType() + " by the values of another layer is not done here");
    }
    require(channels.size() == 1, "it has " + channels.size() + " bottoms where 1 belongs");
    return channels.get(0);
  }

  /** As many convolutions with the same weights as the layer has bottoms. */
  private List<Output> convolutions(LayerParameter layer, List<Integer> channels)
      throws KeptOutException, ShapeMismatchException {
    require(
        !channels.isEmpty() && channels.size() == layer.getTopCount(),
        "it has " + channels.size() + " bottoms and " + layer.getTopCount() + " tops");
    List<Output> outputs = new ArrayList<>();
    for (int i = 0; i < channels.size(); i++) {
      require(channels.get(i).equals(channels.get(0)), "its bottoms differ in their channels");
      Operation operation =
          i == 0 ? convolution(layer, channels.get(0)) : outputs.get(0).operation();
      outputs.add(new Output(List.of(i), operation, layer.getConvolutionParam().getNumOutput()));
    }
    return outputs;
  }

  private Operation convolution(LayerParameter layer, int inputs)
      throws KeptOutException, ShapeMismatchException {
    ConvolutionParameter p = layer.getConvolutionParam();
    require(axis(p.getAxis()) == CHANNEL_AXIS, "its axis is " + p.getAxis() + " and not 1");
    int outputs = within("num_output", 1, p.getNumOutput());
    int group = within("group", 1, p.getGroup());
    require(
        inputs % group == 0 && outputs % group == 0,
        "its "
            + inputs
            + " inputs and "
            + outputs
            + " outputs do not divide into "
            + group
            + " groups");
    int[] kernel = pair("kernel_size", 1, 0, p.getKernelSizeList(), p.getKernelH(), p.getKernelW());
    int[] stride = pair("stride", 1, 1, p.getStrideList(), p.getStrideH(), p.getStrideW());
    int[] pad = pair("pad", 0, 0, p.getPadList(), p.getPadH(), p.getPadW());
    int[] dilation = pair("dilation", 1, 1, p.getDilationList(), 0, 0);
    boolean transposed = layer.getType().equals("Deconvolution");
    int outer = transposed ? inputs : outputs;
    int inner = (transposed ? outputs : inputs) / group;
    require(
        (double) outer * inner * kernel[0] * kernel[1] <= LARGEST_KERNEL_VALUES,
        "its kernels have more than " + LARGEST_KERNEL_VALUES + " values");
    String name = layer.getName();
    float[] values = weights.values(name, 0, Role.KERNEL, outer, inner, kernel[0], kernel[1]);
    float[] bias =
        p.getBiasTerm() ? weights.values(name, 1, Role.OFFSET, outputs) : new float[outputs];
    if (transposed) {
      return new Operation.Deconvolution(
          inputs,
          outputs,
          kernel[0],
          kernel[1],
          stride[0],
          stride[1],
          pad[0],
          pad[1],
          dilation[0],
          dilation[1],
          group,
          values,
          bias);
    }
    return new Operation.Convolution(
        inputs,
        outputs,
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        pad[0],
        pad[1],
        dilation[0],
        dilation[1],
        group,
        values,
        bias);
  }

  private static Operation pooling(PoolingParameter p) throws KeptOutException {
    Pool pool =
        switch (p.getPool()) {
          case MAX -> Pool.MAX;
          case AVE -> Pool.AVERAGE;
          case STOCHASTIC ->
              throw new KeptOutException(Cause.UNSUPPORTED, "stochastic pooling is not done here");
        };
    if (p.getGlobalPooling()) {
      return new Operation.GlobalPooling(pool);
    }
    int[] kernel =
        pair("kernel_size", 1, 0, given(p.getKernelSize()), p.getKernelH(), p.getKernelW());
    int[] stride = pair("stride", 1, 1, given(p.getStride()), p.getStrideH(), p.getStrideW());
    int[] pad = pair("pad", 0, 0, given(p.getPad()), p.getPadH(), p.getPadW());
    require(pad[0] < kernel[0] && pad[1] < kernel[1], "its padding is as large as its kernel");
    return new Operation.Pooling(
        pool,
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        pad[0],
        pad[1],
        p.getRoundMode() == PoolingParameter.RoundMode.CEIL);
  }

  private Operation prelu(LayerParameter layer, int channels)
      throws KeptOutException, ShapeMismatchException {
    if (!layer.getPreluParam().getChannelShared()) {
      return new Operation.Prelu(weights.values(layer.getName(), 0, Role.SLOPE, channels));
    }
    float[] slopes = new float[channels];
    Arrays.fill(slopes, weights.values(layer.getName(), 0, Role.SLOPE)[0]);
    return new Operation.Prelu(slopes);
  }

  private static Operation power(PowerParameter p) {
    return new Operation.Power(p.getPower(), p.getScale(), p.getShift());
  }

  /** Mean and variance are stored as sums; the third blob is what they are sums of. */
  private Operation batchNorm(LayerParameter layer, int channels)
      throws KeptOutException, ShapeMismatchException {
    String name = layer.getName();
    float[] means = weights.values(name, 0, Role.OFFSET, channels);
    float[] variances = weights.values(name, 1, Role.NEAR_ONE, channels);
    float sum = weights.values(name, 2, Role.ONE, 1)[0];
    double factor = sum == 0 ? 0 : 1.0 / sum;
    double epsilon = layer.getBatchNormParam().getEps();
    float[] multipliers = new float[channels];
    float[] offsets = new float[channels];
    for (int c = 0; c < channels; c++) {
      double multiplier = 1 / Math.sqrt(variances[c] * factor + epsilon);
      multipliers[c] = (float) multiplier;
      offsets[c] = (float) (-means[c] * factor * multiplier);
    }
    return new Affine(multipliers, offsets);
  }

  private Operation scale(LayerParameter layer, int channels)
      throws KeptOutException, ShapeMismatchException {
    ScaleParameter p = layer.getScaleParam();
    requireChannelAxis(p.getAxis(), p.getNumAxes());
    String name = layer.getName();
    return new Affine(
        weights.values(name, 0, Role.NEAR_ONE, channels),
        p.getBiasTerm() ? weights.values(name, 1, Role.OFFSET, channels) : new float[channels]);
  }

  private Operation bias(LayerParameter layer, int channels)
      throws KeptOutException, ShapeMismatchException {
    requireChannelAxis(layer.getBiasParam().getAxis(), layer.getBiasParam().getNumAxes());
    float[] multipliers = new float[channels];
    Arrays.fill(multipliers, 1);
    return new Affine(multipliers, weights.values(layer.getName(), 0, Role.OFFSET, channels));
  }

  private static void requireChannelAxis(int axis, int axes) throws KeptOutException {
    if (axis(axis) != CHANNEL_AXIS || axes != 1) {
      throw new KeptOutException(
          Cause.UNSUPPORTED,
          "it does not go by channels (axis " + axis + ", num_axes " + axes + ")");
    }
  }

  private static Operation lrn(LRNParameter p) throws KeptOutException {
    int localSize = within("local_size", 1, p.getLocalSize());
    require(localSize % 2 == 1, "its local_size " + localSize + " is even");
    boolean within = p.getNormRegion() == LRNParameter.NormRegion.WITHIN_CHANNEL;
    return new Operation.Lrn(
        within ? LrnRegion.WITHIN_CHANNEL : LrnRegion.ACROSS_CHANNELS,
        localSize,
        p.getAlpha(),
        p.getBeta(),
        within ? 1 : p.getK());
  }

  private static List<Output> eltwise(LayerParameter layer, List<Integer> channels)
      throws KeptOutException {
    EltwiseParameter p = layer.getEltwiseParam();
    require(channels.size() > 1, "it has " + channels.size() + " bottoms where 2 or more belong");
    require(channels.stream().distinct().count() == 1, "its bottoms have channels " + channels);
    require(
        p.getCoeffCount() == 0 || p.getCoeffCount() == channels.size(),
        "it has " + p.getCoeffCount() + " coefficients for " + channels.size() + " bottoms");
    Operation operation =
        switch (p.getOperation()) {
          case PROD -> new Operation.Eltwise(Combine.PRODUCT, new float[0]);
          case MAX -> new Operation.Eltwise(Combine.MAXIMUM, new float[0]);
          case SUM -> {
            float[] coefficients = new float[channels.size()];
            for (int i = 0; i < coefficients.length; i++) {
              coefficients[i] = p.getCoeffCount() == 0 ? 1 : p.getCoeff(i);
            }
            yield new Operation.Eltwise(Combine.SUM, coefficients);
          }
        };
    return List.of(new Output(all(channels), operation, channels.get(0)));
  }

  private static List<Output> concat(LayerParameter layer, List<Integer> channels)
      throws KeptOutException {
    ConcatParameter p = layer.getConcatParam();
    int axis = p.hasAxis() ? axis(p.getAxis()) : p.hasConcatDim() ? p.getConcatDim() : CHANNEL_AXIS;
    require(axis == CHANNEL_AXIS, "it joins along axis " + axis + ", and only 1 is done here");
    require(!channels.isEmpty(), "it has no bottom");
    int sum = channels.stream().mapToInt(Integer::intValue).sum();
    return List.of(new Output(all(channels), new Operation.Concat(), sum));
  }

  private static List<Output> slices(LayerParameter layer, List<Integer> channels)
      throws KeptOutException {
    SliceParameter p = layer.getSliceParam();
    int axis = p.hasAxis() ? axis(p.getAxis()) : p.hasSliceDim() ? p.getSliceDim() : CHANNEL_AXIS;
    require(axis == CHANNEL_AXIS, "it cuts along axis " + axis + ", and only 1 is done here");
    int whole = channelsOf(layer, channels);
    int parts = layer.getTopCount();
    List<Integer> cuts = new ArrayList<>();
    cuts.add(0);
    if (p.getSlicePointCount() > 0) {
      require(
          p.getSlicePointCount() == parts - 1,
          "it has " + p.getSlicePointCount() + " slice points for " + parts + " tops");
      cuts.addAll(p.getSlicePointList());
    } else {
      require(whole % parts == 0, whole + " channels do not divide into " + parts + " tops");
      for (int i = 1; i < parts; i++) {
        cuts.add(whole / parts * i);
      }
    }
    cuts.add(whole);
    List<Output> outputs = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int from = cuts.get(i);
      int to = cuts.get(i + 1);
      require(from < to, "its slice points do not increase from 0 to " + whole);
      outputs.add(new Output(List.of(0), new Operation.Slice(from, to), to - from));
    }
    return outputs;
  }

  private static List<Output> copies(LayerParameter layer, List<Integer> channels)
      throws KeptOutException {
    int inputChannels = channelsOf(layer, channels);
    Output copy = new Output(List.of(0), new Operation.Identity(), inputChannels);
    return Collections.nCopies(layer.getTopCount(), copy);
  }

  private static List<Integer> all(List<Integer> channels) {
    return IntStream.range(0, channels.size()).boxed().toList();
  }

  private static int axis(int axis) {
    return axis < 0 ? axis + AXES : axis;
  }

  private static List<Integer> given(int value) {
    return value == 0 ? List.of() : List.of(value);
  }

  /**
   * Height and width of a parameter.
   *
   * @param what its name
   * @param least the smallest that makes sense
   * @param usual where nothing is given
   * @param both once for both, or height then width; may be empty
   * @param height given for itself, or 0
   * @param width given for itself, or 0
   */
  private static int[] pair(
      String what, int least, int usual, List<Integer> both, int height, int width)
      throws KeptOutException {
    require(both.size() <= 2, "it has " + both.size() + " values of " + what + ", not 1 or 2");
    int first = both.isEmpty() ? usual : both.get(0);
    int second = both.isEmpty() ? usual : both.get(both.size() - 1);
    return new int[] {
      within(what, least, height == 0 ? first : height),
      within(what, least, width == 0 ? second : width)
    };
  }

  private static int within(String what, int least, int value) throws KeptOutException {
    require(
        value >= least && value <= LARGEST_PARAMETER,
        "its " + what + " is " + Integer.toUnsignedString(value));
    return value;
  }

  private static void require(boolean condition, String otherwise) throws KeptOutException {
    if (!condition) {
      throw new KeptOutException(Cause.INVALID, otherwise);
    }
  }
}
