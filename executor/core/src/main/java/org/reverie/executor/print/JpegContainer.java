package org.reverie.executor.print;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.reverie.tiling.Rectangle;
import org.w3c.dom.NodeList;

/**
 * Baseline JPEG (ITU-T T.81) in JFIF 1.02, quality 95, no chroma subsampling.
 *
 * <p>Every strip is encoded by the JDK as a picture of its own, with the same fixed tables. Its
 * entropy-coded segment starts from zero predictions and ends on a byte boundary, which is what
 * T.81 asks of the segment between two restart markers: the file is the strips' segments joined by
 * RST0 .. RST7 under one frame header.
 */
final class JpegContainer implements Container {
  private static final float QUALITY = 0.95f;
  private static final int BLOCK = 8;
  private static final int LARGEST_SEGMENT = 65_533;
  private static final byte[] EXIF = "Exif\0\0II*\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ICC = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] XMP =
      "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] XMP_EXTENSION =
      "http://ns.adobe.com/xmp/extension/\0".getBytes(StandardCharsets.US_ASCII);

  private final PrintSpecification specification;
  private int written;

  JpegContainer(PrintSpecification specification) {
    this.specification = specification;
  }

  /** The strip's entropy-coded segment. */
  static byte[] encodeStrip(Rectangle piece, float[] planes) {
    byte[] file = encodeAlone((int) piece.width(), (int) piece.height(), planes);
    int start = entropyStart(file);
    return Arrays.copyOfRange(file, start, file.length - 2);
  }

  private static byte[] encodeAlone(int width, int height, float[] planes) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int pixels = width * height;
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int position = y * width + x;
        row[x] =
            Quantisation.eight(planes[position]) << 16
                | Quantisation.eight(planes[pixels + position]) << 8
                | Quantisation.eight(planes[2 * pixels + position]);
      }
      image.getRaster().setDataElements(0, y, width, 1, row);
    }
    ImageWriter writer = jdkWriter();
    try {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(QUALITY);
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), param);
      IIOMetadataNode root =
          (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
      NodeList components = root.getElementsByTagName("componentSpec");
      for (int i = 0; i < components.getLength(); i++) {
        IIOMetadataNode component = (IIOMetadataNode) components.item(i);
        component.setAttribute("HsamplingFactor", "1");
        component.setAttribute("VsamplingFactor", "1");
      }
      metadata.setFromTree(metadata.getNativeMetadataFormatName(), root);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      // Without ImageIO's own file among the temporary ones.
      try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
        writer.setOutput(out);
        writer.write(null, new IIOImage(image, null, metadata), param);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("encoding a strip in memory", e);
    } finally {
      writer.dispose();
    }
  }

  /** The JDK's own writer, whatever other plug-ins the class path carries: bytes depend on it. */
  private static ImageWriter jdkWriter() {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
    while (writers.hasNext()) {
      ImageWriter writer = writers.next();
      if (writer.getClass().getName().startsWith("com.sun.imageio.")) {
        return writer;
      }
      writer.dispose();
    }
    throw new IllegalStateException("this Java runtime has no JPEG writer (module java.desktop)");
  }

  @Override
  public void begin(PrintFile out) throws IOException {
    out.write(new byte[] {(byte) 0xFF, (byte) 0xD8});
    writeResolution(out);
    if (!specification.recipe().isEmpty()) {
      writeRecipe(out);
    }
    writeProfile(out);
    writeTables(out);
  }

  /**
   * JFIF holds whole numbers only. Any other resolution goes into Exif, and JFIF states none, since
   * some readers (Pillow) take JFIF's where both state one.
   */
  private void writeResolution(PrintFile out) throws IOException {
    double pixelsPerInch = specification.pixelsPerInch();
    boolean whole = pixelsPerInch == Math.rint(pixelsPerInch);
    short density = (short) (whole ? pixelsPerInch : 1);
    ByteBuffer jfif = ByteBuffer.allocate(14);
    jfif.put("JFIF\0".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 2);
    jfif.put((byte) (whole ? 1 : 0)).putShort(density).putShort(density);
    segment(out, 0xE0, jfif.array());
    if (!whole) {
      segment(out, 0xE1, exif(TiffContainer.rational(pixelsPerInch)));
    }
  }

  /**
   * An Exif block: horizontal and vertical resolution, their unit, the inch, and a tag it must
   * have.
   */
  private static byte[] exif(byte[] resolution) {
    int directory = 8;
    int rationals = directory + 2 + 4 * 12 + 4;
    ByteBuffer block = ByteBuffer.allocate(EXIF.length + rationals - 4 + 2 * resolution.length);
    block.order(ByteOrder.LITTLE_ENDIAN).put(EXIF).putInt(directory).putShort((short) 4);
    block.putShort((short) 282).putShort((short) 5).putInt(1).putInt(rationals);
    block.putShort((short) 283).putShort((short) 5).putInt(1);
    block.putInt(rationals + resolution.length);
    block.putShort((short) 296).putShort((short) 3).putInt(1).putInt(2);
    block.putShort((short) 531).putShort((short) 3).putInt(1).putInt(1);
    return block.putInt(0).put(resolution).put(resolution).array();
  }

  private void writeRecipe(PrintFile out) throws IOException {
    byte[] packet = XmpPacket.of(specification.recipe());
    if (XMP.length + packet.length <= LARGEST_SEGMENT) {
      segment(out, 0xE1, join(XMP, packet));
      return;
    }
    String digest;
    try {
      digest =
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("MD5").digest(packet))
              .toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    segment(out, 0xE1, join(XMP, XmpPacket.pointingTo(digest)));
    int room = 65_000;
    for (int start = 0; start < packet.length; start += room) {
      byte[] part = Arrays.copyOfRange(packet, start, Math.min(packet.length, start + room));
      byte[] place = ByteBuffer.allocate(8).putInt(packet.length).putInt(start).array();
      byte[] name = digest.getBytes(StandardCharsets.US_ASCII);
      segment(out, 0xE1, join(join(XMP_EXTENSION, name), join(place, part)));
    }
  }

  private void writeProfile(PrintFile out) throws IOException {
    byte[] profile = specification.profile();
    int room = LARGEST_SEGMENT - ICC.length - 2;
    int parts = (profile.length + room - 1) / room;
    if (parts > 255) {
      throw new IllegalArgumentException("a profile of " + profile.length + " bytes in a JPEG");
    }
    for (int part = 0; part < parts; part++) {
      byte[] numbers = {(byte) (part + 1), (byte) parts};
      int start = part * room;
      byte[] bytes = Arrays.copyOfRange(profile, start, Math.min(profile.length, start + room));
      segment(out, 0xE2, join(join(ICC, numbers), bytes));
    }
  }

  /**
   * Tables, frame and scan header of a picture of one block, with this print's size and interval.
   */
  private void writeTables(PrintFile out) throws IOException {
    byte[] block = encodeAlone(BLOCK, BLOCK, new float[3 * BLOCK * BLOCK]);
    ByteBuffer file = ByteBuffer.wrap(block);
    int position = 2;
    int end = entropyStart(block);
    while (position < end) {
      int marker = block[position + 1] & 255;
      int length = file.getShort(position + 2) & 0xFFFF;
      byte[] content = Arrays.copyOfRange(block, position + 4, position + 2 + length);
      if (marker == 0xC0) {
        ByteBuffer.wrap(content)
            .putShort(1, (short) specification.height())
            .putShort(3, (short) specification.width());
      }
      if (marker == 0xDA) {
        long across = (specification.width() + BLOCK - 1) / BLOCK;
        long interval = across * (specification.pieceHeight() / BLOCK);
        segment(out, 0xDD, ByteBuffer.allocate(2).putShort((short) interval).array());
      }
      if (marker < 0xE0) {
        segment(out, marker, content);
      }
      position += 2 + length;
    }
  }

  /** The first byte behind the scan header. */
  private static int entropyStart(byte[] file) {
    int position = 2;
    while ((file[position + 1] & 255) != 0xDA) {
      position += 2 + length(file, position);
    }
    return position + 2 + length(file, position);
  }

  private static int length(byte[] file, int segment) {
    return (file[segment + 2] & 255) << 8 | file[segment + 3] & 255;
  }

  @Override
  public void piece(byte[] encoded, PrintFile out) throws IOException {
    if (written > 0) {
      out.write(new byte[] {(byte) 0xFF, (byte) (0xD0 + (written - 1) % 8)});
    }
    written++;
    out.write(encoded);
  }

  @Override
  public void end(PrintFile out) throws IOException {
    out.write(new byte[] {(byte) 0xFF, (byte) 0xD9});
  }

  private static void segment(PrintFile out, int marker, byte[] content) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(4 + content.length);
    buffer.put((byte) 0xFF).put((byte) marker).putShort((short) (2 + content.length)).put(content);
    out.write(buffer.array());
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }
}
