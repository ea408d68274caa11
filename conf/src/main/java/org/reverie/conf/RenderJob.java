package org.reverie.conf;

import java.util.List;

/**
 * What a person asks for. Every flag of {@code render} is one key of it; presets, job files, flags,
 * {@code spark-submit} and batches build the same record. A {@code null} means that the planner
 * chooses by rule.
 */
public record RenderJob(Input input, Print print, Brain brain, Dream dream, Tiles tiles, Run run) {

  /**
   * Where the picture comes from.
   *
   * @param source path or URI of a JPEG, PNG or TIFF, or {@code noise}, {@code color:#rrggbb} or
   *     the name of a {@link Gradient}
   * @param background colour that alpha is flattened on, {@code #rrggbb}
   */
  public record Input(String source, String background) {}

  /**
   * What is printed.
   *
   * @param out path or URI of the file; its ending says TIFF, PNG or JPEG
   * @param width without bleed, or null to follow from the height or the input
   * @param height without bleed, or null to follow from the width or the input
   * @param dpi pixels per inch
   * @param bleed added on every side
   * @param fit what happens when both sides are given and the input has another shape
   * @param depth of a sample; null takes 8, or 16 where the input has more and the format can
   * @param dither how 8-bit samples are rounded
   * @param preview whether to render at an eighth of the size
   * @param crop the part to dream at its final scale, or null for all
   */
  public record Print(
      String out,
      Length width,
      Length height,
      double dpi,
      Length bleed,
      Fit fit,
      Depth depth,
      Dither dither,
      boolean preview,
      Crop crop) {}

  /** How an input fills a print of another shape. */
  public enum Fit {
    COVER,
    CONTAIN,
    STRETCH
  }

  /** Depth of a sample in the file. */
  public enum Depth {
    EIGHT,
    SIXTEEN,
    FLOAT
  }

  /** What is added before samples are rounded to 8 bits. */
  public enum Dither {
    NOISE,
    NONE
  }

  /** A part of the print, in its final pixels, bleed included. */
  public record Crop(long x, long y, long width, long height) {}

  /**
   * The network.
   *
   * @param path folder with a definition and weights, or null for the built-in brain
   * @param randomWeights seed of random weights for a definition without weights, or null
   * @param mean overrides the brain's mean, in its colour order, or null
   */
  public record Brain(String path, Long randomWeights, List<Double> mean) {}

  /**
   * What is dreamt and how long.
   *
   * @param layers what to make larger; empty takes the brain's preferred layer
   * @param objective how
   * @param guides of the guide objective: none, one, or one per colour of the mask
   * @param guideMask picture whose colours say where which guide counts, or null
   * @param guideSize longer side the guide is scaled to, pixels
   * @param octaves how many, or null for as many as reach the brain's own input size
   * @param octaveScale from one octave to the next larger one, above 1
   * @param iterations per octave
   * @param step grey levels that a pixel moves on average in one iteration
   * @param jitter largest roll, pixels
   * @param rolls the roll of every iteration, smallest octave first, as [x, y]; null draws them
   * @param seed of every random number
   * @param border what lies beyond the canvas
   * @param resampling which filters make octaves
   */
  public record Dream(
      List<WeightedLayer> layers,
      ObjectiveKind objective,
      List<Guide> guides,
      String guideMask,
      int guideSize,
      Integer octaves,
      double octaveScale,
      int iterations,
      double step,
      int jitter,
      List<List<Integer>> rolls,
      long seed,
      BorderKind border,
      Resampling resampling) {}

  /**
   * What a dream is drawn to.
   *
   * @param region colour of the mask where it counts, {@code #rrggbb}, or null for everywhere
   * @param source path or URI of a picture, or a formula
   */
  public record Guide(String region, String source) {}

  /**
   * A layer's share in the objective.
   *
   * @param name the layer's name in the brain
   * @param channels those of its channels that count; empty for all of them alike
   * @param weight factor on its gradient
   */
  public record WeightedLayer(String name, List<WeightedChannel> channels, double weight) {
    public WeightedLayer {
      channels = List.copyOf(channels);
    }

    /** All channels of a layer. */
    public WeightedLayer(String name, double weight) {
      this(name, List.of(), weight);
    }
  }

  /**
   * A channel's share in the objective at its layer.
   *
   * @param channel counted from 0
   * @param weight factor on its gradient
   */
  public record WeightedChannel(int channel, double weight) {}

  /** Kinds of objective. */
  public enum ObjectiveKind {
    L2,
    GUIDE
  }

  /** What lies beyond the canvas: its mirror image, or its other side. */
  public enum BorderKind {
    MIRROR,
    WRAP
  }

  /** Filters between octaves: what photographs need, or google/deepdream's own. */
  public enum Resampling {
    PHOTOGRAPHIC,
    NOTEBOOK
  }

  /**
   * How the canvas is cut.
   *
   * @param tile edge of a core, pixels; null for the largest that memory holds
   * @param halo context around it
   * @param overlap band in which neighbours are blended, pixels; null for the planner's rule
   * @param sync iterations between meetings of neighbours; 0 for once per octave; null for the
   *     planner's rule
   */
  public record Tiles(Integer tile, Halo halo, Integer overlap, Integer sync) {}

  /**
   * Context around a core.
   *
   * @param kind by rule, exact, or as given
   * @param pixels for {@link Kind#GIVEN}, else 0
   */
  public record Halo(Kind kind, int pixels) {
    /** Where the halo's size comes from. */
    public enum Kind {
      AUTO,
      EXACT,
      GIVEN
    }
  }

  /** What an engine may round the values of its convolutions to. */
  public enum Precision {
    FLOAT32,
    TF32,
    BFLOAT16,
    FLOAT16
  }

  /**
   * Where and how it runs; none of it changes the picture, but for engine and precision.
   *
   * @param engine name of an engine, or {@code auto}
   * @param precision that values are rounded to; null for the engine's own
   * @param threads of one session; null for the planner's rule
   * @param memory bytes all sessions of this machine may take; null for a share of the machine's
   * @param master Spark master, {@code local[N]} or {@code in-process}; null leaves it to Spark's
   *     own settings, or runs in process
   * @param workDir path or URI of the folder that keeps state; null for one beside the output
   * @param fresh whether to discard an earlier state
   * @param dryRun whether to stop after the plan
   */
  public record Run(
      String engine,
      Precision precision,
      Integer threads,
      Long memory,
      String master,
      String workDir,
      boolean fresh,
      boolean dryRun) {}
}
