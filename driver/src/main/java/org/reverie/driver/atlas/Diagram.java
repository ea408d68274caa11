package org.reverie.driver.atlas;

import java.util.List;
import java.util.function.UnaryOperator;
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
  /** The same with all that is written on it in other letters. */
  Diagram spelt(UnaryOperator<String> spelling) {
    return new Diagram(
        spelling.apply(title),
        lines.stream().map(spelling).toList(),
        sections.stream().map(section -> section.spelt(spelling)).toList(),
        cellPixels);
  }

  /**
   * Cells in rows and columns.
   *
   * @param title above it, or empty
   * @param heads above the columns, each in lines; none for a mere list of cells
   * @param rows from top to bottom
   */
  record Section(String title, List<List<String>> heads, List<Row> rows) {
    Section spelt(UnaryOperator<String> spelling) {
      return new Section(
          spelling.apply(title),
          heads.stream().map(head -> head.stream().map(spelling).toList()).toList(),
          rows.stream().map(row -> row.spelt(spelling)).toList());
    }

    int columns() {
      return rows.stream().mapToInt(row -> row.cells().size()).max().orElse(0);
    }
  }

  /**
   * One row.
   *
   * @param label to the left of it, or empty
   */
  record Row(String label, List<Cell> cells) {
    Row spelt(UnaryOperator<String> spelling) {
      return new Row(
          spelling.apply(label), cells.stream().map(cell -> cell.spelt(spelling)).toList());
    }
  }

  /**
   * One dream.
   *
   * @param caption below it, or empty
   * @param description all that tells it from the others, for people
   * @param print where it is
   * @param missing why there is none, or empty
   */
  record Cell(String caption, String description, Path print, String missing) {
    Cell spelt(UnaryOperator<String> spelling) {
      return new Cell(spelling.apply(caption), description, print, spelling.apply(missing));
    }
  }
}
