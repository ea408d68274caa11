package org.reverie.executor.print;

import org.reverie.tiling.Rectangle;

/**
 * Encodes one piece of a print. Pure: the same planes give the same bytes on every machine, so
 * pieces may be encoded anywhere, in any order, twice.
 */
public final class PieceEncoder {
  private PieceEncoder() {}

  /**
   * Quantises and compresses a piece.
   *
   * <p>8-bit samples are {@code floor(v + 1/2)}, or {@code floor(v + u)} where the print is
   * dithered, with u of [0, 1) that follows from the place in the print; 16-bit ones {@code
   * floor(257 v + 1/2)}; both clamped. Float samples are written as they are. The same pixels
   * always give the same print.
   *
   * @param specification of the print
   * @param index number of the piece
   * @param planes RGB, CHW, 3 x height x width of {@link PrintSpecification#piece}, 0..255; may be
   *     changed
   * @return bytes that only {@link PrintAssembler#append} of the same specification understands
   * @throws IllegalArgumentException if a value is not a number or planes have another length
   */
  public static byte[] encode(PrintSpecification specification, int index, float[] planes) {
    Rectangle piece = specification.piece(index);
    if (planes.length != 3 * piece.pixels()) {
      throw new IllegalArgumentException(planes.length + " values for " + piece);
    }
    if (specification.isDithered()) {
      Dither.add(piece, planes);
    }
    return switch (specification.format()) {
      case TIFF -> TiffContainer.encodeTile(specification, piece, planes);
      case PNG -> PngContainer.encodeStrip(specification, piece, planes);
      case JPEG -> JpegContainer.encodeStrip(piece, planes);
    };
  }
}
