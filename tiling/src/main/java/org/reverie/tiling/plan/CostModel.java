package org.reverie.tiling.plan;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How long a render takes on so many devices.
 *
 * <p>A stage ends when its last task does, and the next one begins then; so with {@code n} tasks on
 * {@code d} workers, each task of {@code c} seconds computing and {@code m} moving bytes, a stage
 * takes
 *
 * <pre>
 *   T = s + n t + ceil(n / d) (c + m)                       or, where both overlap,
 *   T = s + n t + c + m + (ceil(n / d) - 1) max(c, m)
 * </pre>
 *
 * with {@code s} seconds for a stage and {@code t} of the driver for each task. Workers are devices
 * for tiles, slots for chunks, and one for what the driver does itself. A byte passes at the
 * machine's link or at the store's share, whichever is slower; on its way into or out of a tile it
 * also costs a processor something. The time of a render is the sum of its stages.
 *
 * @param hardware what runs it
 */
public record CostModel(Hardware hardware) {
  /** Where a render's time goes. */
  public enum Share {
    /** Gradients, as if all devices were always busy. */
    GRADIENTS,
    /** Devices that wait for the last tile of a stage. */
    RAGGED,
    /** Tiles that read and store. */
    TRAFFIC,
    /** Bases, starts, steps, stitches, the seam meter, and encoding. */
    CHUNKS,
    /** What the driver does alone: begin, the input, writing the print. */
    DRIVER,
    /** Starting stages and tasks. */
    SCHEDULING
  }

  /**
   * An estimate.
   *
   * @param seconds in all
   * @param shares seconds by what they are spent on; they add up to all
   * @param kinds seconds by kind of stage, without {@link Hardware#beginSeconds}
   */
  public record Estimate(
      double seconds, Map<Share, Double> shares, Map<StageLoad.Kind, Double> kinds) {
    /** The share that takes most besides the gradients. */
    public Share largestLoss() {
      return shares.entrySet().stream()
          .filter(entry -> entry.getKey() != Share.GRADIENTS)
          .max(Map.Entry.comparingByValue())
          .orElseThrow()
          .getKey();
    }
  }

  /**
   * Estimates a render.
   *
   * @param stages of the whole render
   * @param devices at least 1
   */
  public Estimate estimate(List<StageLoad> stages, int devices) {
    Map<Share, Double> shares = new EnumMap<>(Share.class);
    Map<StageLoad.Kind, Double> kinds = new EnumMap<>(StageLoad.Kind.class);
    for (Share share : Share.values()) {
      shares.put(share, 0.0);
    }
    shares.merge(Share.DRIVER, hardware.beginSeconds(), Double::sum);
    for (StageLoad stage : stages) {
      double scheduling = hardware.stageSeconds() + stage.tasks() * hardware.taskSeconds();
      shares.merge(Share.SCHEDULING, scheduling, Double::sum);
      double working =
          switch (stage.kind()) {
            case TILES -> tiles(stage, devices, shares);
            case INPUT, PRINT -> alone(stage, shares);
            case BASE, START, STEP, STITCH, SEAMS, ENCODE -> chunks(stage, devices, shares);
          };
      kinds.merge(stage.kind(), scheduling + working, Double::sum);
    }
    double seconds = shares.values().stream().mapToDouble(Double::doubleValue).sum();
    return new Estimate(seconds, shares, kinds);
  }

  private double tiles(StageLoad stage, int devices, Map<Share, Double> shares) {
    double waves = Math.ceil((double) stage.tasks() / devices);
    double compute = stage.gradientMegapixels() / stage.tasks() / hardware.gradientRate();
    double busy = Math.min(devices, stage.tasks());
    double move =
        stage.movedBytes()
            / stage.tasks()
            * (1 / hardware.tileBytesPerSecond()
                + 1
                    / Math.min(
                        hardware.linkBytesPerSecond(), hardware.storeBytesPerSecond() / busy));
    double seconds =
        hardware.overlapped()
            ? compute + move + (waves - 1) * Math.max(compute, move)
            : waves * (compute + move);
    double ideal = stage.gradientMegapixels() / hardware.gradientRate() / devices;
    shares.merge(Share.GRADIENTS, ideal, Double::sum);
    shares.merge(Share.RAGGED, waves * compute - ideal, Double::sum);
    shares.merge(Share.TRAFFIC, seconds - waves * compute, Double::sum);
    return seconds;
  }

  private double chunks(StageLoad stage, int devices, Map<Share, Double> shares) {
    double slots = (double) devices * hardware.slots();
    double waves = Math.ceil(stage.tasks() / slots);
    double compute = stage.megapixels() / stage.tasks() / hardware.rate(stage.kind());
    double busy = Math.min(slots, stage.tasks());
    double link = hardware.linkBytesPerSecond() / Math.min(hardware.slots(), stage.tasks());
    double move =
        stage.movedBytes() / stage.tasks() / Math.min(link, hardware.storeBytesPerSecond() / busy);
    double seconds = waves * (compute + move);
    shares.merge(Share.CHUNKS, seconds, Double::sum);
    return seconds;
  }

  private double alone(StageLoad stage, Map<Share, Double> shares) {
    double working = stage.megapixels() == 0 ? 0 : stage.megapixels() / hardware.rate(stage.kind());
    double seconds =
        working
            + stage.movedBytes()
                / Math.min(hardware.linkBytesPerSecond(), hardware.storeBytesPerSecond());
    shares.merge(Share.DRIVER, seconds, Double::sum);
    return seconds;
  }
}
