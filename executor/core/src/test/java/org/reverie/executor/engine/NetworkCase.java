package org.reverie.executor.engine;

import static org.reverie.executor.brain.Operation.Pool.AVERAGE;
import static org.reverie.executor.brain.Operation.Pool.MAX;

import java.util.ArrayList;
import java.util.List;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Elu;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;

/**
 * One small network with an objective and a window size.
 *
 * @param name what it is about
 * @param smooth whether the input is away from kinks, so that finite differences mean something
 */
record NetworkCase(
    String name, Brain brain, Objective objective, int width, int height, boolean smooth) {

  @Override
  public String toString() {
    return name + " at " + width + " x " + height;
  }

  /** The input of the case: random values, always the same; whole grey levels where ties matter. */
  float[] input() {
    float[] input = BrainSketch.random(name, 3 * width * height, 100);
    if (!smooth) {
      for (int i = 0; i < input.length; i++) {
        input[i] = Math.round(input[i] / 50) * 50;
      }
    }
    return input;
  }

  /** Every operation with every option that changes what is computed. */
  static List<NetworkCase> all() {
    List<NetworkCase> cases = new ArrayList<>();
    convolutions(cases);
    poolings(cases);
    pointwise(cases);
    normalisations(cases);
    graphs(cases);
    objectives(cases);
    return cases;
  }

  private static void convolutions(List<NetworkCase> cases) {
    int[][] geometries = {
      // kernel, stride, pad, dilation: height before width
      {3, 3, 1, 1, 1, 1, 1, 1},
      {1, 1, 1, 1, 0, 0, 1, 1},
      {1, 1, 1, 1, 1, 2, 1, 1},
      {1, 1, 2, 2, 0, 0, 1, 1},
      {7, 7, 2, 2, 3, 3, 1, 1},
      {3, 3, 2, 2, 0, 0, 1, 1},
      {4, 4, 3, 3, 1, 1, 1, 1},
      {11, 11, 4, 4, 0, 0, 1, 1},
      {2, 2, 3, 3, 0, 0, 1, 1},
      {1, 7, 1, 1, 0, 3, 1, 1},
      {5, 3, 2, 1, 1, 0, 1, 1},
      {3, 3, 1, 1, 2, 2, 2, 2},
      {3, 3, 2, 2, 2, 2, 2, 2},
      {3, 2, 1, 2, 1, 3, 3, 2},
    };
    for (int[] g : geometries) {
      BrainSketch sketch = new BrainSketch("convolution").convolution("c", 5, g, 1);
      add(cases, "convolution " + text(g, 1), sketch, 19, 16);
      if (g[0] > 1) {
        add(cases, "convolution " + text(g, 1), sketch, 18, 15);
      }
    }
    for (int group : new int[] {2, 6}) {
      for (int[] g :
          new int[][] {
            {3, 3, 1, 1, 1, 1, 1, 1}, {3, 3, 2, 2, 1, 1, 1, 1}, {2, 3, 1, 2, 0, 1, 2, 1}
          }) {
        for (int outputs : new int[] {6, 12}) {
          BrainSketch sketch =
              new BrainSketch("groups")
                  .convolution("a", 6, 3, 1, 1)
                  .convolution("c", outputs, g, group);
          add(cases, "convolution to " + outputs + " " + text(g, group), sketch, 14, 13);
        }
      }
    }
    int[][] transposed = {
      {3, 3, 1, 1, 1, 1, 1, 1},
      {4, 4, 2, 2, 1, 1, 1, 1},
      {3, 2, 2, 3, 0, 0, 1, 1},
      {3, 3, 2, 2, 1, 0, 2, 1},
      {2, 2, 3, 3, 0, 0, 1, 1},
    };
    for (int[] g : transposed) {
      for (int group : new int[] {1, 2, 4}) {
        BrainSketch sketch =
            new BrainSketch("deconvolution")
                .convolution("a", 4, 3, 2, 1)
                .deconvolution("d", 4 * (1 + g[0] % 2), g, group);
        add(cases, "deconvolution " + text(g, group), sketch, 11, 9);
      }
    }
  }

  private static void poolings(List<NetworkCase> cases) {
    int[][] geometries = {
      // kernel, stride, pad: height before width
      {2, 2, 2, 2, 0, 0},
      {3, 3, 2, 2, 0, 0},
      {3, 3, 2, 2, 1, 1},
      {3, 3, 1, 1, 1, 1},
      {2, 3, 3, 2, 1, 0},
      {5, 4, 3, 3, 2, 1},
      {4, 4, 4, 4, 0, 0},
    };
    for (Pool pool : Pool.values()) {
      for (int[] g : geometries) {
        for (boolean roundUp : new boolean[] {true, false}) {
          for (int[] size : new int[][] {{9, 8}, {12, 11}, {13, 10}}) {
            Pooling pooling = new Pooling(pool, g[0], g[1], g[2], g[3], g[4], g[5], roundUp);
            BrainSketch sketch = new BrainSketch("pooling").layer("p", pooling);
            if (!emptyWindow(pooling, size)) {
              add(cases, pooling.toString(), sketch, size[0], size[1]);
            }
          }
        }
      }
      add(
          cases,
          "global pooling " + pool,
          new BrainSketch("global")
              .convolution("c", 4, 3, 1, 0)
              .layer("g", new GlobalPooling(pool))
              .layer("t", new Power(2, 0.01f, 1)),
          9,
          7);
    }
    Pooling overlapping = new Pooling(MAX, 3, 3, 2, 2, 1, 1, true);
    ties(cases, "ties of max pooling", new BrainSketch("t").layer("p", overlapping), 13, 12);
    ties(
        cases,
        "ties of dense max pooling",
        new BrainSketch("t").layer("p", new Pooling(MAX, 3, 3, 1, 1, 1, 1, true)),
        13,
        12);
    ties(
        cases,
        "ties at zero behind a rectifier",
        new BrainSketch("t").relu("r").layer("p", overlapping).relu("s"),
        12,
        13);
    ties(
        cases,
        "ties of global max pooling",
        new BrainSketch("t").layer("p", new GlobalPooling(MAX)),
        12,
        13);
  }

  /** Whether Caffe's rule leaves a window without a real pixel, which no published brain has. */
  private static boolean emptyWindow(Pooling p, int[] size) {
    int columns = size[0] - 1 - (pooled(size[0], p, false) - 1) * p.strideWidth() + p.padWidth();
    int rows = size[1] - 1 - (pooled(size[1], p, true) - 1) * p.strideHeight() + p.padHeight();
    return columns < 0 || rows < 0;
  }

  private static int pooled(int n, Pooling p, boolean height) {
    var shape =
        new BrainSketch("p").layer("p", p).brain().shapes(height ? 64 : n, height ? n : 64).get(1);
    return height ? shape.height() : shape.width();
  }

  private static void pointwise(List<NetworkCase> cases) {
    float[] slopes = {0.25f, -0.5f, 0, 1.5f};
    single(cases, "relu", new BrainSketch("x").convolution("c", 4, 3, 1, 1).relu("y"));
    for (float slope : new float[] {0.1f, -0.3f}) {
      single(
          cases,
          "leaky relu " + slope,
          new BrainSketch("x").convolution("c", 4, 3, 1, 1).layer("y", new Relu(slope)));
    }
    single(
        cases,
        "prelu",
        new BrainSketch("x").convolution("c", 4, 3, 1, 1).layer("y", new Prelu(slopes)));
    BrainSketch small = new BrainSketch("x").layer("c", new Power(1, 0.02f, 0.1f));
    single(cases, "elu", sketch().layer("y", new Elu(1.3f)));
    single(cases, "sigmoid", sketch().layer("y", new Sigmoid()));
    single(cases, "tanh", sketch().layer("y", new Tanh()));
    single(cases, "absolute", sketch().layer("y", new Absolute()));
    single(cases, "linear", small);
    single(cases, "square", sketch().layer("y", new Power(2, -0.5f, 0.25f)));
    single(cases, "cube", sketch().layer("y", new Power(3, 0.5f, -0.25f)));
    single(cases, "power 0", sketch().layer("y", new Power(0, 0.5f, 3)).sum("s", "y", "c"));
    single(
        cases,
        "square root",
        sketch().layer("a", new Absolute()).layer("y", new Power(0.5f, 0.5f, 0.25f)));
    single(
        cases,
        "affine",
        new BrainSketch("x")
            .convolution("c", 4, 3, 1, 1)
            .layer("y", new Affine(slopes, new float[] {1, -20, 300, 0})));
    single(
        cases,
        "identity",
        new BrainSketch("x").convolution("c", 4, 3, 1, 1).layer("y", new Identity()));
  }

  private static BrainSketch sketch() {
    return new BrainSketch("x").layer("c", new Power(1, 0.02f, 0.1f));
  }

  private static void normalisations(List<NetworkCase> cases) {
    for (LrnRegion region : LrnRegion.values()) {
      for (int size : new int[] {1, 3, 5}) {
        for (float beta : new float[] {0.75f, 0.5f, 1.1f}) {
          for (float k :
              region == LrnRegion.ACROSS_CHANNELS ? new float[] {1, 2} : new float[] {1}) {
            Lrn lrn = new Lrn(region, size, 0.003f, beta, k);
            single(
                cases,
                lrn.toString(),
                new BrainSketch("x").convolution("c", 7, 3, 1, 1).layer("y", lrn));
          }
        }
      }
      single(
          cases,
          "lrn wider than its input " + region,
          new BrainSketch("x").layer("y", new Lrn(region, 9, 0.01f, 0.75f, 1)));
    }
  }

  private static void graphs(List<NetworkCase> cases) {
    single(
        cases,
        "a value used by three layers",
        new BrainSketch("x")
            .convolution("c", 4, 3, 1, 1)
            .relu("r")
            .convolution("left", 3, 1, 1, 0, "r")
            .layer("pool", new Pooling(MAX, 3, 3, 1, 1, 1, 1, true), "r")
            .layer("join", new Concat(), "left", "r", "pool")
            .convolution("end", 4, 3, 2, 1, "join"));
    single(
        cases,
        "concat of one value twice",
        new BrainSketch("x")
            .convolution("c", 3, 3, 1, 1)
            .layer("join", new Concat(), "c", "data", "c")
            .relu("r")
            .convolution("end", 4, 3, 1, 1));
    single(
        cases,
        "slices",
        new BrainSketch("x")
            .convolution("c", 6, 3, 1, 1)
            .layer("front", new Slice(0, 2), "c")
            .layer("middle", new Slice(2, 5), "c")
            .layer("again", new Slice(1, 3), "c")
            .relu("r", "again")
            .layer("join", new Concat(), "middle", "r", "front"));
    single(
        cases,
        "sum with coefficients",
        new BrainSketch("x")
            .convolution("a", 4, 3, 1, 1, "data")
            .convolution("b", 4, 1, 1, 0, "data")
            .layer("y", new Eltwise(Combine.SUM, new float[] {1, -0.5f, 2}), "a", "b", "a"));
    single(
        cases,
        "residual",
        new BrainSketch("x")
            .convolution("a", 4, 3, 1, 1, "data")
            .convolution("b", 4, 3, 1, 1, "a")
            .sum("s", "a", "b")
            .relu("r")
            .convolution("c", 4, 3, 1, 1)
            .sum("t", "r", "c"));
    single(
        cases,
        "residual with a projection, of 1 x 1 convolutions",
        new BrainSketch("x")
            .convolution("a", 4, 3, 1, 1, "data")
            .relu("ra")
            .convolution("b", 6, 1, 1, 0, "ra")
            .convolution("projection", 6, 1, 1, 0, "ra")
            .sum("s", "projection", "b")
            .relu("rs")
            .convolution("c", 6, 1, 1, 0, "rs")
            .relu("rc")
            .sum("t", "rc", "rs")
            .relu("rt")
            .convolution("end", 3, 1, 1, 0, "rt"));
    for (Combine combine : new Combine[] {Combine.PRODUCT, Combine.MAXIMUM}) {
      Eltwise eltwise = new Eltwise(combine, new float[0]);
      single(
          cases,
          combine + " of three",
          new BrainSketch("x")
              .layer("n", new Power(1, 0.02f, 0), "data")
              .convolution("a", 4, 3, 1, 1, "n")
              .convolution("b", 4, 1, 1, 0, "n")
              .convolution("c", 4, 1, 1, 0, "n")
              .layer("y", eltwise, "a", "b", "c"));
      ties(
          cases,
          combine + " of a value with itself and another",
          new BrainSketch("x")
              .relu("r", "data")
              .layer("y", eltwise, "r", "data", "r")
              .convolution("c", 2, 3, 1, 1),
          9,
          8);
    }
  }

  private static void objectives(List<NetworkCase> cases) {
    BrainSketch sketch =
        new BrainSketch("targets")
            .convolution("a", 4, 3, 1, 1)
            .relu("r")
            .layer("p", new Pooling(MAX, 3, 3, 2, 2, 0, 0, true))
            .convolution("b", 6, 3, 1, 1)
            .relu("s")
            .layer("q", new Pooling(AVERAGE, 2, 2, 2, 2, 0, 0, true));
    Drive square = new Drive.Square();
    Objective weighted =
        new Objective(
            List.of(
                new Target(sketch.index("s"), 1, square),
                new Target(sketch.index("a"), 0.25f, square),
                new Target(sketch.index("q"), -0.5f, square)));
    Drive guide = new Drive.Guide(BrainSketch.random("guide", 6 * 11, 30), 11);
    Objective guided = new Objective(List.of(new Target(sketch.index("s"), 1, guide)));
    Objective mixed =
        new Objective(
            List.of(
                new Target(sketch.index("s"), 2, guide),
                new Target(sketch.index("r"), 0.01f, square)));
    Brain brain = sketch.brain();
    cases.add(new NetworkCase("weighted layers", brain, weighted, 13, 11, true));
    cases.add(new NetworkCase("guide", brain, guided, 13, 11, true));
    cases.add(new NetworkCase("guide and another layer", brain, mixed, 13, 11, true));
    cases.add(new NetworkCase("the input itself", brain, Objective.l2(0), 13, 11, true));
    // A dead rectifier makes every product 0, so that the first column must win.
    BrainSketch dead =
        new BrainSketch("dead").layer("down", new Power(1, 1, -40)).relu("r").relu("s");
    Objective tied =
        new Objective(
            List.of(
                new Target(
                    dead.index("r"),
                    1,
                    new Drive.Guide(BrainSketch.random("tied", 3 * 5, 10), 5))));
    cases.add(new NetworkCase("guide with ties", dead.brain(), tied, 9, 7, false));
    Objective one =
        new Objective(
            List.of(
                new Target(
                    sketch.index("b"), 1, new Drive.Guide(BrainSketch.random("one", 6, 10), 1))));
    cases.add(new NetworkCase("guide of one column", brain, one, 13, 11, true));
    channels(cases, sketch);
  }

  /** Single channels and sets of them, also where a branch of the network counts for nothing. */
  private static void channels(List<NetworkCase> cases, BrainSketch sketch) {
    Brain brain = sketch.brain();
    add(cases, "one channel", brain, target(sketch, "s", 1, 0, 0, 0, 1, 0, 0));
    add(cases, "weighted channels", brain, target(sketch, "s", 2, 0.5f, 0, -1.5f, 0, 0, 3));
    add(cases, "a channel of the input", brain, target(sketch, "data", 1, 0, 1, 0));
    add(
        cases,
        "a channel and other layers",
        brain,
        target(sketch, "s", -1, 0, 1, 0, 0, 0, 0),
        target(sketch, "a", 0.25f, 0, 0, 0.5f, 1),
        new Target(sketch.index("q"), 1, new Drive.Square()));
    BrainSketch branches =
        new BrainSketch("branches")
            .convolution("c", 4, 3, 1, 1)
            .relu("r")
            .convolution("left", 3, 1, 1, 0, "r")
            .convolution("right", 2, 3, 1, 1, "r")
            .relu("bright", "right")
            .layer("join", new Concat(), "left", "bright", "r");
    Brain joined = branches.brain();
    add(cases, "one branch", joined, target(branches, "join", 1, 0, 0, 0, 0, 2, 0, 0, 0, 0));
    add(cases, "two branches", joined, target(branches, "join", 1, 0, 3, 0, 0, 0, 1, 0, 0, -2));
    add(
        cases,
        "a channel of a concat and of what it is made of",
        joined,
        target(branches, "join", 1, 0, 1, 0, 0, 0, 0, 0, 0, 0),
        target(branches, "left", 0.5f, 0, 1, -1),
        target(branches, "right", 1, 0, 1));
    BrainSketch pooled =
        new BrainSketch("pooled")
            .convolution("c", 5, 3, 1, 1)
            .relu("r")
            .layer("front", new Slice(1, 4), "r")
            .layer("p", new Pooling(MAX, 3, 3, 2, 2, 0, 0, true), "r")
            .convolution("end", 3, 1, 1, 0, "p");
    add(
        cases,
        "channels of a slice and above it",
        pooled.brain(),
        target(pooled, "front", 1, 0, 1, 0.5f),
        target(pooled, "end", 0.1f, 1, 0, 1));
  }

  private static Target target(BrainSketch sketch, String layer, float weight, float... channels) {
    return new Target(sketch.index(layer), weight, new Drive.Channels(channels));
  }

  private static void add(List<NetworkCase> cases, String name, Brain brain, Target... targets) {
    cases.add(new NetworkCase(name, brain, new Objective(List.of(targets)), 13, 11, true));
  }

  private static void single(List<NetworkCase> cases, String name, BrainSketch sketch) {
    add(cases, name, sketch, 9, 8);
  }

  private static void add(
      List<NetworkCase> cases, String name, BrainSketch sketch, int width, int height) {
    cases.add(new NetworkCase(name, sketch.brain(), sketch.objective(), width, height, true));
  }

  private static void ties(
      List<NetworkCase> cases, String name, BrainSketch sketch, int width, int height) {
    cases.add(new NetworkCase(name, sketch.brain(), sketch.objective(), width, height, false));
  }

  private static String text(int[] g, int group) {
    return "%dx%d / %dx%d + %dx%d d %dx%d g %d"
        .formatted(g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7], group);
  }
}
