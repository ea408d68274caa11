package org.reverie.executor.print;

import java.util.ArrayList;
import java.util.List;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.UserException;
import org.reverie.tiling.Rectangle;

/**
 * Everything that decides a print's bytes besides its pixels. A flat record, since it crosses
 * Spark.
 *
 * <p>The print is cut into pieces of {@code pieceWidth} x {@code pieceHeight}, numbered row by row;
 * the last ones may be smaller. TIFF pieces are its tiles; PNG and JPEG pieces are strips of full
 * width.
 *
 * @param format of the file
 * @param width columns of the print, bleed included
 * @param height rows of the print, bleed included
 * @param depth of a sample
 * @param pixelsPerInch resolution, both axes
 * @param profile ICC profile of the RGB values, embedded as it is
 * @param recipe JSON that makes the print again, put into the file's XMP packet as {@code
 *     reverie:recipe}; may be empty
 * @param pieceWidth columns of a piece
 * @param pieceHeight rows of a piece
 * @param dithers whether 8-bit samples are dithered; other depths have steps that nobody sees
 */
public record PrintSpecification(
    PrintFormat format,
    long width,
    long height,
    Depth depth,
    double pixelsPerInch,
    byte[] profile,
    String recipe,
    int pieceWidth,
    int pieceHeight,
    boolean dithers) {
  /** Edge of a TIFF tile, pixels: a chunk of the store, so that a tile reads one chunk. */
  public static final int TILE_EDGE = 512;

  // A strip of 4 Mi pixels is 48 MiB of float planes: large enough to keep tasks few, small enough
  // for several per executor.
  private static final long STRIP_PIXELS = 1L << 22;
  private static final int STRIP_ROWS = 512;
  private static final int JPEG_BLOCK = 8;
  private static final int JPEG_LARGEST_RESTART_INTERVAL = 65_535;
  private static final double LARGEST_RESOLUTION = 65_535;

  public PrintSpecification {
    if (width < 1 || height < 1 || pieceWidth < 1 || pieceHeight < 1) {
      throw new IllegalArgumentException(
          "print " + width + " x " + height + ", piece " + pieceWidth + " x " + pieceHeight);
    }
    Math.multiplyExact(3, Math.multiplyExact(pieceWidth, pieceHeight));
    if (format == PrintFormat.TIFF && (pieceWidth % 16 != 0 || pieceHeight % 16 != 0)) {
      throw new IllegalArgumentException("TIFF tiles are multiples of 16 pixels");
    }
    if (format != PrintFormat.TIFF && pieceWidth != width) {
      throw new IllegalArgumentException("strips have the print's width");
    }
    if (format == PrintFormat.JPEG && pieceHeight % JPEG_BLOCK != 0) {
      throw new IllegalArgumentException("JPEG strips are multiples of 8 rows");
    }
  }

  /**
   * The specification with the usual pieces, without dithering.
   *
   * @throws UserException with all that the format cannot hold: sides ({@code print-size}), depth
   *     ({@code print-depth}), resolution ({@code print-resolution})
   */
  public static PrintSpecification of(
      PrintFormat format,
      long width,
      long height,
      Depth depth,
      double pixelsPerInch,
      byte[] profile,
      String recipe) {
    List<Problem> problems = new ArrayList<>();
    if (width < 1 || height < 1) {
      problems.add(
          new Problem(
              "print-size",
              "--width, --height",
              "a print of " + width + " x " + height + " px has no pixels",
              "Ask for at least 1 x 1 px"));
    }
    if (Math.max(width, height) > format.largestSide()) {
      problems.add(
          new Problem(
              "print-size",
              "--width, --height",
              "%d x %d px do not fit %s, whose sides end at %d px"
                  .formatted(width, height, format, format.largestSide()),
              format == PrintFormat.JPEG ? "Write a TIFF or PNG" : "Ask for a smaller print"));
    }
    if (!format.depths().contains(depth)) {
      problems.add(
          new Problem(
              "print-depth",
              "--depth",
              format + " cannot hold samples of depth " + depth,
              depth == Depth.FLOAT ? "Write a TIFF" : "Write a TIFF or PNG, or use --depth 8"));
    }
    if (!(pixelsPerInch > 0) || pixelsPerInch > LARGEST_RESOLUTION) {
      problems.add(
          new Problem(
              "print-resolution",
              "--dpi",
              pixelsPerInch + " pixels per inch cannot be printed",
              "Give a resolution above 0 and up to 65535"));
    }
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
    int pieceWidth;
    int pieceHeight;
    if (format == PrintFormat.TIFF) {
      pieceWidth = TILE_EDGE;
      pieceHeight = TILE_EDGE;
    } else {
      pieceWidth = Math.toIntExact(width);
      long rows = Math.max(1, Math.min(STRIP_ROWS, STRIP_PIXELS / width));
      if (format == PrintFormat.JPEG) {
        // Strips are joined by restart markers, whose interval is a 16-bit count of 8 x 8 blocks.
        long blocksPerRow = (width + JPEG_BLOCK - 1) / JPEG_BLOCK;
        long blockRows = Math.min(rows / JPEG_BLOCK, JPEG_LARGEST_RESTART_INTERVAL / blocksPerRow);
        rows = JPEG_BLOCK * Math.max(1, blockRows);
      }
      pieceHeight = Math.toIntExact(rows);
    }
    return new PrintSpecification(
        format,
        width,
        height,
        depth,
        pixelsPerInch,
        profile,
        recipe,
        pieceWidth,
        pieceHeight,
        false);
  }

  /** The same with or without dithering. */
  public PrintSpecification withDither(boolean asked) {
    return new PrintSpecification(
        format,
        width,
        height,
        depth,
        pixelsPerInch,
        profile,
        recipe,
        pieceWidth,
        pieceHeight,
        asked);
  }

  /** Whether samples are dithered. */
  boolean isDithered() {
    return dithers && depth == Depth.EIGHT;
  }

  /** Pieces beside each other. */
  public int piecesAcross() {
    return Math.toIntExact((width + pieceWidth - 1) / pieceWidth);
  }

  /** Pieces above each other. */
  public int piecesDown() {
    return Math.toIntExact((height + pieceHeight - 1) / pieceHeight);
  }

  /** Pieces in all. */
  public int pieces() {
    return Math.multiplyExact(piecesAcross(), piecesDown());
  }

  /**
   * The pixels of the print that a piece shows.
   *
   * @param index 0 .. {@link #pieces()} - 1, row by row
   * @return inside the print
   */
  public Rectangle piece(int index) {
    if (index < 0 || index >= pieces()) {
      throw new IllegalArgumentException("piece " + index + " of " + pieces());
    }
    long left = (long) (index % piecesAcross()) * pieceWidth;
    long top = (long) (index / piecesAcross()) * pieceHeight;
    return Rectangle.between(
        left, top, Math.min(width, left + pieceWidth), Math.min(height, top + pieceHeight));
  }

  /** Bytes of one sample in the file. */
  int sampleBytes() {
    return switch (depth) {
      case EIGHT -> 1;
      case SIXTEEN -> 2;
      case FLOAT -> 4;
    };
  }
}
