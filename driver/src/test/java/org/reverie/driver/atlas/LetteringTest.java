package org.reverie.driver.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LetteringTest {
  private static String drawn(String text, int scale) {
    StringBuilder drawing = new StringBuilder();
    for (int y = 0; y < Lettering.height(scale); y++) {
      for (int x = 0; x < Lettering.width(text, scale); x++) {
        drawing.append(Lettering.ink(text, scale, x, y) ? '#' : '.');
      }
      drawing.append('\n');
    }
    return drawing.toString();
  }

  @Test
  void lettersAreReadable() {
    assertEquals(
        """
        ####....#..
        #...#......
        #...#..##..
        ####....#..
        #.#.....#..
        #..#....#..
        #...#..###.
        """,
        drawn("Ri", 1));
  }

  @Test
  void everyCharacterHasAShapeOfItsOwn() {
    Set<String> shapes = new HashSet<>();
    for (char c = ' '; c <= '~'; c++) {
      shapes.add(drawn(String.valueOf(c), 1));
    }
    assertEquals('~' - ' ' + 1, shapes.size());
    assertEquals(drawn("?", 1), drawn("\u00e9", 1));
  }

  @Test
  void aLargerScaleIsTheSameWithLargerDots() {
    String small = drawn("ok", 1).replaceAll("(.)", "$1$1").replaceAll("(.*\n)", "$1$1");
    String large = drawn("ok", 2);
    assertEquals(small, large);
  }

  @Test
  void whatDoesNotFitIsCutInItsMiddle() {
    assertEquals("noise", Lettering.fitted("noise", 5));
    assertEquals("harb..7.jpg", Lettering.fitted("harbour-at-night-17.jpg", 11));
    assertEquals("..", Lettering.fitted("noise", 2));
    for (int scale = 1; scale < 4; scale++) {
      int letters = Lettering.letters(96, scale);
      assertTrue(Lettering.width("x".repeat(letters), scale) <= 96);
      assertTrue(Lettering.width("x".repeat(letters + 1), scale) > 96);
    }
  }
}
