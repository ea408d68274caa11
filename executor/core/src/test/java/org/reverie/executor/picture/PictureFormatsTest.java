package org.reverie.executor.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.executor.print.StandardProfile;
import org.reverie.tiling.Size;

/** One drawing in many encodings must decode to one picture. */
class PictureFormatsTest {
  private static final Background ORANGE = Background.parse("#ff8000");

  @TempDir java.nio.file.Path folder;

  /** The name, the depth, and how far in grey levels the mean and the worst sample may be off. */
  @ParameterizedTest
  @CsvSource({
    "reference.png,      8, 0,   0",
    "interlaced.png,     8, 0,   0",
    "interlaced16.png,  16, 0,   0",
    "plain.jpg,          8, 2.2, 16",
    "progressive.jpg,    8, 2.2, 16",
    "cmyk.jpg,           8, 2.5, 24",
    "ycck.jpg,           8, 2.5, 32",
    "tiles-lzw.tif,      8, 0,   0",
    "packbits.tif,       8, 0,   0",
    "big-endian16.tif,  16, 0,   0",
    "planes16.tif,      16, 0,   0",
    "cmyk.tif,           8, 0.6, 1.5",
    "lab.tif,            8, 1,   4",
    "jpeg.tif,           8, 4,   90",
    "half.tif,          16, 0.05, 0.13",
  })
  void decodesToTheReference(String name, int bits, double mean, double worst) throws Exception {
    BufferedImage reference = image("reference.png");
    try (Picture picture = open(name)) {
      assertEquals(new Size(37, 23), picture.size());
      assertEquals(bits, picture.bitsPerSample());
      assertClose(reference, all(picture), mean, worst);
    }
  }

  @ParameterizedTest
  @CsvSource({"grey.png, 0, 0", "grey.jpg, 1.5, 16"})
  void greyBecomesThreeEqualChannels(String name, double mean, double worst) throws Exception {
    try (Picture picture = open(name)) {
      float[] all = all(picture);
      BufferedImage reference = image("grey.png");
      int pixels = 37 * 23;
      double sum = 0;
      for (int i = 0; i < pixels; i++) {
        assertEquals(all[i], all[pixels + i]);
        assertEquals(all[i], all[2 * pixels + i]);
        // The raster, since getRGB would treat grey as linear light.
        double off = Math.abs(all[i] - reference.getRaster().getSample(i % 37, i / 37, 0));
        assertTrue(off <= worst, off + " at " + i);
        sum += off;
      }
      assertTrue(sum / pixels <= mean);
      assertEquals("[grey taken as sRGB]", picture.notes().toString());
      assertArrayEquals(StandardProfile.srgb(), picture.profile());
    }
  }

  @ParameterizedTest
  @CsvSource({"palette.png", "palette.tif"})
  void palettesAreLookedUp(String name) throws Exception {
    try (Picture picture = open(name)) {
      assertClose(image("palette.png"), all(picture), 0, 0);
    }
  }

  /** Writers scale 8 bits to 16 by 256 or 257, or forget to. */
  @ParameterizedTest
  @ValueSource(ints = {256, 257, 1})
  void palettesAreReadWhateverTheirScale(int scale) throws Exception {
    int[] palette = new int[3 << 8];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = scale * (i & 255);
    }
    byte[] pixels = {0, 1, 127, (byte) 200, (byte) 255};
    TiffSketch tiff = new TiffSketch(5, 1, pixels).shorts(262, 3).shorts(320, palette);
    try (Picture picture = open(tiff)) {
      assertArrayEquals(new float[] {0, 1, 127, 200, 255}, Arrays.copyOf(all(picture), 5));
    }
  }

  @ParameterizedTest
  @CsvSource({"alpha.png, 0.001", "alpha.tif, 0.001", "premultiplied.tif, 1.1"})
  void alphaIsFlattenedOnTheBackground(String name, double worst) throws Exception {
    BufferedImage stored = image("alpha.png");
    try (Picture picture = open(name)) {
      float[] all = all(picture);
      int[] under = {255, 128, 0};
      for (int y = 0; y < 23; y++) {
        for (int x = 0; x < 37; x++) {
          double alpha = (stored.getRGB(x, y) >>> 24) / 255.0;
          for (int c = 0; c < 3; c++) {
            int over = stored.getRGB(x, y) >> (16 - 8 * c) & 255;
            double expected = over * alpha + under[c] * (1 - alpha);
            assertEquals(expected, all[(c * 23 + y) * 37 + x], worst, x + ", " + y);
          }
        }
      }
      assertEquals("[alpha flattened on #ff8000]", picture.notes().toString());
    }
  }

  @Test
  void exifRotationOfAJpegIsApplied() throws Exception {
    BufferedImage reference = image("reference.png");
    try (Picture picture = open("turned.jpg")) {
      assertEquals(new Size(23, 37), picture.size());
      assertEquals("[EXIF rotation 90 applied]", picture.notes().toString());
      float[] all = all(picture);
      double sum = 0;
      for (int y = 0; y < 37; y++) {
        for (int x = 0; x < 23; x++) {
          sum += Math.abs(all[y * 23 + x] - (reference.getRGB(y, 22 - x) >> 16 & 255));
        }
      }
      assertTrue(sum / (37 * 23) < 2.2, "red is off by " + sum / (37 * 23));
    }
  }

  @Test
  void notesSayWhatWasConverted() throws Exception {
    try (Picture picture = open("cmyk.tif")) {
      assertTrue(picture.notes().get(0).startsWith("CMYK converted to sRGB"));
      assertArrayEquals(StandardProfile.srgb(), picture.profile());
    }
    try (Picture picture = open("lab.tif")) {
      assertEquals("[Lab converted to sRGB]", picture.notes().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"reference.png", "interlaced.png", "progressive.jpg", "tiles-lzw.tif", "turned.jpg"})
  void stripsInAnyOrderAreTheWhole(String name) throws Exception {
    try (Picture picture = open(name)) {
      int width = (int) picture.size().width();
      int height = (int) picture.size().height();
      float[] all = all(picture);
      for (int[] strip : new int[][] {{0, 5}, {5, 1}, {9, 9}, {3, 2}, {height - 1, 1}, {0, 0}}) {
        float[] rows = new float[3 * strip[1] * width];
        picture.readRows(strip[0], strip[1], rows);
        for (int c = 0; c < 3; c++) {
          for (int i = 0; i < strip[1] * width; i++) {
            assertEquals(all[(c * height + strip[0]) * width + i], rows[c * strip[1] * width + i]);
          }
        }
      }
    }
  }

  /**
   * What grey 128 and the primary red become in sRGB. A power of 2.2 is taken for sRGB, whose curve
   * is hardly another.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gAMA 100000          | 188, 188, 188 | 255, 0, 0  | gamma of 1.00",
        "gAMA 55556           | 146, 146, 146 | 255, 0, 0  | gamma of 0.556",
        "gAMA 45455           | 128, 128, 128 | 255, 0, 0  | ''",
        "gAMA 100000,sRGB 0   | 128, 128, 128 | 255, 0, 0  | ''",
        "gAMA 0               | 128, 128, 128 | 255, 0, 0  | impossible gamma",
        "gAMA 45455,cHRM 31270 32900 30000 60000 64000 33000 15000 6000"
            + " | 129, 129, 129 | 0, 255, 0 | gamma of 0.455",
        "cHRM 31270 32900 64000 33000 30000 60000 15000 6000" + " | 128, 128, 128 | 255, 0, 0 | ''",
        "gAMA 100000,cHRM 31270 32900 64000 33000 64000 33000 15000 6000"
            + " | 128, 128, 128 | 255, 0, 0 | impossible gamma",
      })
  void coloursOfAPngWithoutAProfileAreThoseItDescribes(
      String chunks, String grey, String red, String note) throws Exception {
    byte[] png = png(BufferedImage.TYPE_INT_RGB, chunks, 0x808080, 0xff0000);
    try (Picture picture = open("a.png", png)) {
      float[] all = all(picture);
      assertArrayEquals(new float[] {128, 255, 128, 0, 128, 0}, all);
      ProfileConversion.of(picture.profile(), StandardProfile.srgb()).orElseThrow().convert(all, 2);
      assertArrayEquals(floats(grey), new float[] {all[0], all[2], all[4]}, 1);
      assertArrayEquals(floats(red), new float[] {all[1], all[3], all[5]}, 1);
      assertEquals(note.isEmpty(), picture.notes().isEmpty(), picture.notes()::toString);
      assertTrue(picture.notes().toString().contains(note), picture.notes()::toString);
    }
  }

  @Test
  void greyOfAPngHasItsGamma() throws Exception {
    byte[] png = png(BufferedImage.TYPE_BYTE_GRAY, "gAMA 100000", 0, 0xffffff);
    try (Picture picture = open("a.png", png)) {
      assertArrayEquals(new float[] {0, 255, 0, 255, 0, 255}, all(picture), 0.1f);
      assertTrue(picture.notes().get(0).contains("gamma of 1.00"), picture.notes() + "");
      assertTrue(picture.notes().get(1).contains("grey converted"), picture.notes() + "");
    }
  }

  /** Two pixels beside each other, and chunks of 32-bit numbers; sRGB's is a byte. */
  private static byte[] png(int type, String chunks, int... colours) throws IOException {
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(0, 0, colours[0]);
    image.setRGB(1, 0, colours[1]);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int header = 8 + 25;
    out.write(png.toByteArray(), 0, header);
    for (String chunk : chunks.split(",")) {
      String[] words = chunk.split(" ");
      ByteBuffer data = ByteBuffer.allocate(4 + 4 * words.length).put(words[0].getBytes());
      for (int i = 1; i < words.length; i++) {
        data =
            words[0].equals("sRGB") ? data.put((byte) 0) : data.putInt(Integer.parseInt(words[i]));
      }
      CRC32 crc = new CRC32();
      crc.update(data.array(), 0, data.position());
      out.writeBytes(ByteBuffer.allocate(4).putInt(data.position() - 4).array());
      out.write(data.array(), 0, data.position());
      out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
    out.write(png.toByteArray(), header, png.size() - header);
    return out.toByteArray();
  }

  /** Cameras write no profile of Adobe RGB, but a rule of DCF into their EXIF. */
  @Test
  void aCamerasAdobeRgbIsKept() throws Exception {
    byte[] plain = resource("plain.jpg");
    ByteBuffer exif = ByteBuffer.allocate(10 + 6 + 8 + 3 * 18);
    exif.putShort((short) 0xFFD8).putShort((short) 0xFFE1).putShort((short) (exif.capacity() - 4));
    exif.put("Exif\0\0MM\0*".getBytes()).putInt(8);
    exif.putShort((short) 1).putShort((short) 0x8769).putShort((short) 4).putInt(1).putInt(26);
    exif.putInt(0);
    exif.putShort((short) 1).putShort((short) 0xA005).putShort((short) 4).putInt(1).putInt(44);
    exif.putInt(0);
    exif.putShort((short) 1)
        .putShort((short) 1)
        .putShort((short) 2)
        .putInt(4)
        .put("R03\0".getBytes());
    exif.putInt(0);
    byte[] start = Arrays.copyOf(exif.array(), exif.position());
    ByteBuffer.wrap(start).putShort(4, (short) (start.length - 4));
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    jpeg.writeBytes(start);
    jpeg.write(plain, 2, plain.length - 2);
    try (Picture picture = open("a.jpg", jpeg.toByteArray());
        Picture without = open("plain.jpg")) {
      assertArrayEquals(all(without), all(picture));
      assertEquals("[no profile: colours are Adobe RGB, as EXIF says]", picture.notes().toString());
      ICC_Profile profile = ICC_Profile.getInstance(picture.profile());
      // Of Adobe's own profile.
      assertArrayEquals(
          new double[] {0.60974, 0.31111, 0.01947},
          colorant(profile, ICC_Profile.icSigRedColorantTag),
          5e-4);
      assertArrayEquals(
          new double[] {0.20528, 0.62567, 0.06087},
          colorant(profile, ICC_Profile.icSigGreenColorantTag),
          5e-4);
      assertArrayEquals(
          new double[] {0.14919, 0.06322, 0.74457},
          colorant(profile, ICC_Profile.icSigBlueColorantTag),
          5e-4);
    }
  }

  private static double[] colorant(ICC_Profile profile, int tag) {
    ByteBuffer data = ByteBuffer.wrap(profile.getData(tag)).position(8);
    return new double[] {data.getInt() / 65536.0, data.getInt() / 65536.0, data.getInt() / 65536.0};
  }

  /** A third sample is no colour, and says nothing about the scale of those that are. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0, 0.25, 1        | 0    | 0, 63.75, 255   | [float samples taken as 0..1]",
        "0, 0.5, 3         | 0    | 0, 127.5, 255   | [float samples taken as 0..1]",
        "0, 0.5, Infinity  | 0    | 0, 127.5, 255   | [float samples taken as 0..1]",
        "-1, 0.5, 1        | 0.93 | 0, 127.5, 255   | [float samples taken as 0..1]",
        "0, 0.5, 200       | 0    | 0, 0.5, 200     | [float samples taken as 0..255]",
        "0, 0.5, 1         | 255  | 0, 0.5, 1       | []",
        "0, 0.5, 20        | 1    | 0, 127.5, 255   | []",
      })
  void theScaleOfFloatsIsStatedOrFound(String stored, float largest, String decoded, String notes)
      throws Exception {
    float[] values = floats(stored);
    ByteBuffer pixels = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      pixels.putFloat(value).putFloat(1000);
    }
    TiffSketch tiff =
        new TiffSketch(values.length, 1, pixels.array()).shorts(258, 32, 32).shorts(339, 3, 3);
    tiff.shorts(277, 2).shorts(338, 0);
    if (largest > 0) {
      tiff.floats(341, largest);
    }
    try (Picture picture = open(tiff)) {
      float[] all = all(picture);
      assertArrayEquals(floats(decoded), Arrays.copyOf(all, values.length));
      List<String> told =
          picture.notes().stream().filter(note -> note.startsWith("float")).toList();
      assertEquals(notes, told.toString());
      assertTrue(picture.notes().contains("1 extra channel ignored"), picture.notes()::toString);
    }
  }

  /** As graphics cards and OpenEXR store them. */
  @Test
  void floatsOfSixteenBitsAreRead() throws Exception {
    ByteBuffer pixels = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
    for (int half : new int[] {0, 0x3800, 0x3c00, 1, 0x0200, 0x7c00, 0xb800}) {
      pixels.putShort((short) half);
    }
    TiffSketch tiff = new TiffSketch(7, 1, pixels.array()).shorts(258, 16).shorts(339, 3);
    try (Picture picture = open(tiff)) {
      float[] expected = {0, 127.5f, 255, 255 * 0x1p-24f, 255 * 0x1p-15f, 255, 0};
      assertArrayEquals(expected, Arrays.copyOf(all(picture), 7));
    }
  }

  private static float[] floats(String list) {
    String[] numbers = list.split(", ");
    float[] values = new float[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(numbers[i]);
    }
    return values;
  }

  private static void assertClose(BufferedImage reference, float[] all, double mean, double worst) {
    int width = reference.getWidth();
    int height = reference.getHeight();
    double sum = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          int expected = reference.getRGB(x, y) >> (16 - 8 * c) & 255;
          double off = Math.abs(all[(c * height + y) * width + x] - expected);
          assertTrue(off <= worst, off + " off at " + x + ", " + y + ", channel " + c);
          sum += off;
        }
      }
    }
    double found = sum / (3 * width * height);
    assertTrue(found <= mean, "mean is off by " + found);
  }

  private static float[] all(Picture picture) throws IOException {
    float[] all = new float[Math.toIntExact(3 * picture.size().pixels())];
    picture.readRows(0, (int) picture.size().height(), all);
    return all;
  }

  private static BufferedImage image(String name) throws IOException {
    return ImageIO.read(PictureFormatsTest.class.getResource(name));
  }

  private Picture open(TiffSketch tiff) throws IOException {
    return open("a.tif", tiff.bytes());
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = PictureFormatsTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private Picture open(String name, byte[] bytes) throws IOException {
    Path path = new Path(Files.write(folder.resolve(name), bytes).toUri());
    return PictureReader.open(FileSystem.getLocal(new Configuration()), path, ORANGE);
  }

  private static Picture open(String name) throws IOException, URISyntaxException {
    Path path =
        new Path(Objects.requireNonNull(PictureFormatsTest.class.getResource(name)).toURI());
    return PictureReader.open(FileSystem.getLocal(new Configuration()), path, ORANGE);
  }
}
