package org.reverie.driver.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A terminal that remembers what was written to it. */
final class TestTerminal {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal;

  TestTerminal(boolean live, int columns) {
    terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            live,
            false,
            columns);
  }

  Terminal terminal() {
    return terminal;
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** What a person sees of standard error: each line as it was drawn last. */
  String seen() {
    StringBuilder seen = new StringBuilder();
    for (String line : err().split("\n", -1)) {
      char[] row = new char[200];
      Arrays.fill(row, ' ');
      int column = 0;
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c == '\r') {
          column = 0;
        } else {
          row[column++] = c;
        }
      }
      seen.append(new String(row).stripTrailing()).append('\n');
    }
    return seen.toString().stripTrailing();
  }
}
