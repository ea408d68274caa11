package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnsTest {
  /** As xterm and VTE count them. */
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "conv1, 5",
    "\u0441\u043b\u043e\u0439, 4",
    "e\u0301t\u00e9, 3",
    "\u5c42\u4e00, 4",
    "\u30ab\u30cf\u3099, 4",
    "\uff71, 1",
    "\ub2e8, 2",
    "\ud83e\udd8b, 2",
    "\ud840\udc00, 2",
  })
  void charactersTakeNoneOneOrTwo(String text, int columns) {
    assertEquals(columns, Columns.of(text));
  }
}
