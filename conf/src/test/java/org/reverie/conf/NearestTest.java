package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearestTest {
  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "a, '', 1",
    "'', ab, 2",
    "tile, tile, 0",
    "tile, tlie, 1",
    "tile, file, 1",
    "octaves, octave, 1",
    "sync, jitter, 6"
  })
  void countsLettersToMend(String from, String to, int expected) {
    assertEquals(expected, Nearest.distance(from, to));
  }

  @Property
  void distanceIsSymmetricAndAtMostTheLongerWord(
      @ForAll @AlphaChars @StringLength(max = 8) String a,
      @ForAll @AlphaChars @StringLength(max = 8) String b) {
    int distance = Nearest.distance(a, b);
    assertEquals(distance, Nearest.distance(b, a));
    assertEquals(distance == 0, a.equals(b));
    int longer = Math.max(a.length(), b.length());
    int difference = Math.abs(a.length() - b.length());
    assertTrue(difference <= distance && distance <= longer, () -> a + ", " + b + ": " + distance);
  }

  @Test
  void theNearestComesFirstAndStrangersNotAtAll() {
    List<String> layers = List.of("fire4/concat", "fire9/concat", "conv1", "fire4/expand1x1");
    assertEquals(List.of("fire4/concat", "fire9/concat"), Nearest.to("fire4/conat", layers, 3));
    assertEquals(List.of("fire4/concat", "fire4/expand1x1"), Nearest.to("fire4", layers, 3));
    assertEquals(List.of(), Nearest.to("loss", layers, 3));
  }

  @Test
  void suggestsOrListsAll() {
    List<String> known = List.of("print", "notebook");
    assertEquals("Did you mean print?", Nearest.suggestion("prnt", known));
    assertEquals("Choose one of print, notebook", Nearest.suggestion("zzz", known));
  }
}
