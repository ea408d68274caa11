package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.executor.place.PathNames;

/** What a network is shown of a file. */
final class TrainingPictureTest {
  /** Grey 128 as light, and what it is in sRGB. */
  private static final int LINEAR = 128;

  private static final int ENCODED = 188;

  @TempDir Path folder;

  @Test
  void coloursBecomeSrgb() throws IOException {
    BufferedImage grey = filled(40, 30, 0x808080);
    byte[] light = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    assertGrey(LINEAR, read(png(grey, "tEXt", new byte[0])));
    assertGrey(LINEAR, read(png(grey, "iCCP", profile(srgb()))));
    assertGrey(ENCODED, read(png(grey, "iCCP", profile(light))));
    assertGrey(ENCODED, read(png(grey, "gAMA", ByteBuffer.allocate(4).putInt(100_000).array())));
  }

  /** The survey decodes it, and batches show what it kept. */
  @Test
  void whatIsKeptIsSrgb() throws IOException {
    org.apache.hadoop.fs.Path file =
        png(filled(40, 40, 0x808080), "gAMA", ByteBuffer.allocate(4).putInt(100_000).array());
    FileSystem files = Pictures.files();
    Survey.Finding finding = Survey.look(files, file, 32);
    assertEquals(ENCODED, finding.colours()[1] / finding.colours()[0], 1);
    assertGrey(ENCODED, KeptPictures.get(file.toString(), BatchLoader.shorter(32)));
  }

  /** Its red is a little redder; every value stays, and no second conversion is set up. */
  @Test
  void srgbByAnotherMakerIsLeftAsItIs() throws IOException {
    byte[] other = srgb();
    ByteBuffer bytes = ByteBuffer.wrap(other);
    int x = bytes.getInt(entry(bytes, ICC_Profile.icSigRedColorantTag) + 4) + 8;
    bytes.putInt(x, bytes.getInt(x) + 60); // 65,536ths, of 0.436
    BufferedImage colours = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      colours.setRGB(i % 64, i / 64, i * 4093);
    }
    assertArrayEquals(
        read(png(colours, "tEXt", new byte[0])).planes(),
        read(png(colours, "iCCP", profile(other))).planes());
    assertSame(SrgbColours.of(other), SrgbColours.of(other.clone()));
  }

  /** One without a tone curve, one that is none, and one for grey on pixels of three colours. */
  @Test
  void whatHappensToAFileIsToldOnce() throws IOException {
    BufferedImage grey = filled(40, 30, 0x808080);
    byte[] cut = srgb();
    ByteBuffer bytes = ByteBuffer.wrap(cut);
    bytes.putInt(entry(bytes, ICC_Profile.icSigRedTRCTag), 0x78787878);
    byte[] forGrey = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
    Files.createDirectories(folder.resolve("pages"));
    Pictures.pages(folder.resolve("pages/three.tif"), 3);
    Pictures.pages(folder.resolve("pages/one.tif"), 1);
    List<org.apache.hadoop.fs.Path> files =
        List.of(
            png(grey, "iCCP", profile(srgb())),
            png(grey, "iCCP", profile(cut)),
            png(grey, "iCCP", profile(new byte[200])),
            png(grey, "iCCP", profile(forGrey)),
            Pictures.path(folder.resolve("pages/one.tif")),
            Pictures.path(folder.resolve("pages/three.tif")));
    String[] paths = new String[files.size()];
    List<Survey.Finding> findings = new ArrayList<>();
    for (int i = 0; i < paths.length; i++) {
      paths[i] = files.get(i).toString();
      findings.add(Survey.look(Pictures.files(), files.get(i), 32));
      assertEquals("", findings.get(i).problem());
    }
    assertEquals(LINEAR, findings.get(1).colours()[1] / findings.get(1).colours()[0], 1);
    assertEquals(
        List.of(
            "3 pictures have a colour profile that cannot be used; their colours are taken as they are (first "
                + PathNames.written(files.get(1))
                + ")",
            PathNames.written(files.get(5)) + " has more pages than one; the first is taken"),
        Survey.notes(paths, findings));
  }

  @Test
  void aPictureStandsUpright() throws IOException {
    BufferedImage image = filled(40, 30, 0x000000);
    for (int i = 0; i < 10 * 10; i++) {
      image.setRGB(i % 10, i / 10, 0xffffff); // its left upper corner
    }
    // Exif, big-endian: one entry, the orientation 6, to be turned by 90 degrees clockwise.
    ByteBuffer exif = ByteBuffer.allocate(26);
    exif.put("MM\0*".getBytes(StandardCharsets.ISO_8859_1)).putInt(8).putShort((short) 1);
    exif.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) 6);
    TrainingPicture picture = read(png(image, "eXIf", exif.array()));
    assertEquals(30, picture.width());
    assertEquals(40, picture.height());
    assertEquals((byte) 255, picture.planes()[29]);
    assertEquals(0, picture.planes()[0]);
  }

  private static void assertGrey(int expected, TrainingPicture picture) {
    for (byte value : picture.planes()) {
      assertEquals(expected, value & 255, 1);
    }
  }

  private static TrainingPicture read(org.apache.hadoop.fs.Path path) throws IOException {
    return TrainingPicture.read(Pictures.files(), path, 40);
  }

  private static BufferedImage filled(int width, int height, int colour) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, colour);
    }
    return image;
  }

  private static byte[] srgb() {
    return ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
  }

  /** Where a tag stands in a profile's table. */
  private static int entry(ByteBuffer profile, int tag) {
    int entry = 132;
    while (profile.getInt(entry) != tag) {
      entry += 12;
    }
    return entry;
  }

  private static byte[] profile(byte[] icc) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(new byte[] {'p', 0, 0});
    try (DeflaterOutputStream out = new DeflaterOutputStream(data)) {
      out.write(icc);
    }
    return data.toByteArray();
  }

  /** A PNG with one more chunk after its header. */
  private org.apache.hadoop.fs.Path png(BufferedImage image, String chunk, byte[] data)
      throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ImageIO.write(image, "png", plain);
    int header = 8 + 25;
    CRC32 sum = new CRC32();
    sum.update(chunk.getBytes(StandardCharsets.US_ASCII));
    sum.update(data);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(plain.toByteArray(), 0, header);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(chunk.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    out.write(plain.toByteArray(), header, plain.size() - header);
    Path file = Files.createTempFile(folder, chunk, ".png");
    Files.write(file, out.toByteArray());
    return Pictures.path(file);
  }
}
