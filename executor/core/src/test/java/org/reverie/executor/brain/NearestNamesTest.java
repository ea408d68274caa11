package org.reverie.executor.brain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNamesTest {
  @ParameterizedTest
  @CsvSource({"'', '', 0", "'', abc, 3", "kitten, sitting, 3", "flaw, lawn, 2", "pool1, pool2, 1"})
  void distances(String from, String to, int distance) {
    assertEquals(distance, NearestNames.distance(from, to));
  }

  @Property(tries = 200)
  void distanceIsSymmetric(
      @ForAll @AlphaChars @StringLength(max = 12) String a,
      @ForAll @AlphaChars @StringLength(max = 12) String b) {
    assertEquals(NearestNames.distance(a, b), NearestNames.distance(b, a));
  }

  @ParameterizedTest
  @CsvSource({
    "inception_4c, inception_4c/output",
    "CONV1, conv1",
    "inceptoin_4b/output, inception_4b/output"
  })
  void nearest(String asked, String expected) {
    List<String> names =
        List.of("data", "conv1", "inception_4b/output", "inception_4c/output", "loss");
    assertEquals(expected, NearestNames.of(asked, names, 1).get(0));
  }
}
