package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CountedTest {
  @ParameterizedTest
  @CsvSource({"0, 0 epochs", "1, 1 epoch", "2, 2 epochs", "1200, '1,200 epochs'"})
  void oneIsNotSeveral(long number, String said) {
    assertEquals(said, Counted.of(number, "epoch"));
  }

  @ParameterizedTest
  @CsvSource({"300, 300", "37.5, 37.5", "299.5, 299.5", "9600, 9600", "37.4375, 37.4375"})
  void noDigitIsRoundedAway(double value, String said) {
    assertEquals(said, Counted.exactly(value));
  }
}
