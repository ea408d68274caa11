package org.reverie.tiling.plan;

import java.util.Map;

/**
 * What a cluster can do, as measured or assumed.
 *
 * @param gradientRate of one device, megapixels of the network's input per second
 * @param slots tasks that one device's machine runs at the same time, where they need no device
 * @param overlapped whether one task reads and stores while another computes on the same device
 * @param rates of one slot, megapixels per second, for every kind but {@link StageLoad.Kind#TILES}
 *     and {@link StageLoad.Kind#PRINT}
 * @param tileBytesPerSecond that a task on a tile reads, checks, and stores, without a network
 * @param linkBytesPerSecond between one machine and the store
 * @param storeBytesPerSecond that the store gives to all together
 * @param taskSeconds that the driver spends on each task, one after the other
 * @param stageSeconds that a stage takes with nothing in it
 * @param beginSeconds before the first stage and after the last
 */
public record Hardware(
    double gradientRate,
    int slots,
    boolean overlapped,
    Map<StageLoad.Kind, Double> rates,
    double tileBytesPerSecond,
    double linkBytesPerSecond,
    double storeBytesPerSecond,
    double taskSeconds,
    double stageSeconds,
    double beginSeconds) {
  public Hardware {
    rates = Map.copyOf(rates);
  }

  double rate(StageLoad.Kind kind) {
    Double rate = rates.get(kind);
    if (rate == null) {
      throw new IllegalArgumentException("no rate for " + kind);
    }
    return rate;
  }
}
