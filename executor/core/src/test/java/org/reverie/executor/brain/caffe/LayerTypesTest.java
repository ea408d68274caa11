package org.reverie.executor.brain.caffe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.KeptOut;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobProto;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobShape;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.V1LayerParameter;

/** Every layer type, from small files written here. */
class LayerTypesTest {
  @TempDir private Path folder;

  /** The brain of a definition with an input and these layers, and these stored layers. */
  private LoadedBrain brain(String layers, CaffeSchema.LayerParameter.Builder... stored)
      throws IOException {
    NetParameter.Builder net = NetParameter.newBuilder();
    for (CaffeSchema.LayerParameter.Builder layer : stored) {
      net.addLayer(layer);
    }
    BrainFolder brain = new BrainFolder(folder).layers(layers);
    return stored.length == 0 ? brain.read(OptionalLong.of(1)) : brain.weights(net).read();
  }

  private static String layer(String name, String type, String rest) {
    return "layer { name: '%s' type: '%s' bottom: 'data' top: '%s' %s }\n"
        .formatted(name, type, name, rest);
  }

  private static Operation only(LoadedBrain loaded) {
    assertEquals(List.of(), loaded.keptOut());
    assertEquals(2, loaded.brain().layers().size());
    return loaded.brain().layers().get(1).operation();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sigmoid |                                              | Sigmoid[]",
        "TanH    |                                              | Tanh[]",
        "AbsVal  |                                              | Absolute[]",
        "Dropout | dropout_param { dropout_ratio: 0.7 }         | Identity[]",
        "Split   |                                              | Identity[]",
        "ReLU    |                                              | Relu[slope=0.0]",
        "ReLU    | relu_param { negative_slope: 0.1 }           | Relu[slope=0.1]",
        "ELU     |                                              | Elu[alpha=1.0]",
        "ELU     | elu_param { alpha: 0.5 }                     | Elu[alpha=0.5]",
        "Power   |                                   | Power[power=1.0, scale=1.0, shift=0.0]",
        "Power   | power_param { power: 2 scale: 3 shift: 4 } "
            + "| Power[power=2.0, scale=3.0, shift=4.0]",
        "LRN     | | Lrn[region=ACROSS_CHANNELS, localSize=5, alpha=1.0, beta=0.75, k=1.0]",
        "LRN     | lrn_param { local_size: 3 alpha: 2 beta: 0.5 k: 2 } "
            + "| Lrn[region=ACROSS_CHANNELS, localSize=3, alpha=2.0, beta=0.5, k=2.0]",
        "LRN     | lrn_param { norm_region: WITHIN_CHANNEL k: 2 } "
            + "| Lrn[region=WITHIN_CHANNEL, localSize=5, alpha=1.0, beta=0.75, k=1.0]",
        "Pooling | pooling_param { global_pooling: true } | GlobalPooling[pool=MAX]",
        "Pooling | pooling_param { global_pooling: true pool: AVE } | GlobalPooling[pool=AVERAGE]"
      })
  void layersWithoutWeights(String type, String parameters, String expected) throws IOException {
    String text = layer("x", type, parameters == null ? "" : parameters);
    assertEquals(expected, only(brain(text)).toString());
  }

  @Test
  void poolingsKeepTheirShape() throws IOException {
    String square = "pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }";
    assertEquals(
        new Pooling(Pool.AVERAGE, 3, 3, 2, 2, 1, 1, true),
        only(brain(layer("x", "Pooling", square))));
    String oblong =
        "pooling_param { kernel_h: 3 kernel_w: 5 stride_h: 1 stride_w: 2 pad_h: 0 pad_w: 2 "
            + "round_mode: FLOOR }";
    assertEquals(
        new Pooling(Pool.MAX, 3, 5, 1, 2, 0, 2, false), only(brain(layer("x", "Pooling", oblong))));
  }

  @Test
  void convolutionsWithGroupsDilationAndRectangles() throws IOException {
    String oblong =
        "convolution_param { num_output: 6 group: 3 kernel_h: 1 kernel_w: 2 stride_h: 2 stride_w: 1"
            + " pad_h: 0 pad_w: 3 dilation: 2 dilation: 3 }";
    LoadedBrain loaded =
        brain(
            layer("x", "Convolution", oblong),
            BrainFolder.layer(
                "x", BrainFolder.counting(1, 6, 1, 1, 2), BrainFolder.counting(100, 6)));
    Convolution x = (Convolution) only(loaded);
    assertEquals(
        "3 6 1 2 2 1 0 3 2 3 3",
        x.inputs()
            + " "
            + x.outputs()
            + " "
            + x.kernelHeight()
            + " "
            + x.kernelWidth()
            + " "
            + x.strideHeight()
            + " "
            + x.strideWidth()
            + " "
            + x.padHeight()
            + " "
            + x.padWidth()
            + " "
            + x.dilationHeight()
            + " "
            + x.dilationWidth()
            + " "
            + x.group());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, x.weights());
    assertArrayEquals(new float[] {100, 101, 102, 103, 104, 105}, x.bias());
  }

  @Test
  void convolutionsWithTwoKernelSizesAndNoBias() throws IOException {
    String text =
        "convolution_param { num_output: 1 kernel_size: 2 kernel_size: 1 bias_term: false }";
    LoadedBrain loaded =
        brain(
            layer("x", "Convolution", text),
            BrainFolder.layer("x", BrainFolder.counting(0, 1, 3, 2, 1)));
    Convolution x = (Convolution) only(loaded);
    assertEquals(2, x.kernelHeight());
    assertEquals(1, x.kernelWidth());
    assertArrayEquals(new float[] {0}, x.bias());
  }

  @Test
  void deconvolutionsHaveTheirInputsFirst() throws IOException {
    String text = "convolution_param { num_output: 2 kernel_size: 4 stride: 2 pad: 1 }";
    LoadedBrain loaded =
        brain(
            layer("x", "Deconvolution", text),
            BrainFolder.layer(
                "x", BrainFolder.counting(0, 3, 2, 4, 4), BrainFolder.counting(0, 2)));
    Deconvolution x = (Deconvolution) only(loaded);
    assertEquals(3, x.inputs());
    assertEquals(2, x.outputs());
    assertEquals(18, loaded.brain().shapes(9, 9).get(1).width());
  }

  // y = (x - mean / factor) / sqrt(variance / factor + eps); a factor of 0 counts as 0, not as 1 /
  // 0.
  @ParameterizedTest
  @CsvSource({
    // 3, 4, 5 over 2, plus 0.5: 2, 2.5, 3; means 1, 1.5, 2
    "2, 0.5, 0.70710678, 0.63245553, 0.57735027, -0.70710678, -0.94868330, -1.15470054",
    "0, 0.25, 2, 2, 2, 0, 0, 0"
  })
  void batchNormIsFolded(
      float factor, float eps, float m0, float m1, float m2, float o0, float o1, float o2)
      throws IOException {
    LoadedBrain loaded =
        brain(
            layer("x", "BatchNorm", "batch_norm_param { eps: " + eps + " }"),
            BrainFolder.layer(
                "x",
                BrainFolder.counting(2, 3),
                BrainFolder.counting(3, 3),
                BrainFolder.counting(factor, 1)));
    Affine x = (Affine) only(loaded);
    assertArrayEquals(new float[] {m0, m1, m2}, x.multipliers(), 1e-6f);
    assertArrayEquals(new float[] {o0, o1, o2}, x.offsets(), 1e-6f);
  }

  @Test
  void scaleAndBias() throws IOException {
    LoadedBrain loaded =
        brain(
            layer("s", "Scale", "")
                + layer("t", "Scale", "scale_param { bias_term: true }")
                + layer("b", "Bias", ""),
            BrainFolder.layer("s", BrainFolder.counting(2, 3)),
            BrainFolder.layer("t", BrainFolder.counting(2, 3), BrainFolder.counting(7, 3)),
            BrainFolder.layer("b", BrainFolder.counting(5, 3)));
    Affine s = (Affine) operation(loaded, "s");
    assertArrayEquals(new float[] {2, 3, 4}, s.multipliers());
    assertArrayEquals(new float[3], s.offsets());
    assertArrayEquals(new float[] {7, 8, 9}, ((Affine) operation(loaded, "t")).offsets());
    Affine b = (Affine) operation(loaded, "b");
    assertArrayEquals(new float[] {1, 1, 1}, b.multipliers());
    assertArrayEquals(new float[] {5, 6, 7}, b.offsets());
  }

  @Test
  void preluSlopesAreSharedOrNot() throws IOException {
    LoadedBrain loaded =
        brain(
            layer("own", "PReLU", "")
                + layer("shared", "PReLU", "prelu_param { channel_shared: true }"),
            BrainFolder.layer("own", BrainFolder.counting(2, 3)),
            BrainFolder.layer("shared", BrainFolder.counting(5)));
    assertArrayEquals(new float[] {2, 3, 4}, ((Prelu) operation(loaded, "own")).slopes());
    assertArrayEquals(new float[] {5, 5, 5}, ((Prelu) operation(loaded, "shared")).slopes());
  }

  @Test
  void slicesConcatsAndSums() throws IOException {
    LoadedBrain loaded =
        brain(
            """
            layer { name: 'cut' type: 'Slice' bottom: 'data' top: 'a' top: 'b'
                    slice_param { slice_point: 1 } }
            layer { name: 'thirds' type: 'Slice' bottom: 'data' top: 'u' top: 'v' top: 'w' }
            layer { name: 'back' type: 'Concat' bottom: 'b' bottom: 'a' top: 'back'
                    concat_param { axis: -3 } }
            layer { name: 'older' type: 'Concat' bottom: 'b' bottom: 'u' top: 'older'
                    concat_param { concat_dim: 1 } }
            layer { name: 'sum' type: 'Eltwise' bottom: 'back' bottom: 'data' top: 'sum'
                    eltwise_param { coeff: 1 coeff: -2 } }
            layer { name: 'product' type: 'Eltwise' bottom: 'u' bottom: 'v' bottom: 'w' top: 'p'
                    eltwise_param { operation: PROD } }
            layer { name: 'maximum' type: 'Eltwise' bottom: 'u' bottom: 'p' top: 'm'
                    eltwise_param { operation: MAX } }
            layer { name: 'copies' type: 'Split' bottom: 'm' top: 'm1' top: 'm2' }
            """);
    assertEquals(List.of(), loaded.keptOut());
    assertEquals(new Slice(0, 1), operation(loaded, "cut/a"));
    assertEquals(new Slice(1, 3), operation(loaded, "cut/b"));
    assertEquals(new Slice(2, 3), operation(loaded, "thirds/w"));
    Layer back = layer(loaded, "back");
    assertEquals(3, back.channels());
    assertEquals(List.of(loaded.layer("cut/b"), loaded.layer("cut/a")), back.inputs());
    assertEquals(3, layer(loaded, "older").channels());
    assertArrayEquals(new float[] {1, -2}, ((Eltwise) operation(loaded, "sum")).coefficients());
    assertEquals(Combine.PRODUCT, ((Eltwise) operation(loaded, "product")).combine());
    assertEquals(Combine.MAXIMUM, ((Eltwise) operation(loaded, "maximum")).combine());
    assertEquals(List.of(loaded.layer("maximum")), layer(loaded, "copies/m2").inputs());
  }

  // data -> conv -> relu (in place) -> pool: the convolution's name means its values before the
  // ReLU.
  @Test
  void inPlaceLayersAreLayersOfTheirOwn() throws IOException {
    LoadedBrain loaded =
        brain(
            """
            layer { name: 'c' type: 'Convolution' bottom: 'data' top: 'c'
                    convolution_param { num_output: 2 kernel_size: 1 } }
            layer { name: 'r' type: 'ReLU' bottom: 'c' top: 'c' }
            layer { name: 'p' type: 'Pooling' bottom: 'c' top: 'p'
                    pooling_param { kernel_size: 2 } }
            """);
    assertEquals(List.of(loaded.layer("c")), layer(loaded, "r").inputs());
    assertEquals(List.of(loaded.layer("r")), layer(loaded, "p").inputs());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "InnerProduct | inner_product_param { num_output: 2 }          | NOT_CONVOLUTIONAL",
        "Softmax      |                                                | NOT_CONVOLUTIONAL",
        "Flatten      |                                                | NOT_CONVOLUTIONAL",
        "Wavelet      |                                                | UNSUPPORTED",
        "Pooling      | pooling_param { pool: STOCHASTIC kernel_size: 2 } | UNSUPPORTED",
        "Pooling      |                                                | INVALID",
        "Pooling      | pooling_param { kernel_size: 2 pad: 2 }        | INVALID",
        "Concat       | concat_param { axis: 2 }                       | INVALID",
        "Slice        | slice_param { axis: 0 }                        | INVALID",
        "Slice        | slice_param { slice_point: 4 }                 | INVALID",
        "LRN          | lrn_param { local_size: 4 }                    | INVALID",
        "Eltwise      |                                                | INVALID",
        "Convolution  | convolution_param { num_output: 2 kernel_size: 1 group: 2 } | INVALID",
        "Convolution  | convolution_param { kernel_size: 1 }           | INVALID",
        "Convolution  | convolution_param { num_output: 2 kernel_size: 1 stride: 0 } | INVALID",
        "Convolution  | convolution_param { num_output: 4294967295 kernel_size: 1 } | INVALID",
        "Convolution  | convolution_param { num_output: 1000000 kernel_size: 99999 } | INVALID",
        "Scale        | scale_param { axis: 0 }                        | UNSUPPORTED"
      })
  void whatCannotBeBuiltIsKeptOutWithAllAboveIt(String type, String parameters, String cause)
      throws IOException {
    LoadedBrain loaded =
        brain(
            layer("fine", "ReLU", "")
                + layer("x", type, parameters == null ? "" : parameters)
                + "layer { name: 'above' type: 'ReLU' bottom: 'x' top: 'above' }");
    assertEquals(List.of("x", "above"), loaded.keptOut().stream().map(KeptOut::layer).toList());
    KeptOut.Cause expected = KeptOut.Cause.valueOf(cause);
    assertEquals(expected, loaded.keptOut().get(0).cause());
    assertEquals(1, loaded.layer("fine"));
    UserException asked = assertThrows(UserException.class, () -> loaded.layer("above"));
    assertEquals(expected.code(), asked.problems().get(0).code());
    assertTrue(asked.getMessage().contains(loaded.keptOut().get(0).reason()), asked.getMessage());
  }

  @Test
  void oldFilesHaveTheirOwnShapesAndNumbers() throws IOException {
    V1LayerParameter.Builder stored =
        V1LayerParameter.newBuilder()
            .setName("c")
            .setType(V1LayerParameter.LayerType.CONVOLUTION)
            .addBlobs(BrainFolder.old(0, 2, 3, 1, 1))
            .addBlobs(BrainFolder.old(9, 1, 1, 1, 2));
    Brain brain =
        new BrainFolder(folder)
            .layers(
                "layers { name: 'c' type: CONVOLUTION bottom: 'data' top: 'c' blobs_lr: 1\n"
                    + "convolution_param { num_output: 2 kernel_size: 1 } }\n"
                    + "layers { name: 'e' type: ELTWISE bottom: 'c' bottom: 'c' top: 'e' }")
            .weights(NetParameter.newBuilder().addLayers(stored))
            .read()
            .brain();
    Convolution c = (Convolution) brain.layers().get(1).operation();
    assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, c.weights());
    assertArrayEquals(new float[] {9, 10}, c.bias());
    assertEquals(3, brain.layers().size());
  }

  /**
   * A parameter that {@link Definition} did not take along would be silently Caffe's default; so
   * would one of a layer type that old files have as well, and caffe.proto does not for them.
   */
  @Test
  void oldFilesKeepTheirParameters() {
    Set<String> newOnly = new TreeSet<>();
    for (FieldDescriptor field : CaffeSchema.LayerParameter.getDescriptor().getFields()) {
      if (field.getName().endsWith("_param")) {
        FieldDescriptor old = V1LayerParameter.getDescriptor().findFieldByName(field.getName());
        if (old == null) {
          newOnly.add(field.getName());
        } else {
          V1LayerParameter.Builder layer = V1LayerParameter.newBuilder().setName("x");
          Message unusual = unusual(layer.newBuilderForField(old));
          NetParameter net =
              NetParameter.newBuilder().addLayers(layer.setField(old, unusual)).build();
          Definition definition =
              Definition.parse("old.prototxt", TextFormat.printer().printToString(net));
          assertEquals(unusual, definition.layers().get(0).getField(field), field.getName());
        }
      }
    }
    assertEquals(
        Set.of(
            "batch_norm_param",
            "bias_param",
            "elu_param",
            "input_param",
            "prelu_param",
            "scale_param"),
        newOnly,
        "Caffe's V1LayerParameter has none of these");
  }

  /** A message whose first value is not the default one. */
  private static Message unusual(Message.Builder message) {
    FieldDescriptor first = message.getDescriptorForType().getFields().get(0);
    Object value =
        switch (first.getJavaType()) {
          case BOOLEAN -> !(boolean) first.getDefaultValue();
          case ENUM -> first.getEnumType().findValueByNumber(0);
          case FLOAT -> 7f;
          case INT -> 7;
          default -> throw new AssertionError(first);
        };
    if (first.isRepeated()) {
      message.addRepeatedField(first, value);
    } else {
      message.setField(first, value);
    }
    return message.build();
  }

  @Test
  void valuesMayBeUnpackedOrDoubles() throws IOException {
    BlobShape shape = BlobShape.newBuilder().addDim(1).addDim(3).addDim(1).addDim(1).build();
    UnknownFieldSet.Field.Builder unpacked = UnknownFieldSet.Field.newBuilder();
    for (float value : new float[] {4, 5, 6}) {
      unpacked.addFixed32(Float.floatToRawIntBits(value));
    }
    ByteBuffer packedDoubles = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    packedDoubles.putDouble(0.25).flip();
    UnknownFieldSet doubles =
        UnknownFieldSet.newBuilder()
            .addField(
                8,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFrom(packedDoubles))
                    .build())
            .build();
    BlobProto.Builder kernel =
        BlobProto.newBuilder()
            .setShape(shape)
            .setUnknownFields(UnknownFieldSet.newBuilder().addField(5, unpacked.build()).build());
    BlobProto.Builder bias =
        BlobProto.newBuilder().setShape(BlobShape.newBuilder().addDim(1)).setUnknownFields(doubles);
    LoadedBrain loaded =
        brain(
            layer("x", "Convolution", "convolution_param { num_output: 1 kernel_size: 1 }"),
            BrainFolder.layer("x", kernel, bias));
    Convolution x = (Convolution) only(loaded);
    assertArrayEquals(new float[] {4, 5, 6}, x.weights());
    assertArrayEquals(new float[] {0.25f}, x.bias());
  }

  private static Layer layer(LoadedBrain loaded, String name) {
    return loaded.brain().layers().get(loaded.layer(name));
  }

  private static Operation operation(LoadedBrain loaded, String name) {
    return layer(loaded, name).operation();
  }

  @Test
  void windowedNormalisationIsNoGlobalOne() throws IOException {
    Operation within =
        only(brain(layer("x", "LRN", "lrn_param { norm_region: WITHIN_CHANNEL local_size: 3 }")));
    assertEquals(LrnRegion.WITHIN_CHANNEL, ((Lrn) within).region());
    assertEquals(
        GlobalPooling.class,
        only(brain(layer("x", "Pooling", "pooling_param { global_pooling: true kernel_size: 3 }")))
            .getClass());
  }
}
