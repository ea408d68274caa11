package org.reverie.tiling.plan;

import java.util.List;
import java.util.Map;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.tiling.Border;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Frame;
import org.reverie.tiling.resample.SourceArea;

/**
 * Everything that decides the bytes of a print: the same plan gives the same bytes, wherever it
 * runs. It holds no path, host or time.
 *
 * @param version of this record's format
 * @param recipe what was asked for, as {@link org.reverie.conf.Recipe} writes it
 * @param seed of every random number
 * @param step grey levels that a pixel moves on average in one iteration
 * @param resampling which filters make octaves
 * @param start the name of a start from nothing, such as {@code noise}; empty for a picture
 * @param inputHash SHA-256 of the input file; empty for a start from nothing
 * @param inputSize of the input in pixels; for a start from nothing, of its first octave
 * @param source the part of the input that fills the canvas, in fractional input pixels
 * @param canvas the print in pixels, bleed included
 * @param crop the part that is printed
 * @param pixelsPerInch of the print
 * @param bitsPerSample 8, 16 or 32 (float)
 * @param octaves smallest first
 * @param border what lies beyond the canvas
 * @param rolls whether anything rolls at all
 * @param stride of the dreamt layers, pixels
 * @param receptiveField of the dreamt layers, pixels
 * @param haloPixels context around a core, pixels
 * @param borderPixels the mirrored border, pixels; 0 for a wrapped canvas
 * @param overlapPixels band in which neighbours are blended; 0 in exact mode
 * @param tilePixels edge of a core
 * @param meeting which mode was taken and why, for people
 * @param brain which brain and layers
 * @param engine which engine and how
 */
public record RenderPlan(
    int version,
    Map<String, Map<String, Object>> recipe,
    long seed,
    double step,
    Resampling resampling,
    String start,
    String inputHash,
    Size inputSize,
    SourceArea source,
    Size canvas,
    Rectangle crop,
    double pixelsPerInch,
    int bitsPerSample,
    List<OctavePlan> octaves,
    Border border,
    boolean rolls,
    int stride,
    int receptiveField,
    int haloPixels,
    int borderPixels,
    int overlapPixels,
    int tilePixels,
    String meeting,
    BrainFacts brain,
    EngineFacts engine) {

  /**
   * The format this program reads and writes. Another is another request: no render is carried on
   * with it, and no print that was made by it is left alone. What a plan may lack, and a key with a
   * default, need no other.
   */
  public static final int VERSION = 1;

  /**
   * The brain and what is dreamt of it.
   *
   * @param name for people
   * @param hash of everything that decides its activations
   * @param mean subtracted, in the brain's colour order
   * @param blueFirst whether that order is BGR
   * @param targets layers and weights
   * @param guideHash SHA-256 of the guides' columns, or empty
   * @param maskHash SHA-256 of the regions of the guides, or empty
   */
  public record BrainFacts(
      String name,
      String hash,
      List<Float> mean,
      boolean blueFirst,
      List<Target> targets,
      String guideHash,
      String maskHash) {
    public BrainFacts {
      // Plans of renders begun before there were masks do not mention them.
      maskHash = maskHash == null ? "" : maskHash;
    }
  }

  /**
   * One dreamt layer.
   *
   * @param layer index in the brain
   * @param name in the brain
   * @param channels those that count; empty for all alike
   * @param weight in the objective
   */
  public record Target(int layer, String name, List<Channel> channels, double weight) {
    public Target {
      // Plans of renders begun before there were channels do not mention them.
      channels = channels == null ? List.of() : List.copyOf(channels);
    }

    /** The same layer with all its channels alike. */
    public Target withAllChannels() {
      return new Target(layer, name, List.of(), weight);
    }
  }

  /**
   * One dreamt channel of a layer.
   *
   * @param index counted from 0
   * @param weight at its layer
   */
  public record Channel(int index, double weight) {}

  /**
   * The engine and what of it decides bits.
   *
   * @param name of the engine
   * @param precision that its values are rounded to
   * @param instructionSet it used when the plan was made
   * @param threads of one session
   */
  public record EngineFacts(String name, String precision, String instructionSet, int threads) {}

  public RenderPlan {
    octaves = List.copyOf(octaves);
  }

  /** The same plan for a brain of which more is known. */
  public RenderPlan withBrain(BrainFacts known) {
    return new RenderPlan(
        version,
        recipe,
        seed,
        step,
        resampling,
        start,
        inputHash,
        inputSize,
        source,
        canvas,
        crop,
        pixelsPerInch,
        bitsPerSample,
        octaves,
        border,
        rolls,
        stride,
        receptiveField,
        haloPixels,
        borderPixels,
        overlapPixels,
        tilePixels,
        meeting,
        known,
        engine);
  }

  /**
   * The same plan, of which another request prints what was dreamt.
   *
   * @param asked a plan of the same dream; how it writes the print, and what was asked for, are
   *     taken from it
   */
  public RenderPlan printedAs(RenderPlan asked) {
    return new RenderPlan(
        version,
        asked.recipe,
        seed,
        step,
        resampling,
        start,
        inputHash,
        inputSize,
        source,
        canvas,
        crop,
        asked.pixelsPerInch,
        asked.bitsPerSample,
        octaves,
        border,
        rolls,
        stride,
        receptiveField,
        haloPixels,
        borderPixels,
        overlapPixels,
        tilePixels,
        meeting,
        brain,
        engine);
  }

  /** The last octave, whose canvas is printed. */
  public OctavePlan last() {
    return octaves.get(octaves.size() - 1);
  }

  /** Where the windows of an octave lie. Only tiles that run by themselves overlap. */
  public Frame frame(OctavePlan octave) {
    int overlap = octave.mode() == OctavePlan.Mode.ROUNDS ? overlapPixels : 0;
    return new Frame(octave.size(), border, stride, haloPixels, borderPixels, overlap, rolls);
  }
}
