package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.UserException;
import org.reverie.tiling.Rectangle;

class PrintSpecificationTest {
  private static PrintSpecification print(PrintFormat format, long width, long height) {
    return PrintSpecification.of(
        format, width, height, Depth.EIGHT, 300, StandardProfile.srgb(), "{}");
  }

  @ParameterizedTest
  @CsvSource({
    "TIFF, 1, 1, 1, 1",
    "TIFF, 512, 512, 1, 1",
    "TIFF, 513, 512, 2, 1",
    "TIFF, 60000, 40000, 118, 79",
    "PNG, 1, 1, 1, 1",
    "PNG, 5400, 5400, 1, 11",
    "PNG, 100000, 83, 1, 3",
    "JPEG, 5400, 5400, 1, 11",
    "JPEG, 65535, 65535, 1, 1171",
  })
  void piecesCoverThePrint(PrintFormat format, long width, long height, int across, int down) {
    PrintSpecification print = print(format, width, height);
    assertEquals(across, print.piecesAcross());
    assertEquals(down, print.piecesDown());
    assertEquals(new Rectangle(0, 0, 1, 1), print.piece(0).intersect(new Rectangle(0, 0, 1, 1)));
    Rectangle last = print.piece(print.pieces() - 1);
    assertEquals(width, last.right());
    assertEquals(height, last.bottom());
    long pixels = 0;
    for (int i = 0; i < print.pieces(); i++) {
      pixels += print.piece(i).pixels();
    }
    assertEquals(width * height, pixels);
  }

  /** T.81 gives the restart interval 16 bits. */
  @ParameterizedTest
  @CsvSource({"1", "8", "5400", "32000", "65535"})
  void jpegStripsFitARestartInterval(long width) {
    PrintSpecification print = print(PrintFormat.JPEG, width, 4000);
    assertTrue((width + 7) / 8 * (print.pieceHeight() / 8) <= 65_535);
    assertEquals(0, print.pieceHeight() % 8);
  }

  @ParameterizedTest
  @CsvSource({
    "a.tif, TIFF",
    "s3a://b/c/a.TIFF, TIFF",
    "x.y.png, PNG",
    "/p/a.jpg, JPEG",
    "a.Jpeg, JPEG"
  })
  void endingsTellTheFormat(String name, PrintFormat format) {
    assertEquals(format, PrintFormat.of(name));
  }

  @ParameterizedTest
  @CsvSource({"a.gif", "noending", "folder.tif/a", "a."})
  void otherEndingsListWhatIsSupported(String name) {
    UserException mistake = assertThrows(UserException.class, () -> PrintFormat.of(name));
    assertEquals("output-format", mistake.problems().get(0).code());
    assertTrue(mistake.getMessage().contains(".tif, .tiff, .png, .jpg, .jpeg"));
  }

  @Test
  void allThatAFormatCannotHoldIsSaidAtOnce() {
    UserException mistake =
        assertThrows(
            UserException.class,
            () ->
                PrintSpecification.of(
                    PrintFormat.JPEG, 65_536, 10, Depth.SIXTEEN, 0, new byte[0], ""));
    assertEquals(
        "[print-size, print-depth, print-resolution]",
        mistake.problems().stream().map(problem -> problem.code()).toList().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "PNG, 1, FLOAT, print-depth",
    "TIFF, 4294967296, EIGHT, print-size",
    "TIFF, 0, EIGHT, print-size"
  })
  void whatCannotBeWritten(PrintFormat format, long width, Depth depth, String code) {
    UserException mistake =
        assertThrows(
            UserException.class,
            () -> PrintSpecification.of(format, width, 1, depth, 300, new byte[0], ""));
    assertEquals(code, mistake.problems().get(0).code());
  }
}
