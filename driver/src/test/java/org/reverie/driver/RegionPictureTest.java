package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntBinaryOperator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;

/** Masks so small that a straight edge is more than a hundredth of them. */
class RegionPictureTest {
  private static final int WIDTH = 90;
  private static final int HEIGHT = 60;
  private static final int[] PURE = {
    0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0x00ffff, 0xff00ff, 0x000000, 0xffffff, 0x808080
  };

  @TempDir Path folder;

  /** At quality 60 a colour is up to 23 levels off beside an edge, and mixed on it. */
  @ParameterizedTest
  @ValueSource(ints = {41, 43, 44, 45, 46, 48})
  void hardEdgesOfPureColoursAreTakenFromAJpeg(int edge) throws IOException {
    List<String> refused = new ArrayList<>();
    for (int left : PURE) {
      for (int right : PURE) {
        if (left != right) {
          jpeg((x, y) -> x < edge ? left : right);
          try {
            read(left, right);
            jpeg((x, y) -> y < edge ? left : right);
            read(left, right);
          } catch (UserException e) {
            refused.add(e.getMessage());
          }
        }
      }
    }
    assertEquals(List.of(), refused);
  }

  /**
   * A line that was drawn is no edge, nor is a stripe inside of one region, nor a region of its
   * own.
   */
  @ParameterizedTest
  @CsvSource({
    "40, 44, #000000",
    "40, 44, #ffffff",
    "40, 44, #808080",
    "20, 23, #800080",
    "20, 40, #e60000",
    "40, 45, #800080",
  })
  void aColourThatIsTrulyAnotherIsNot(int from, int to, String colour) throws IOException {
    int other = Integer.parseInt(colour.substring(1), 16);
    png((x, y) -> x >= from && x < to ? other : x < 42 ? 0xff0000 : 0x0000ff);
    UserException thrown = assertThrows(UserException.class, () -> read(0xff0000, 0x0000ff));
    assertTrue(thrown.getMessage().contains(colour + ", which has no guide"), thrown::getMessage);
    png((x, y) -> y >= from && y < to ? other : y < 42 ? 0xff0000 : 0x0000ff);
    assertThrows(UserException.class, () -> read(0xff0000, 0x0000ff));
  }

  @Test
  void aSmoothEdgeIsTakenAndTheNearerOfTwoNamesIsMeant() throws IOException {
    png((x, y) -> x < 42 ? 0xff0000 : x < 44 ? 0x800080 : 0x0000ff);
    assertDoesNotThrow(() -> read(0xff0000, 0x0000ff));
    png((x, y) -> x < 42 ? 0xff0000 : 0xf00000);
    String two = read(0xff0000, 0xf00000).hash();
    png((x, y) -> x < 42 ? 0xfa0000 : 0xf40000);
    assertEquals(two, read(0xff0000, 0xf00000).hash());
  }

  private RegionPicture read(int left, int right) throws IOException {
    String dream =
        "dream: {objective: guide, guide-mask: '%s', guide: ['%s=noise', '%s=noise']}"
            .formatted(folder.resolve("mask"), name(left), name(right));
    RenderJob job = new TinyRenders(folder).job("print", dream);
    return RegionPicture.read(job, Places.configuration());
  }

  private static String name(int colour) {
    return String.format(Locale.ROOT, "#%06x", colour);
  }

  private static BufferedImage drawn(IntBinaryOperator colours) {
    BufferedImage mask = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      mask.setRGB(i % WIDTH, i / WIDTH, colours.applyAsInt(i % WIDTH, i / WIDTH));
    }
    return mask;
  }

  private void png(IntBinaryOperator colours) throws IOException {
    ImageIO.write(drawn(colours), "png", folder.resolve("mask").toFile());
  }

  private void jpeg(IntBinaryOperator colours) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam quality = writer.getDefaultWriteParam();
    quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    quality.setCompressionQuality(0.6f);
    Files.deleteIfExists(folder.resolve("mask"));
    try (ImageOutputStream out = ImageIO.createImageOutputStream(folder.resolve("mask").toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(drawn(colours), null, null), quality);
    } finally {
      writer.dispose();
    }
  }
}
