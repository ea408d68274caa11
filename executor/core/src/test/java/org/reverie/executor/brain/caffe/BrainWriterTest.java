package org.reverie.executor.brain.caffe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;

/** What is written is read back, every bit of it. */
final class BrainWriterTest {
  @TempDir java.nio.file.Path folder;

  @Test
  void everyKindOfLayerComesBack() throws IOException {
    Brain brain = everything();
    Brain back = roundTrip(brain).brain();
    // The hash covers layers, names, parameters, weights, mean and colours.
    assertEquals(brain.hash(), back.hash());
    assertEquals(brain.name(), back.name());
    assertEquals(brain.preferredLayers(), back.preferredLayers());
  }

  @Test
  void theClassifierIsKeptOutAndClassesAreForPeople() throws IOException {
    LoadedBrain back = roundTrip(everything());
    assertEquals("prob", back.keptOut().get(0).layer());
    String descriptor = Files.readString(folder.resolve("brain.yaml"));
    assertTrue(descriptor.contains("Élan vital"), descriptor);
    assertTrue(descriptor.contains("seed: 7"), descriptor);
  }

  @Test
  void aSliceHasNoFormOfItsOwn() {
    List<Layer> layers =
        List.of(
            new Layer("data", List.of(), new Operation.Input(), 3),
            new Layer("green", List.of(0), new Operation.Slice(1, 2), 1));
    Brain brain =
        BrainCodec.hashed("slice", layers, new float[3], Brain.ColourOrder.BGR, List.of());
    assertThrows(IllegalArgumentException.class, () -> roundTrip(brain));
  }

  @ParameterizedTest
  @ValueSource(strings = {"squeezenet_v1.0", "googlenet_to_3b"})
  void aPublishedBrainComesBack(String name) throws IOException {
    Path published = new Path(SharedFolder.file("brains/" + name).toUri());
    Brain brain = BrainReader.read(fileSystem(), published, OptionalLong.empty()).brain();
    assertEquals(brain.hash(), roundTrip(brain).brain().hash());
  }

  private LoadedBrain roundTrip(Brain brain) throws IOException {
    Path path = new Path(folder.toUri());
    BrainWriter.write(
        fileSystem(),
        path,
        brain,
        new BrainWriter.Details(
            64, true, List.of("fern", "Élan vital"), Map.of("seed", 7, "epochs", 3)));
    return BrainReader.read(fileSystem(), path, OptionalLong.empty());
  }

  private static FileSystem fileSystem() throws IOException {
    return FileSystem.getLocal(new Configuration());
  }

  /** Of all operations, a slice alone has no layer of its own in what is written. */
  @Test
  void everyOperationIsWritten() {
    Set<Class<?>> missing = new HashSet<>(Set.of(Operation.class.getPermittedSubclasses()));
    everything().layers().forEach(layer -> missing.remove(layer.operation().getClass()));
    assertEquals(Set.of(Operation.Slice.class), missing);
  }

  private static Brain everything() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("data", List.of(), new Operation.Input(), 3));
    add(layers, "conv", convolution(3, 6, 5, 3, 2, 1, 2, 1, 1, 2, 3), 6);
    add(layers, "relu", new Operation.Relu(0), 6);
    add(layers, "leaky", new Operation.Relu(0.1f), 6);
    add(layers, "pool", new Operation.Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true), 6);
    add(layers, "flat", new Operation.Pooling(Pool.AVERAGE, 3, 2, 1, 2, 1, 0, false), 6);
    add(layers, "norm", new Operation.Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1e-4f, 0.75f, 2), 6);
    add(layers, "near", new Operation.Lrn(LrnRegion.WITHIN_CHANNEL, 3, 1e-3f, 0.5f, 1), 6);
    add(layers, "slopes", new Operation.Prelu(counting(6)), 6);
    add(layers, "scale", new Operation.Affine(counting(6), counting(6)), 6);
    add(layers, "elu", new Operation.Elu(0.7f), 6);
    add(layers, "power", new Operation.Power(2, 0.5f, 1), 6);
    add(layers, "absolute", new Operation.Absolute(), 6);
    add(layers, "sigmoid", new Operation.Sigmoid(), 6);
    add(layers, "tanh", new Operation.Tanh(), 6);
    add(layers, "same", new Operation.Identity(), 6);
    int last = layers.size() - 1;
    Operation sum = new Operation.Eltwise(Combine.SUM, new float[] {1, -2});
    layers.add(new Layer("sum", List.of(last, last - 1), sum, 6));
    Operation most = new Operation.Eltwise(Combine.MAXIMUM, new float[0]);
    layers.add(new Layer("most", List.of(last + 1, last), most, 6));
    layers.add(new Layer("block/output", List.of(last, last + 2), new Operation.Concat(), 12));
    Operation up =
        new Operation.Deconvolution(
            12, 4, 2, 2, 2, 2, 0, 0, 1, 1, 2, counting(12 * 2 * 2 * 2), counting(4));
    add(layers, "up", up, 4);
    add(layers, "whole", new Operation.GlobalPooling(Pool.AVERAGE), 4);
    add(layers, "classifier", convolution(4, 2, 1, 1, 1, 1, 0, 0, 1, 1, 1), 2);
    return BrainCodec.hashed(
        "everything",
        layers,
        new float[] {101.5f, 99.25f, 90},
        Brain.ColourOrder.RGB,
        List.of("block/output", "conv"));
  }

  private static void add(List<Layer> layers, String name, Operation operation, int channels) {
    layers.add(new Layer(name, List.of(layers.size() - 1), operation, channels));
  }

  private static Operation convolution(
      int inputs,
      int outputs,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int padHeight,
      int padWidth,
      int dilationHeight,
      int dilationWidth,
      int group) {
    return new Operation.Convolution(
        inputs,
        outputs,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padHeight,
        padWidth,
        dilationHeight,
        dilationWidth,
        group,
        counting(outputs * inputs / group * kernelHeight * kernelWidth),
        counting(outputs));
  }

  private static float[] counting(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 0.5f + i / 3f;
    }
    return values;
  }
}
