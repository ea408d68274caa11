package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.driver.TrainingRequest.Policy;

/** Rates of 0.1 over 3000 steps, of which the first 100 rise. */
final class ScheduleTest {
  @ParameterizedTest
  @CsvSource({
    "POLY, 0, 0.001",
    "POLY, 2250, 0.05",
    "POLY, 2999, 0.001826",
    "POLY, 3000, 0",
    "STEP, 49, 0.05",
    "STEP, 999, 0.1",
    "STEP, 1000, 0.01",
    "STEP, 2999, 0.001",
    "CONSTANT, 49, 0.05",
    "CONSTANT, 2999, 0.1",
  })
  void rates(Policy policy, long step, double rate) {
    assertEquals(rate, new Schedule(policy, 0.1, 3000).rate(step), 1e-6);
  }
}
