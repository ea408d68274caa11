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
   * <p>8-bit samples are {@code floor(v + 1/2)}, 16-bit ones {@code floor(257 v + 1/2)}, both
   * clamped and without dithering, so that the same pixels always give the same print; float
   * samples are written as they are.
   *
   * @param specification of the print
   * @param index number of the piece
   * @param planes RGB, CHW, 3 x height x width of {@link PrintSpecification#piece}, 0..255
   * @return bytes that only {@link PrintAssembler#append} of the same specification understands
   * @throws IllegalArgumentException if a value is not a number or planes have another length
   */
  public static byte[] encode(PrintSpecification specification, int index, float[] planes) {
    Rectangle piece = specification.piece(index);
    if (planes.length != 3 * piece.pixels()) {
      throw new IllegalArgumentException(planes.length + " values for " + piece);
    }
    return switch (specification.format()) {
      case TIFF -> TiffContainer.encodeTile(specification, piece, planes);
      case PNG -> PngContainer.encodeStrip(specification, piece, planes);
      case JPEG -> JpegContainer.encodeStrip(piece, planes);
    };
  }
}
