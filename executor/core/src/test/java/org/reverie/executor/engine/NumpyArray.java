package org.reverie.executor.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of NumPy's file format 1.0
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), little-endian float32
 * in row-major order.
 *
 * @param shape lengths of the axes
 * @param values row-major
 */
public record NumpyArray(int[] shape, float[] values) {
  private static final int PREFIX_BYTES = 10;
  private static final Pattern HEADER =
      Pattern.compile("'descr': '<f4', 'fortran_order': False, 'shape': \\(([0-9, ]+)\\)");

  public static NumpyArray read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int headerBytes = Short.toUnsignedInt(bytes.getShort(8));
    String header = new String(bytes.array(), PREFIX_BYTES, headerBytes, StandardCharsets.US_ASCII);
    Matcher matcher = HEADER.matcher(header);
    if (bytes.get(6) != 1 || !matcher.find()) {
      throw new IOException(file + ": not an array of this kind: " + header);
    }
    String[] lengths = matcher.group(1).split("[, ]+");
    int[] shape = new int[lengths.length];
    int count = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Integer.parseInt(lengths[i]);
      count *= shape[i];
    }
    float[] values = new float[count];
    bytes.position(PREFIX_BYTES + headerBytes);
    bytes.asFloatBuffer().get(values);
    return new NumpyArray(shape, values);
  }

  public int height() {
    return shape[1];
  }

  public int width() {
    return shape[2];
  }
}
