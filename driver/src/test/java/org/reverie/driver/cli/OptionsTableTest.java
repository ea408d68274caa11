package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.conf.JobKey;

final class OptionsTableTest {
  @Test
  void hasALinePerKeyOfFourCells() {
    List<String> lines = OptionsTable.markdown().lines().toList();
    assertEquals(JobKey.all().size() + 4, lines.size());
    for (String line : lines) {
      assertEquals(6, line.split("(?<!\\\\)\\|", -1).length, line);
    }
    assertTrue(
        lines.contains(
            "| `--octave-scale X` | `dream.octave-scale` | `1.4` | How much larger each octave is"
                + " than the one before. |"));
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("| `--halo auto\\|exact\\|N` |")));
  }

  @Test
  void theReadmeHoldsTheTable() throws Exception {
    Path readme = Path.of("").toAbsolutePath().getParent().resolve("docs/options.md");
    String table = OptionsTable.markdown();
    assertTrue(
        Files.readString(readme).contains(table),
        () -> "docs/options.md must hold this table, word for word:\n\n" + table);
  }
}
