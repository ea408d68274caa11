package org.reverie.executor.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.UserException;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintAssembler;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;

/** Every way in which an input can be wrong ends in one located message. */
class PictureFaultTest {
  // Reading Hadoop's configuration takes longer than most tests here.
  private static final Configuration CONFIGURATION = new Configuration();

  @TempDir java.nio.file.Path folder;

  @Test
  void aMissingFile() {
    assertFault("input-missing", "no such file", folder.resolve("none.jpg"));
  }

  @Test
  void aFolder() {
    assertFault("input-is-folder", "folder", folder);
  }

  /** Nobody writes to the pipe: to open it is to wait for ever. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeOrADevice() throws Exception {
    java.nio.file.Path pipe = folder.resolve("pipe.jpg");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertFault("input-is-no-file", "a pipe", pipe);
    assertFault("input-is-no-file", "a device", java.nio.file.Path.of("/dev/null"));
  }

  @Test
  void aTextFileNamedJpg() throws IOException {
    assertFault("picture-format", "looks like text, starting 'Dear artist,'", "Dear artist,\nhi");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | the file is empty",
        "GIF89a.... | GIF",
        "RIFF0000WEBPVP8 | WebP",
        "0000ftypheic0000 | HEIF",
        "%PDF-1.4 | PDF",
        "'<!DOCTYPE html><html>' | web page",
        "8BPS0001 | Photoshop",
      })
  void otherFormatsAreNamed(String content, String named) throws IOException {
    assertFault("picture-format", named, content);
  }

  @Test
  void unknownBytesAreShown() throws IOException {
    assertFault("picture-format", "01 02 03", write("a.png", new byte[] {1, 2, 3}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reference.png",
        "interlaced.png",
        "plain.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "tiles-lzw.tif",
        "packbits.tif",
        "big-endian16.tif",
        "planes16.tif",
        "jpeg.tif",
        "alpha.tif"
      })
  void aPictureCutAnywhereIsTruncated(String name) throws IOException {
    byte[] whole = resource(name);
    for (int percent : new int[] {20, 50, 80, 95, 99}) {
      byte[] cut = Arrays.copyOf(whole, whole.length * percent / 100);
      UserException mistake =
          assertThrows(
              UserException.class, () -> readAll(write(name, cut)), percent + " % of " + name);
      Problem problem = mistake.problems().get(0);
      assertTrue(
          problem.code().equals("picture-truncated") || problem.code().equals("picture-damaged"),
          problem.toString());
      assertTrue(problem.where().endsWith(name), problem.where());
    }
  }

  @Test
  void aTruncatedJpegIsNeverHalfGrey() throws IOException {
    byte[] whole = resource("plain.jpg");
    byte[] cut = Arrays.copyOf(whole, whole.length - 100);
    assertFault("picture-truncated", "before its last row", write("cut.jpg", cut));
  }

  /** Every decoder reads a JPEG that lacks its last two bytes, or one of them. */
  @ParameterizedTest
  @ValueSource(strings = {"plain.jpg", "progressive.jpg", "cmyk.jpg", "grey.jpg"})
  void aJpegWithoutItsEndMarkerIsWhole(String name) throws IOException {
    byte[] whole = resource(name);
    float[] intact = readAll(write("whole.jpg", whole));
    for (int missing = 1; missing <= 2; missing++) {
      byte[] cut = Arrays.copyOf(whole, whole.length - missing);
      assertArrayEquals(intact, readAll(write("cut.jpg", cut)));
      try (Picture picture = open(folder.resolve("cut.jpg"))) {
        assertTrue(picture.notes().contains("the JPEG lacks its end marker"), picture.notes() + "");
      }
    }
    byte[] trailed = Arrays.copyOf(whole, whole.length + 7);
    assertArrayEquals(intact, readAll(write("trailed.jpg", trailed)));
    try (Picture picture = open(folder.resolve("trailed.jpg"));
        Picture same = open(folder.resolve("whole.jpg"))) {
      assertEquals(same.notes(), picture.notes());
    }
  }

  /** Wherever it ends, a JPEG that lacks pixels is an error: never does grey take their place. */
  @ParameterizedTest
  @ValueSource(strings = {"plain.jpg", "progressive.jpg", "restarts.jpg"})
  void aJpegCutAtAnyByteIsWholeOrRefused(String name) throws IOException {
    byte[] whole = name.equals("restarts.jpg") ? restarts() : resource(name);
    float[] intact = readAll(write("whole.jpg", whole));
    int read = 0;
    for (int length = 3; length < whole.length; length++) {
      java.nio.file.Path file = write("cut.jpg", Arrays.copyOf(whole, length));
      try {
        assertArrayEquals(intact, readAll(file), "cut to " + length + " of " + whole.length);
        read++;
      } catch (UserException e) {
        String code = e.problems().get(0).code();
        assertTrue(code.equals("picture-truncated") || code.equals("picture-damaged"), code);
      }
    }
    assertTrue(read >= 2 && read < 6, read + " were read");
  }

  /** A print of five strips, with a restart marker between any two. */
  private byte[] restarts() throws IOException {
    PrintSpecification print =
        new PrintSpecification(
            PrintFormat.JPEG, 37, 40, Depth.EIGHT, 300, new byte[0], "", 37, 8, false);
    java.nio.file.Path file = folder.resolve("restarts.jpg");
    try (PrintAssembler assembler =
        PrintAssembler.begin(
            FileSystem.getLocal(CONFIGURATION), new Path(file.toUri()), print, folder)) {
      for (int piece = 0; piece < 5; piece++) {
        float[] planes = new float[3 * 37 * 8];
        for (int i = 0; i < planes.length; i++) {
          planes[i] = i * 7919 % 256;
        }
        assembler.append(PieceEncoder.encode(print, piece, planes));
      }
      assembler.finish();
    }
    return Files.readAllBytes(file);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5, no picture",
    "7, 0, no picture",
    "100000, 100000, cannot hold them",
    "2000001, 1, more than"
  })
  void pngHeadersThatClaimTheImpossible(int width, int height, String what) throws IOException {
    byte[] png = resource("reference.png");
    ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    assertFault("picture-size", what, write("a.png", png));
  }

  @Test
  void tiffAndJpegHeadersThatClaimTheImpossible() throws IOException {
    assertFault(
        "picture-size",
        "no picture",
        write("a.tif", TiffSketch.drawing("ab", "cd").longs(256, 0).bytes()));
    assertFault(
        "picture-size",
        "cannot hold them",
        write(
            "b.tif",
            TiffSketch.drawing("ab")
                .longs(256, 100_000)
                .longs(257, 100_000)
                .longs(278, 100_000)
                .bytes()));
    byte[] jpeg = resource("plain.jpg");
    for (int i = 0; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xC0) {
        ByteBuffer.wrap(jpeg).putShort(i + 5, (short) 0);
        break;
      }
    }
    assertFault("picture-size", "no picture", write("c.jpg", jpeg));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference.png", "interlaced.png"})
  void aFlippedBitInAPngIsFoundOrHarmless(String name) throws IOException {
    byte[] png = resource(name);
    float[] intact = readAll(write("whole.png", png));
    int found = 0;
    for (int i = 0; i < png.length; i++) {
      byte[] broken = png.clone();
      broken[i] ^= 4;
      java.nio.file.Path file = write("a.png", broken);
      try {
        assertArrayEquals(intact, readAll(file), "bit flipped in byte " + i);
      } catch (UserException e) {
        found++;
      }
    }
    assertTrue(found > png.length / 2, found + " of " + png.length);
  }

  @ParameterizedTest
  @CsvSource({
    "259, 3, CCITT fax",
    "259, 4, CCITT fax",
    "259, 50000, Zstandard",
    "258, 12, unsigned integer samples of 12 bits",
    "339, 2, signed integer samples of 8 bits",
    "262, 32844, LogLuv",
    "262, 4, photometric"
  })
  void unsupportedTiffsSayWhy(int tag, int value, String what) throws IOException {
    byte[] tiff = TiffSketch.drawing("abcd", "efgh").shorts(tag, value).bytes();
    assertFault("picture-unsupported", what, write("a.tif", tiff));
  }

  /** What OpenCV makes of floats, as libtiff writes its header. */
  @Test
  void logLuvIsNamedWithWhatToDo() throws IOException {
    TiffSketch tiff = TiffSketch.drawing("abcdef").longs(256, 1).shorts(258, 16, 16, 16);
    tiff.shorts(259, 34676).shorts(262, 32845).shorts(277, 3).shorts(339, 2);
    java.nio.file.Path file = write("a.tif", tiff.bytes());
    assertFault("picture-unsupported", "LogLuv", file);
    UserException mistake = assertThrows(UserException.class, () -> readAll(file));
    assertTrue(mistake.getMessage().contains("IMWRITE_TIFF_COMPRESSION 1"), mistake::getMessage);
  }

  @Test
  void aFloatThatIsNoNumberIsRefused() throws IOException {
    byte[] pixels = ByteBuffer.allocate(8).putInt(0x0000C07F).putInt(0).array();
    byte[] tiff =
        new TiffSketch(2, 1, pixels).shorts(258, 32).shorts(339, 3).floats(341, 255).bytes();
    assertFault("picture-damaged", "not a number", write("a.tif", tiff));
  }

  @Test
  void aDamagedProfileIsIgnoredAndSaid() throws IOException {
    byte[] tiff = TiffSketch.drawing("ab", "cd").longs(34675, 1, 2, 3, 4).bytes();
    java.nio.file.Path file = write("a.tif", tiff);
    try (Picture picture = open(file)) {
      assertTrue(picture.notes().contains("damaged colour profile ignored"), picture.notes() + "");
      assertTrue(picture.isProfileIgnored());
    }
  }

  @Test
  void aNameMayLieAboutTheFormat() throws IOException {
    java.nio.file.Path file = folder.resolve("a.jpg");
    ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    try (Picture picture = open(file)) {
      assertEquals(3, picture.size().width());
    }
  }

  private void assertFault(String code, String what, String content) throws IOException {
    assertFault(code, what, write("a.jpg", content.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static void assertFault(String code, String what, java.nio.file.Path file) {
    UserException mistake = assertThrows(UserException.class, () -> readAll(file));
    Problem problem = mistake.problems().get(0);
    assertEquals(code, problem.code(), problem.toString());
    assertTrue(problem.what().contains(what), problem.what());
    assertTrue(problem.where().contains(file.getFileName().toString()), problem.where());
  }

  private static float[] readAll(java.nio.file.Path file) throws IOException {
    try (Picture picture = open(file)) {
      float[] all = new float[Math.toIntExact(3 * picture.size().pixels())];
      picture.readRows(0, (int) picture.size().height(), all);
      return all;
    }
  }

  private static Picture open(java.nio.file.Path file) throws IOException {
    return PictureReader.open(
        FileSystem.getLocal(CONFIGURATION), new Path(file.toUri()), Background.WHITE);
  }

  private java.nio.file.Path write(String name, byte[] bytes) throws IOException {
    java.nio.file.Path file = folder.resolve(name);
    // The local file system's own stream would leave checksum files that a rewrite contradicts.
    return Files.write(file, bytes);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = PictureFaultTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
