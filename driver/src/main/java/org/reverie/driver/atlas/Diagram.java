package org.reverie.driver.atlas;

import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * What an atlas shows, before it is laid out.
 *
 * @param title the brain
 * @param lines what is common to all, a line each
 * @param sections one after the other
 * @param cellPixels edge of a cell
 */
record Diagram(String title, List<String> lines, List<Section> sections, int cellPixels) {
  /**
   * Cells in rows and columns.
   *
   * @param title above it, or empty
   * @param heads above the columns, each in lines; none for a mere list of cells
   * @param rows from top to bottom
   */
  record Section(String title, List<List<String>> heads, List<Row> rows) {
    int columns() {
      return rows.stream().mapToInt(row -> row.cells().size()).max().orElse(0);
    }
  }

  /**
   * One row.
   *
   * @param label to the left of it, or empty
   */
  record Row(String label, List<Cell> cells) {}

  /**
   * One dream.
   *
   * @param caption below it, or empty
   * @param description all that tells it from the others, for people
   * @param print where it is
   * @param missing why there is none, or empty
   */
  record Cell(String caption, String description, Path print, String missing) {}
}
