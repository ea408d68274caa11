package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;

class CardsTest {
  private static final RenderJob.Brain BUILT_IN = new RenderJob.Brain(null, null, null);

  /** The arena is shared over time, so it is larger than any layer's part, and less than all. */
  @Test
  void memoryIsToldInAllAndByLayer() {
    String card = Cards.of(BUILT_IN, List.of("inception_4a/output"));
    Matcher total =
        Pattern.compile("memory +(\\d+) bytes per pixel of a window to dream inception_4a/output")
            .matcher(card);
    assertTrue(total.find(), card);
    int arena = Integer.parseInt(total.group(1));
    List<String> lines = card.lines().toList();
    String heading = lines.stream().filter(line -> line.contains("what it is")).findFirst().get();
    assertTrue(heading.endsWith("auto halo  values B/px  gradient B/px  scratch B/px"), heading);
    double sum = 0;
    for (String line : lines.subList(lines.indexOf(heading) + 1, lines.size())) {
      if (!line.matches(".* (-|[\\d.]+)")) {
        // What was kept out follows the table.
        break;
      }
      String[] cells = line.strip().split("  +");
      for (int i = cells.length - 3; i >= 0 && i < cells.length; i++) {
        double bytes = cells[i].equals("-") ? 0 : Double.parseDouble(cells[i]);
        assertTrue(bytes < arena, line);
        sum += bytes;
      }
    }
    assertTrue(sum > arena, sum + " bytes by layer, " + arena + " in all");
  }

  @Test
  void everyMeasuredLayerHasItsHaloAndItsTotal() {
    String card = Cards.of(BUILT_IN, List.of("inception_3a/output", "inception_4a/output"));
    assertEquals(2, card.lines().filter(line -> line.contains("of a window to dream")).count());
  }

  @Test
  void allLayersThatABrainLacksAreTold() {
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Cards.of(BUILT_IN, List.of("eyes", "inception_3a/output", "paws", "eyes")));
    assertEquals(
        List.of("brain reverie_small has no layer eyes", "brain reverie_small has no layer paws"),
        refused.problems().stream().map(Problem::what).toList());
  }
}
