package org.reverie.tiling;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A little-endian float32 array in C order, as {@code numpy.save} writes it. */
public record NumpyArray(int[] shape, float[] values) {
  public static NumpyArray read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int header = Short.toUnsignedInt(bytes.getShort(8));
    String text = new String(bytes.array(), 10, header, StandardCharsets.US_ASCII);
    if (!text.contains("'<f4'") || text.contains("'fortran_order': True")) {
      throw new IOException(text);
    }
    Matcher matcher = Pattern.compile("'shape': \\(([0-9, ]+)\\)").matcher(text);
    if (!matcher.find()) {
      throw new IOException(text);
    }
    int[] shape =
        Arrays.stream(matcher.group(1).split("[, ]+")).mapToInt(Integer::parseInt).toArray();
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    bytes.position(10 + header);
    bytes.asFloatBuffer().get(values);
    return new NumpyArray(shape, values);
  }

  public Size size() {
    return new Size(shape[2], shape[1]);
  }

  /** The shared test material beside the repository, or where REVERIE_SHARED says. */
  public static Path shared() {
    String given = System.getenv("REVERIE_SHARED");
    return given != null ? Path.of(given) : Path.of("..", "..", "shared");
  }
}
