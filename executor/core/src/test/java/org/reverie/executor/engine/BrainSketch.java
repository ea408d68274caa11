package org.reverie.executor.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.KeyedRandom.Purpose;

/**
 * Draws small brains, layer by layer. A layer without named inputs takes the one before it; weights
 * are random and always the same.
 */
public final class BrainSketch {
  private final String name;
  private final List<Layer> layers = new ArrayList<>();
  private final Map<String, Integer> indices = new LinkedHashMap<>();

  public BrainSketch(String name) {
    this.name = name;
    add("data", new Operation.Input(), 3);
  }

  /** Adds a layer with as many channels as its operation makes of its inputs. */
  public BrainSketch layer(String layer, Operation operation, String... inputs) {
    int channels = inputs.length == 0 ? last().channels() : channels(inputs[0]);
    if (operation instanceof Convolution c) {
      channels = c.outputs();
    } else if (operation instanceof Deconvolution d) {
      channels = d.outputs();
    } else if (operation instanceof Operation.Slice s) {
      channels = s.to() - s.from();
    } else if (operation instanceof Operation.Concat) {
      channels = 0;
      for (String input : inputs) {
        channels += channels(input);
      }
    }
    return add(layer, operation, channels, inputs);
  }

  /** A square convolution. */
  public BrainSketch convolution(
      String layer, int outputs, int kernel, int stride, int pad, String... inputs) {
    return convolution(
        layer, outputs, new int[] {kernel, kernel, stride, stride, pad, pad, 1, 1}, 1, inputs);
  }

  /**
   * Any convolution.
   *
   * @param geometry kernel, stride, pad and dilation, of each the height before the width
   */
  public BrainSketch convolution(
      String layer, int outputs, int[] geometry, int group, String... inputs) {
    int channels = inputs.length == 0 ? last().channels() : channels(inputs[0]);
    int[] g = geometry;
    int fan = channels / group * g[0] * g[1];
    return layer(
        layer,
        new Convolution(
            channels,
            outputs,
            g[0],
            g[1],
            g[2],
            g[3],
            g[4],
            g[5],
            g[6],
            g[7],
            group,
            random(layer, outputs * fan, Math.sqrt(6.0 / fan)),
            random(layer + " bias", outputs, 5)),
        inputs);
  }

  /**
   * Any deconvolution.
   *
   * @param geometry kernel, stride, pad and dilation, of each the height before the width
   */
  public BrainSketch deconvolution(
      String layer, int outputs, int[] geometry, int group, String... inputs) {
    int channels = inputs.length == 0 ? last().channels() : channels(inputs[0]);
    int[] g = geometry;
    int perInput = outputs / group * g[0] * g[1];
    return layer(
        layer,
        new Deconvolution(
            channels,
            outputs,
            g[0],
            g[1],
            g[2],
            g[3],
            g[4],
            g[5],
            g[6],
            g[7],
            group,
            random(layer, channels * perInput, Math.sqrt(6.0 / (channels / group * g[0] * g[1]))),
            random(layer + " bias", outputs, 5)),
        inputs);
  }

  public BrainSketch relu(String layer, String... inputs) {
    return layer(layer, new Operation.Relu(0), inputs);
  }

  public BrainSketch sum(String layer, String... inputs) {
    float[] ones = new float[inputs.length];
    Arrays.fill(ones, 1);
    return layer(layer, new Operation.Eltwise(Combine.SUM, ones), inputs);
  }

  /** The index of a layer. */
  public int index(String layer) {
    return indices.get(layer);
  }

  /** The brain as drawn so far, with the mean of ImageNet. */
  public Brain brain() {
    return new Brain(
        name,
        layers,
        new float[] {104, 117, 123},
        Brain.ColourOrder.BGR,
        List.of(last().name()),
        "0".repeat(64));
  }

  /** The L2 objective at the last layer. */
  public Objective objective() {
    return Objective.l2(layers.size() - 1);
  }

  /** Uniform numbers in -range .. range that depend on the key alone. */
  public static float[] random(String key, int count, double range) {
    KeyedRandom random = KeyedRandom.of(key.hashCode(), Purpose.WEIGHTS, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * range);
    }
    return values;
  }

  private Layer last() {
    return layers.get(layers.size() - 1);
  }

  private int channels(String layer) {
    return layers.get(index(layer)).channels();
  }

  private BrainSketch add(String layer, Operation operation, int channels, String... inputs) {
    List<Integer> from = new ArrayList<>();
    for (String input : inputs) {
      from.add(index(input));
    }
    if (inputs.length == 0 && !layers.isEmpty()) {
      from.add(layers.size() - 1);
    }
    if (indices.put(layer, layers.size()) != null) {
      throw new IllegalArgumentException("two layers " + layer);
    }
    layers.add(new Layer(layer, from, operation, channels));
    return this;
  }
}
