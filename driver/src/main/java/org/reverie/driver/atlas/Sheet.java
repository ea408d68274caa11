package org.reverie.driver.atlas;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.driver.Places;
import org.reverie.driver.Prints;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintAssembler;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.print.StandardProfile;
import org.reverie.tiling.Rectangle;

/**
 * A diagram laid out on one picture. It is drawn strip by strip, so that its size does not matter:
 * one strip and one cell are in memory at a time.
 *
 * <pre>
 *   brain                 title, then what is common to all
 *   ...
 *             noise    gradient     heads
 *   layer 1  +-----+   +-----+
 *            |     |   |     |      a row of cells, each with its caption below
 *            +-----+   +-----+
 * </pre>
 */
final class Sheet {
  private static final int MARGIN = 24;
  private static final int GAP = 8;
  private static final int LINE = 24;
  private static final int TITLE_SCALE = 4;
  private static final int SCALE = 2;
  private static final int CAPTION_SCALE = 1;
  private static final double PIXELS_PER_INCH = 150;

  /** Of a head that is cut in its middle, enough are left to tell it from its neighbours. */
  private static final int LETTERS_OF_CUT = 16;

  /** Of a head from bottom to top. */
  private static final int MOST_LETTERS_UP = 40;

  /** Stands in a cell that is too small for what it lacks. */
  private static final String MISSING = "-";

  private static final float[] PAPER = {246, 243, 238};
  private static final float[] INK = {35, 32, 28};
  private static final float[] EMPTY = {225, 219, 208};

  /**
   * A line of text whose upper left corner is at (x, y).
   *
   * @param upwards whether it runs from bottom to top
   */
  private record Text(String text, int scale, int x, int y, boolean upwards) {
    Rectangle bounds() {
      int along = Math.max(1, Lettering.width(text, scale));
      int across = Lettering.height(scale);
      return new Rectangle(x, y, upwards ? across : along, upwards ? along : across);
    }

    /** Whether there is ink at a pixel within the bounds. */
    boolean ink(int pixelX, int pixelY) {
      return upwards
          ? Lettering.ink(text, scale, y + Lettering.width(text, scale) - 1 - pixelY, pixelX - x)
          : Lettering.ink(text, scale, pixelX - x, pixelY - y);
    }
  }

  /** A cell whose upper left corner is at (x, y). */
  private record Placed(Diagram.Cell cell, int x, int y) {}

  private final Diagram diagram;
  private final List<Text> texts = new ArrayList<>();
  private final List<Placed> cells = new ArrayList<>();
  private int width;
  private int height;

  private Sheet(Diagram diagram) {
    this.diagram = diagram.spelt(Spelling::ascii);
    layOut();
  }

  /**
   * Draws a diagram as a PNG.
   *
   * @param recipe JSON that says how it was made, for the file's metadata
   */
  static void write(Diagram diagram, Path out, String recipe, Configuration configuration)
      throws IOException {
    Sheet sheet = new Sheet(diagram);
    PrintSpecification print =
        PrintSpecification.of(
            PrintFormat.PNG,
            sheet.width,
            sheet.height,
            Depth.EIGHT,
            PIXELS_PER_INCH,
            StandardProfile.srgb(),
            recipe);
    FileSystem fileSystem = Places.fileSystem(out, configuration);
    java.nio.file.Path spool = Files.createTempDirectory("reverie-atlas");
    try (PrintAssembler assembler = PrintAssembler.begin(fileSystem, out, print, spool)) {
      for (int piece = 0; piece < print.pieces(); piece++) {
        float[] planes = sheet.draw(print.piece(piece), configuration);
        assembler.append(PieceEncoder.encode(print, piece, planes));
      }
      assembler.finish();
    } finally {
      Files.deleteIfExists(spool);
    }
  }

  private void layOut() {
    int y = MARGIN;
    y = line(diagram.title(), TITLE_SCALE, MARGIN, y) + GAP;
    for (String line : diagram.lines()) {
      y = line(line, SCALE, MARGIN, y) + GAP;
    }
    for (String missing : unfitting()) {
      y = line(MISSING + " " + missing, SCALE, MARGIN, y) + GAP;
    }
    for (Diagram.Section section : diagram.sections()) {
      y = section(section, y + LINE);
    }
    for (Text text : texts) {
      width = Math.max(width, Math.toIntExact(text.bounds().right()));
    }
    for (Placed cell : cells) {
      width = Math.max(width, cell.x() + diagram.cellPixels());
    }
    width += MARGIN;
    height = y + MARGIN;
  }

  /** The end of the line. */
  private int line(String text, int scale, int x, int y) {
    if (!text.isEmpty()) {
      texts.add(new Text(text, scale, x, y, false));
    }
    return y + Lettering.height(scale);
  }

  private int section(Diagram.Section section, int top) {
    int edge = diagram.cellPixels();
    int y = top;
    if (!section.title().isEmpty()) {
      y = line(section.title(), SCALE, MARGIN, y) + GAP;
    }
    int labels =
        section.rows().stream()
            .mapToInt(row -> Lettering.width(row.label(), SCALE))
            .max()
            .orElse(0);
    int left = MARGIN + (labels == 0 ? 0 : labels + LINE);
    int pitch = Math.max(edge, captions(section)) + GAP;
    y = heads(section.heads(), left, pitch, y);
    for (Diagram.Row row : section.rows()) {
      line(row.label(), SCALE, MARGIN, y + (edge - Lettering.height(SCALE)) / 2);
      boolean captions = false;
      for (int column = 0; column < row.cells().size(); column++) {
        Diagram.Cell cell = row.cells().get(column);
        int x = left + column * pitch;
        cells.add(new Placed(cell, x, y));
        if (!cell.missing().isEmpty()) {
          String told = fits(cell.missing()) ? cell.missing() : MISSING;
          int middle = (edge - Lettering.width(told, CAPTION_SCALE)) / 2;
          line(told, CAPTION_SCALE, x + middle, y + (edge - Lettering.height(CAPTION_SCALE)) / 2);
        }
        if (!cell.caption().isEmpty()) {
          captions = true;
          line(cell.caption(), CAPTION_SCALE, x, y + edge + 3);
        }
      }
      y += edge + GAP + (captions ? Lettering.height(CAPTION_SCALE) + 3 : 0);
    }
    return y;
  }

  /** What cells lack and have no room to say. */
  private List<String> unfitting() {
    return diagram.sections().stream()
        .flatMap(section -> section.rows().stream())
        .flatMap(row -> row.cells().stream())
        .map(Diagram.Cell::missing)
        .filter(missing -> !missing.isEmpty() && !fits(missing))
        .distinct()
        .toList();
  }

  private boolean fits(String missing) {
    return Lettering.width(missing, CAPTION_SCALE) <= diagram.cellPixels();
  }

  /** Pixels that the longest caption takes. */
  private static int captions(Diagram.Section section) {
    return section.rows().stream()
        .flatMap(row -> row.cells().stream())
        .mapToInt(cell -> Lettering.width(cell.caption(), CAPTION_SCALE))
        .max()
        .orElse(0);
  }

  /**
   * Heads as large as they fit above their columns. Over narrow cells they run from bottom to top,
   * where they fit whole.
   *
   * @return where the cells begin
   */
  private int heads(List<List<String>> heads, int left, int pitch, int top) {
    int edge = diagram.cellPixels();
    int longest = 0;
    for (List<String> head : heads) {
      for (String line : head) {
        longest = Math.max(longest, line.length());
      }
    }
    int letters = Lettering.letters(edge, CAPTION_SCALE);
    if (longest > letters && letters < LETTERS_OF_CUT) {
      return upwards(heads, left, pitch, top);
    }
    int scale = longest <= Lettering.letters(edge, SCALE) ? SCALE : CAPTION_SCALE;
    int deepest = top;
    for (int column = 0; column < heads.size(); column++) {
      int at = top;
      for (String line : heads.get(column)) {
        String fitted = Lettering.fitted(line, Lettering.letters(edge, scale));
        at = line(fitted, scale, left + column * pitch, at) + GAP;
      }
      deepest = Math.max(deepest, at);
    }
    return deepest;
  }

  private int upwards(List<List<String>> heads, int left, int pitch, int top) {
    List<String> lines =
        heads.stream()
            .map(
                head ->
                    head.stream()
                        .map(line -> Lettering.fitted(line, MOST_LETTERS_UP))
                        .collect(Collectors.joining(", ")))
            .toList();
    int bottom =
        top + lines.stream().mapToInt(line -> Lettering.width(line, SCALE)).max().orElse(0);
    int middle = (diagram.cellPixels() - Lettering.height(SCALE)) / 2;
    for (int column = 0; column < lines.size(); column++) {
      String line = lines.get(column);
      texts.add(
          new Text(
              line,
              SCALE,
              left + column * pitch + middle,
              bottom - Lettering.width(line, SCALE),
              true));
    }
    return bottom + GAP;
  }

  private float[] draw(Rectangle strip, Configuration configuration) throws IOException {
    int plane = Math.toIntExact(strip.pixels());
    float[] planes = new float[3 * plane];
    for (int channel = 0; channel < 3; channel++) {
      Arrays.fill(planes, channel * plane, (channel + 1) * plane, PAPER[channel]);
    }
    for (Placed placed : cells) {
      Rectangle square =
          new Rectangle(placed.x(), placed.y(), diagram.cellPixels(), diagram.cellPixels());
      Rectangle part = square.intersect(strip);
      if (part.pixels() > 0) {
        draw(placed, part, strip, planes, configuration);
      }
    }
    for (Text text : texts) {
      Rectangle part = text.bounds().intersect(strip);
      for (long y = part.y(); y < part.bottom(); y++) {
        for (long x = part.x(); x < part.right(); x++) {
          if (text.ink((int) x, (int) y)) {
            paint(INK, x, y, strip, planes);
          }
        }
      }
    }
    return planes;
  }

  private static void paint(float[] colour, long x, long y, Rectangle strip, float[] planes) {
    int plane = Math.toIntExact(strip.pixels());
    int at = (int) ((y - strip.y()) * strip.width() + x - strip.x());
    for (int channel = 0; channel < 3; channel++) {
      planes[channel * plane + at] = colour[channel];
    }
  }

  private void draw(
      Placed placed, Rectangle part, Rectangle strip, float[] planes, Configuration configuration)
      throws IOException {
    if (!placed.cell().missing().isEmpty()) {
      for (long y = part.y(); y < part.bottom(); y++) {
        for (long x = part.x(); x < part.right(); x++) {
          paint(EMPTY, x, y, strip, planes);
        }
      }
      return;
    }
    try (Picture picture = Prints.open(placed.cell().print(), configuration)) {
      int edge = diagram.cellPixels();
      float[] values = new float[3 * edge * edge];
      picture.readRows(0, edge, values);
      Prints.toSrgb(picture, values, edge);
      int plane = Math.toIntExact(strip.pixels());
      for (int channel = 0; channel < 3; channel++) {
        for (long y = part.y(); y < part.bottom(); y++) {
          System.arraycopy(
              values,
              (channel * edge + (int) (y - placed.y())) * edge,
              planes,
              channel * plane + (int) ((y - strip.y()) * strip.width() + placed.x() - strip.x()),
              edge);
        }
      }
    }
  }
}
