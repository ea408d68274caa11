package org.reverie.tiling.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.tiling.plan.CostModel.Share;
import org.reverie.tiling.plan.StageLoad.Kind;

class CostModelTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  /**
   * Ten tiles of 6 Mpx at 2 Mpx/s: 3 s each, and 1 s for their 100 MB at 100 MB/s.
   *
   * <pre>
   *   one device    10 x (3 + 1)               = 40   overlapped 3 + 1 + 9 x 3 = 31
   *   four devices  3 waves: 3 x (3 + 1)       = 12   overlapped 3 + 1 + 2 x 3 = 10
   *   ten, eleven   1 wave                     =  4                              4
   * </pre>
   */
  @ParameterizedTest
  @CsvSource({"1, 40, 31", "4, 12, 10", "10, 4, 4", "11, 4, 4"})
  void tilesGoInWaves(int devices, double inTurn, double overlapped) {
    StageLoad stage = new StageLoad(Kind.TILES, 10, 60, 0, 4e8, 6e8);
    assertEquals(inTurn, seconds(hardware(false, INFINITE), stage, devices), 1e-9);
    assertEquals(overlapped, seconds(hardware(true, INFINITE), stage, devices), 1e-9);
  }

  /** The store gives 200 MB/s to all: four devices get 50 MB/s each, and 100 MB take 2 s. */
  @Test
  void devicesShareTheStore() {
    StageLoad stage = new StageLoad(Kind.TILES, 10, 60, 0, 4e8, 6e8);
    assertEquals(3 * (3 + 2), seconds(hardware(false, 2e8), stage, 4), 1e-9);
    assertEquals(10 * (3 + 1), seconds(hardware(false, 2e8), stage, 1), 1e-9);
  }

  /** 12 chunks of 1 Mpx at 0.5 Mpx/s a slot, 4 slots a device: 2 s a chunk, 3 waves on one. */
  @ParameterizedTest
  @CsvSource({"1, 6", "2, 4", "3, 2", "64, 2"})
  void chunksGoOverSlots(int devices, double expected) {
    StageLoad stage = new StageLoad(Kind.START, 12, 0, 12, 0, 0);
    assertEquals(expected, seconds(hardware(false, INFINITE), stage, devices), 1e-9);
  }

  @Test
  void whatTheDriverDoesAloneNeedsTheSameTimeOnAnyNumberOfDevices() {
    StageLoad input = new StageLoad(Kind.INPUT, 1, 0, 100, 0, 0);
    assertEquals(10, seconds(hardware(false, INFINITE), input, 1), 1e-9);
    assertEquals(10, seconds(hardware(false, INFINITE), input, 64), 1e-9);
  }

  @Test
  void sharesAddUpAndTheLargestLossIsNamed() {
    Hardware hardware = new Hardware(2, 4, false, rates(), INFINITE, 1e8, INFINITE, 0.01, 0.5, 7);
    List<StageLoad> stages =
        List.of(
            new StageLoad(Kind.TILES, 10, 60, 0, 4e8, 6e8),
            new StageLoad(Kind.START, 12, 0, 12, 0, 0),
            new StageLoad(Kind.INPUT, 1, 0, 100, 0, 0));
    CostModel.Estimate estimate = new CostModel(hardware).estimate(stages, 4);
    assertEquals(12 + 2 + 10 + 3 * 0.5 + 23 * 0.01 + 7, estimate.seconds(), 1e-9);
    Map<Share, Double> shares = estimate.shares();
    assertEquals(estimate.seconds(), shares.values().stream().mapToDouble(d -> d).sum(), 1e-9);
    assertEquals(60 / 2.0 / 4, shares.get(Share.GRADIENTS), 1e-9);
    assertEquals(9 - 7.5, shares.get(Share.RAGGED), 1e-9, "two devices idle in the third wave");
    assertEquals(3, shares.get(Share.TRAFFIC), 1e-9);
    assertEquals(17, shares.get(Share.DRIVER), 1e-9);
    assertEquals(Share.DRIVER, estimate.largestLoss());
    assertTrue(estimate.kinds().get(Kind.TILES) > 12);
  }

  @Test
  void aKindWithoutARateIsNotGuessed() {
    Hardware hardware = new Hardware(2, 4, false, Map.of(), INFINITE, 1e8, INFINITE, 0, 0, 0);
    StageLoad stage = new StageLoad(Kind.START, 12, 0, 12, 0, 0);
    assertThrows(
        IllegalArgumentException.class, () -> new CostModel(hardware).estimate(List.of(stage), 1));
    assertThrows(IllegalArgumentException.class, () -> new StageLoad(Kind.START, 0, 0, 0, 0, 0));
  }

  private static double seconds(Hardware hardware, StageLoad stage, int devices) {
    return new CostModel(hardware).estimate(List.of(stage), devices).seconds();
  }

  private static Hardware hardware(boolean overlapped, double storeBytesPerSecond) {
    return new Hardware(2, 4, overlapped, rates(), INFINITE, 1e8, storeBytesPerSecond, 0, 0, 0);
  }

  private static Map<Kind, Double> rates() {
    return Map.of(Kind.START, 0.5, Kind.INPUT, 10.0);
  }
}
