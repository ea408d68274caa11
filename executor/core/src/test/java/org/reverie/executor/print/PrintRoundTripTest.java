package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.picture.Picture;
import org.reverie.tiling.KeyedRandom;

/** What is written is read back by somebody else's reader, and by ours. */
class PrintRoundTripTest {
  private static final String RECIPE = "{\"seed\": 7, \"text\": \"<a & b> ]]> \u00e9\u4e2d\\n\"}";
  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("reverie-print-test");
  }

  @AfterContainer
  static void deleteFolder() throws IOException {
    Files.delete(folder);
  }

  private static Prints.Formula noise(long seed) {
    return (c, x, y) ->
        (float) (KeyedRandom.of(seed, KeyedRandom.Purpose.NOISE, c, x, y).nextDouble() * 259 - 2);
  }

  private static float stored(float value, Depth depth) {
    return switch (depth) {
      case EIGHT -> Quantisation.eight(value);
      case SIXTEEN -> Quantisation.sixteen(value);
      case FLOAT -> value;
    };
  }

  @Property(tries = 60)
  void tiffReadsBack(
      @ForAll @IntRange(min = 1, max = 67) int width,
      @ForAll @IntRange(min = 1, max = 67) int height,
      @ForAll Depth depth,
      @ForAll @IntRange(min = 1, max = 4) int tileWidth,
      @ForAll @IntRange(min = 1, max = 4) int tileHeight,
      @ForAll long seed)
      throws IOException {
    PrintSpecification print =
        new PrintSpecification(
            PrintFormat.TIFF,
            width,
            height,
            depth,
            299.5,
            StandardProfile.srgb(),
            RECIPE,
            16 * tileWidth,
            16 * tileHeight,
            false);
    roundTrip(print, seed, "tif");
  }

  @Property(tries = 40)
  void pngReadsBack(
      @ForAll @IntRange(min = 1, max = 67) int width,
      @ForAll @IntRange(min = 1, max = 67) int height,
      @ForAll boolean deep,
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll long seed)
      throws IOException {
    PrintSpecification print =
        new PrintSpecification(
            PrintFormat.PNG,
            width,
            height,
            deep ? Depth.SIXTEEN : Depth.EIGHT,
            300,
            StandardProfile.srgb(),
            RECIPE,
            width,
            rows,
            false);
    roundTrip(print, seed, "png");
  }

  private void roundTrip(PrintSpecification print, long seed, String ending) throws IOException {
    Path file = folder.resolve("a." + ending);
    int width = (int) print.width();
    int height = (int) print.height();
    Prints.Formula formula = noise(seed);
    Prints.write(file, print, formula);
    byte[] bytes = Files.readAllBytes(file);
    Raster raster = independently(file);
    assertEquals(width, raster.getWidth());
    assertEquals(height, raster.getHeight());
    float[] ours = new float[3 * width * height];
    try (Picture picture = Prints.open(file)) {
      assertEquals(Optional.of(RECIPE), picture.recipe());
      assertArrayEquals(StandardProfile.srgb(), picture.profile());
      picture.readRows(0, height, ours);
    }
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          float expected = stored(formula.at(c, x, y), print.depth());
          assertEquals(expected, raster.getSampleFloat(x, y, c), "at " + x + ", " + y);
          float clamped =
              print.depth() == Depth.SIXTEEN
                  ? expected / 257
                  : Math.min(255, Math.max(0, expected));
          assertEquals(clamped, ours[(c * height + y) * width + x]);
        }
      }
    }
    Prints.write(file, print, formula);
    assertArrayEquals(bytes, Files.readAllBytes(file), "the same print twice");
    Files.delete(file);
  }

  /** ImageIO would keep what it writes among the temporary files, whose disk may be full. */
  @Example
  void aJpegNeedsNoTemporaryFile() throws IOException {
    PrintSpecification print =
        new PrintSpecification(
            PrintFormat.JPEG,
            16,
            16,
            Depth.EIGHT,
            300,
            StandardProfile.srgb(),
            RECIPE,
            16,
            16,
            false);
    Path gone = Files.createDirectory(folder.resolve("gone"));
    ImageIO.setCacheDirectory(gone.toFile());
    Files.delete(gone);
    Path file = folder.resolve("a.jpg");
    try {
      Prints.write(file, print, (c, x, y) -> 10 * y);
    } finally {
      ImageIO.setCacheDirectory(null);
    }
    Files.delete(file);
  }

  @Property(tries = 25)
  void jpegReadsBack(
      @ForAll @IntRange(min = 1, max = 67) int width,
      @ForAll @IntRange(min = 1, max = 150) int height,
      @ForAll @IntRange(min = 1, max = 3) int blockRows)
      throws IOException {
    PrintSpecification print =
        new PrintSpecification(
            PrintFormat.JPEG,
            width,
            height,
            Depth.EIGHT,
            300,
            StandardProfile.srgb(),
            RECIPE,
            width,
            8 * blockRows,
            false);
    Path file = folder.resolve("a.jpg");
    Prints.Formula formula =
        (c, x, y) -> (float) (127 + 90 * Math.sin(x * 0.09 * (c + 1)) * Math.cos(y * 0.07));
    Prints.write(file, print, formula);
    Raster raster = ImageIO.read(file.toFile()).getRaster();
    assertEquals(width, raster.getWidth());
    assertEquals(height, raster.getHeight());
    try (Picture picture = Prints.open(file)) {
      assertEquals(Optional.of(RECIPE), picture.recipe());
      float[] ours = new float[3 * width * height];
      picture.readRows(0, height, ours);
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            assertEquals(formula.at(c, x, y), raster.getSample(x, y, c), 9, x + ", " + y);
            assertEquals(raster.getSample(x, y, c), ours[(c * height + y) * width + x], 1);
          }
        }
      }
    }
    Files.delete(file);
  }

  /** XMP beyond one JPEG segment goes on in extended packets. */
  @Example
  void aLongRecipeFitsEveryFormat() throws IOException {
    String recipe = "{\"rolls\": \"" + "0123456789<&".repeat(20_000) + "\"}";
    for (PrintFormat format : PrintFormat.values()) {
      Path file = folder.resolve("a." + format.name().toLowerCase(java.util.Locale.ROOT));
      PrintSpecification print =
          PrintSpecification.of(format, 9, 7, Depth.EIGHT, 300, StandardProfile.srgb(), recipe);
      Prints.write(file, print, (c, x, y) -> 99);
      try (Picture picture = Prints.open(file)) {
        assertEquals(Optional.of(recipe), picture.recipe(), format.name());
      }
      Files.delete(file);
    }
  }

  @Example
  void aLargeProfileFitsAJpeg() throws IOException {
    byte[] profile = java.util.Arrays.copyOf(StandardProfile.srgb(), 150_000);
    profile[0] = 0;
    profile[1] = 2;
    profile[2] = 0x49;
    profile[3] = (byte) 0xF0;
    Path file = folder.resolve("a.jpg");
    Prints.write(
        file,
        PrintSpecification.of(PrintFormat.JPEG, 9, 7, Depth.EIGHT, 300, profile, ""),
        (c, x, y) -> 99);
    try (Picture picture = Prints.open(file)) {
      assertArrayEquals(profile, picture.profile());
    }
    Files.delete(file);
  }

  /** Two strips' checksums combine to that of both. */
  @Property(tries = 50)
  void adlersCombine(@ForAll byte[] first, @ForAll byte[] second) {
    java.util.zip.Adler32 whole = new java.util.zip.Adler32();
    whole.update(first);
    long before = whole.getValue();
    whole.update(second);
    java.util.zip.Adler32 alone = new java.util.zip.Adler32();
    alone.update(second);
    assertEquals(whole.getValue(), PngContainer.combine(before, alone.getValue(), second.length));
  }

  private static Raster independently(Path file) throws IOException {
    ImageReader reader =
        file.toString().endsWith(".tif")
            ? new TIFFImageReaderSpi().createReaderInstance(null)
            : ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      // As a raster where it can, since floats would be scaled to a displayable range otherwise.
      Raster raster =
          reader.canReadRaster() ? reader.readRaster(0, null) : reader.read(0).getRaster();
      assertTrue(raster.getNumBands() == 3);
      return raster;
    } finally {
      reader.dispose();
    }
  }
}
