package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the card says of what was taken for what. */
final class ValidationTest {
  @Test
  void aClassWithoutPicturesHasNoShare() {
    String table =
        new Validation(3, new int[] {3, 1, 0, 0, 0, 0, 2, 0, 0})
            .table(List.of("bark", "cloud", "eye"));
    assertEquals(
        List.of(
            "| | 1 | 2 | 3 | right |",
            "| --- | --- | --- | --- | --- |",
            "| 1 bark | 3 | 1 | | 75 % |",
            "| 2 cloud | | | | - |",
            "| 3 eye | 2 | | | 0 % |"),
        table.lines().toList());
  }

  @Test
  void noNameOfAClassBreaksTheTable() {
    String table = new Validation(2, new int[] {3, 1, 0, 2}).table(List.of("new\nline", "a|b\\c"));
    assertEquals(
        List.of("| 1 new line | 3 | 1 | 75 % |", "| 2 a\\|b\\\\c | | 2 | 100 % |"),
        table.lines().skip(2).toList());
  }
}
