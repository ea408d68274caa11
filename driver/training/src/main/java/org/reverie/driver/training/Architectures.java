package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.List;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;

/**
 * Networks to train from nothing, up to what the classifier stands on. Their weights are 0: whoever
 * trains them draws them.
 */
final class Architectures {
  private static final int COLOURS = 3;

  private final List<Layer> layers = new ArrayList<>();

  private Architectures() {
    layers.add(new Layer("data", List.of(), new Operation.Input(), COLOURS));
  }

  /**
   * The trunk of an architecture.
   *
   * @param mean of the pictures, blue, green, red
   */
  static Brain trunk(Architecture architecture, float[] mean) {
    Architectures made = new Architectures();
    List<String> preferred =
        switch (architecture) {
          case SMALL -> made.small();
          case GOOGLENET -> made.googlenet();
        };
    return BrainCodec.hashed(
        architecture == Architecture.SMALL ? "reverie_small" : "googlenet",
        made.layers,
        mean,
        Brain.ColourOrder.BGR,
        preferred);
  }

  /**
   * An inception network of 1.2 million weights: at 112 px, 100 million multiplications forward.
   * Pools halve evenly, so that no reader's rounding of sizes matters.
   */
  private List<String> small() {
    int at = convolution("conv1", 0, 32, 5, 2);
    at = pool("pool1", at, 2, 2, 0);
    at = convolution("conv2", at, 64, 3, 1);
    at = inception("3a", at, 32, 32, 48, 16, 16, 32);
    at = pool("pool3", at, 2, 2, 0);
    at = inception("4a", at, 48, 48, 96, 16, 32, 32);
    at = inception("4b", at, 64, 64, 112, 16, 48, 48);
    at = inception("4c", at, 80, 64, 128, 32, 48, 48);
    at = pool("pool4", at, 2, 2, 0);
    at = inception("5a", at, 96, 80, 160, 32, 64, 64);
    inception("5b", at, 112, 96, 192, 32, 64, 64);
    return List.of(
        "inception_4c/output",
        "inception_5a/output",
        "inception_4b/output",
        "inception_5b/output",
        "inception_4a/output",
        "inception_3a/output");
  }

  /** GoogLeNet as published (Szegedy et al., 2015), without its auxiliary classifiers. */
  private List<String> googlenet() {
    int at = convolution("conv1/7x7_s2", 0, 64, 7, 2);
    at = pool("pool1/3x3_s2", at, 3, 2, 0);
    at = normalisation("pool1/norm1", at);
    at = convolution("conv2/3x3_reduce", at, 64, 1, 1);
    at = convolution("conv2/3x3", at, 192, 3, 1);
    at = normalisation("conv2/norm2", at);
    at = pool("pool2/3x3_s2", at, 3, 2, 0);
    at = inception("3a", at, 64, 96, 128, 16, 32, 32);
    at = inception("3b", at, 128, 128, 192, 32, 96, 64);
    at = pool("pool3/3x3_s2", at, 3, 2, 0);
    at = inception("4a", at, 192, 96, 208, 16, 48, 64);
    at = inception("4b", at, 160, 112, 224, 24, 64, 64);
    at = inception("4c", at, 128, 128, 256, 24, 64, 64);
    at = inception("4d", at, 112, 144, 288, 32, 64, 64);
    at = inception("4e", at, 256, 160, 320, 32, 128, 128);
    at = pool("pool4/3x3_s2", at, 3, 2, 0);
    at = inception("5a", at, 256, 160, 320, 32, 128, 128);
    inception("5b", at, 384, 192, 384, 48, 128, 128);
    return List.of("inception_4c/output", "inception_4d/output", "inception_3b/output");
  }

  /** Four ways side by side: 1x1, 3x3 and 5x5 behind a reduction, and a pool. */
  private int inception(
      String name,
      int input,
      int one,
      int reduceThree,
      int three,
      int reduceFive,
      int five,
      int pool) {
    String block = "inception_" + name + "/";
    int a = convolution(block + "1x1", input, one, 1, 1);
    int b = convolution(block + "3x3_reduce", input, reduceThree, 1, 1);
    b = convolution(block + "3x3", b, three, 3, 1);
    int c = convolution(block + "5x5_reduce", input, reduceFive, 1, 1);
    c = convolution(block + "5x5", c, five, 5, 1);
    int d = pool(block + "pool", input, 3, 1, 1);
    d = convolution(block + "pool_proj", d, pool, 1, 1);
    layers.add(
        new Layer(
            block + "output",
            List.of(a, b, c, d),
            new Operation.Concat(),
            one + three + five + pool));
    return layers.size() - 1;
  }

  /** A convolution that keeps the size but for its stride, and its rectifier. */
  private int convolution(String name, int input, int outputs, int kernel, int stride) {
    int inputs = layers.get(input).channels();
    int pad = (kernel - 1) / 2;
    Operation operation =
        new Operation.Convolution(
            inputs,
            outputs,
            kernel,
            kernel,
            stride,
            stride,
            pad,
            pad,
            1,
            1,
            1,
            new float[outputs * inputs * kernel * kernel],
            new float[outputs]);
    layers.add(new Layer(name, List.of(input), operation, outputs));
    int slash = name.lastIndexOf('/') + 1;
    String rectifier = name.substring(0, slash) + "relu_" + name.substring(slash);
    layers.add(new Layer(rectifier, List.of(layers.size() - 1), new Operation.Relu(0), outputs));
    return layers.size() - 1;
  }

  private int pool(String name, int input, int kernel, int stride, int pad) {
    Operation operation =
        new Operation.Pooling(Pool.MAX, kernel, kernel, stride, stride, pad, pad, true);
    layers.add(new Layer(name, List.of(input), operation, layers.get(input).channels()));
    return layers.size() - 1;
  }

  private int normalisation(String name, int input) {
    Operation operation = new Operation.Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1e-4f, 0.75f, 1);
    layers.add(new Layer(name, List.of(input), operation, layers.get(input).channels()));
    return layers.size() - 1;
  }
}
