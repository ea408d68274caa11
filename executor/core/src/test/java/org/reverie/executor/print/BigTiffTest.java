package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.awt.Rectangle;
import java.awt.image.Raster;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.picture.Picture;

class BigTiffTest {
  @TempDir Path folder;

  private static PrintSpecification print(long width, long height, Depth depth) {
    return PrintSpecification.of(
        PrintFormat.TIFF, width, height, depth, 300, StandardProfile.srgb(), "{\"big\":true}");
  }

  /** 4 GiB are 1,431,655,765 RGB pixels of 8 bits: 37,837 squared. */
  @ParameterizedTest
  @CsvSource({
    "37000, 37000, EIGHT, false",
    "38000, 38000, EIGHT, true",
    "26000, 26000, SIXTEEN, false",
    "27000, 27000, SIXTEEN, true",
    "18400, 18400, FLOAT, false",
    "19000, 19000, FLOAT, true",
    "1000000, 2147, EIGHT, true",
  })
  void bigOnlyWhereFourGibibytesMightNotDo(long width, long height, Depth depth, boolean big) {
    assertEquals(big, new TiffContainer(print(width, height, depth)).big());
  }

  /** 2.4 gigapixels, of one colour: little on disk, but every count and index is real. */
  @Test
  void aMuralOfOneColour() throws Exception {
    PrintSpecification print = print(60_000, 40_000, Depth.EIGHT);
    Path file = folder.resolve("mural.tif");
    try (PrintAssembler assembler =
        PrintAssembler.begin(Prints.local(), Prints.path(file), print, folder)) {
      // Beyond the print a tile only repeats its border, so those at the edges are alike too.
      byte[] tile =
          PieceEncoder.encode(print, 0, Prints.planes(print.piece(0), (c, x, y) -> 40 * (c + 1)));
      for (int i = 0; i < print.pieces(); i++) {
        assembler.append(tile);
      }
      assembler.finish();
    }
    assertTrue(Files.size(file) < 20_000_000);
    // The other reader unpacks all tiles above what it is asked for: two minutes for the last row.
    Raster top = independently(file, new Rectangle(0, 0, 60_000, 4));
    assertEquals("[40, 80, 120]", Arrays.toString(top.getPixel(59_999, 3, (int[]) null)));
    try (Picture picture = Prints.open(file)) {
      assertEquals(2_400_000_000L, picture.size().pixels());
      float[] row = new float[3 * 60_000];
      picture.readRows(0, 1, row);
      assertEquals(40, row[0]);
      assertEquals(120, row[3 * 60_000 - 1]);
    }
    OutsideTools.assertTiffinfo(file, "Image Width: 60000 Image Length: 40000");
  }

  /** Tiles on both sides of 4 GiB, with a hole between them. */
  @Test
  void offsetsBeyondFourGibibytes() throws Exception {
    PrintSpecification print = print(60_000, 40_000, Depth.EIGHT);
    Path file = folder.resolve("sparse.tif");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      PrintFile out = new PrintFile(channel);
      TiffContainer container = new TiffContainer(print);
      container.begin(out);
      byte[] before = flat(print, 10);
      byte[] beyond = flat(print, 20);
      byte[] below = flat(print, 30);
      for (int i = 0; i < print.pieces(); i++) {
        if (i == 100) {
          out.skipTo(5L << 30);
        }
        container.piece(i < 100 ? before : i < 118 ? beyond : below, out);
      }
      container.end(out);
    }
    assertTrue(Files.size(file) > 5L << 30);
    Raster top = independently(file, new Rectangle(0, 500, 60_000, 20));
    assertEquals(10, top.getSample(0, 0, 0));
    assertEquals(10, top.getSample(100 * 512 - 1, 11, 1));
    assertEquals(20, top.getSample(100 * 512, 11, 2));
    assertEquals(30, top.getSample(0, 12, 0));
    assertEquals(30, top.getSample(59_999, 19, 2));
    try (Picture picture = Prints.open(file)) {
      float[] row = new float[3 * 60_000];
      picture.readRows(511, 1, row);
      assertEquals(10, row[100 * 512 - 1]);
      assertEquals(20, row[100 * 512]);
    }
    OutsideTools.assertTiffinfo(file, "Image Width: 60000 Image Length: 40000");
  }

  private static byte[] flat(PrintSpecification print, float shade) {
    return PieceEncoder.encode(print, 0, Prints.planes(print.piece(0), (c, x, y) -> shade));
  }

  /** TwelveMonkeys reads parts of tiled files only at full width. */
  private static Raster independently(Path file, Rectangle part) throws Exception {
    ImageReader reader = new TIFFImageReaderSpi().createReaderInstance(null);
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      ImageReadParam param = reader.getDefaultReadParam();
      param.setSourceRegion(part);
      return reader.read(0, param).getRaster();
    } finally {
      reader.dispose();
    }
  }
}
