package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantisationTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 0, 0",
    "-0.0, 0, 0",
    "0.49999, 0, 128",
    "0.5, 1, 129",
    "1, 1, 257",
    "127.5, 128, 32768",
    "254.49, 254, 65404",
    "255, 255, 65535",
    "255.4, 255, 65535",
    "1e30, 255, 65535"
  })
  void halvesGoUpAndTheRangeIsKept(float value, int eight, int sixteen) {
    assertEquals(eight, Quantisation.eight(value));
    assertEquals(sixteen, Quantisation.sixteen(value));
  }

  @Test
  void whatIsNoNumberIsOurMistake() {
    assertThrows(IllegalArgumentException.class, () -> Quantisation.eight(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> Quantisation.number(Float.NaN));
  }
}
