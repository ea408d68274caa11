package org.reverie.driver.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inception_4c/output:17 ~ | inception_4c/output:17 ~",
        "Éventail de côté, Ångström | Eventail de cote, Angstrom",
        "Straße, ŁÓDŹ, smørrebrød, Œuvre | Strasse, LODZ, smorrebrod, Oeuvre",
        "Щука и йод, ЁЛКА, конь | Shchuka i yod, YoLKA, kon",
        "Αθήνα, ψυχή | Athina, psychi",
        "3×3 – “conv”… 5 µm² ½ → ﬁn | 3x3 - \"conv\"... 5 um2 1/2 -> fin",
        "Tiếng Việt | Tieng Viet",
        "葉.png | ?.png",
        "𝔘🙂 | U?",
      })
  void itIsAsNearAsLettersAllow(String text, String written) {
    assertEquals(written, Spelling.ascii(text));
    // As some file systems keep names: accents by themselves.
    assertEquals(written, Spelling.ascii(Normalizer.normalize(text, Normalizer.Form.NFD)));
  }

  @Test
  void whatIsNotSeenIsNotWritten() {
    assertEquals("a b c", Spelling.ascii("a\u00a0b\tc\u200b"));
    assertEquals("??", Spelling.ascii("\u0007\ud800"));
  }

  @Test
  void allOfItCanBeDrawn() {
    for (int character = 0; character <= Character.MAX_CODE_POINT; character++) {
      String written = Spelling.ascii(Character.toString(character));
      assertTrue(written.chars().allMatch(c -> c >= ' ' && c <= '~'), written);
    }
  }
}
