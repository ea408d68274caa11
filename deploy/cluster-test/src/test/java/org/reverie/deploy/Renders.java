package org.reverie.deploy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The render of these tests: two octaves of a small picture, the first of which exchanges state
 * after every step, the second once.
 */
final class Renders {
  private Renders() {}

  /** The command, with input, work directory and print in one storage. */
  static List<String> command(Storage storage, String name, String... more) {
    String input = storage.uri("input.png");
    write(storage, input, picture());
    List<String> command = new ArrayList<>(List.of("render", input));
    command.addAll(List.of("--out", storage.uri(name + ".tif")));
    command.addAll(List.of("--work-dir", storage.uri(name + "-work")));
    command.addAll(List.of("--width", "224px", "--height", "160px", "--octaves", "2"));
    command.addAll(List.of("--iterations", "4", "--jitter", "8", "--threads", "1"));
    command.addAll(List.of("--tile", "64", "--halo", "16", "--overlap", "16", "--sync", "octave"));
    command.addAll(List.of(more));
    return command;
  }

  static byte[] print(Storage storage, String name) {
    Path path = new Path(storage.uri(name + ".tif"));
    try (var in = storage.fileSystem().open(path)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Storage storage, String uri, byte[] bytes) {
    try {
      FileSystem fileSystem = storage.fileSystem();
      try (OutputStream out = fileSystem.create(new Path(uri), true)) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] picture() {
    BufferedImage image = new BufferedImage(120, 90, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 90; y++) {
      for (int x = 0; x < 120; x++) {
        int red = (int) (127 + 120 * Math.sin(x * 0.13) * Math.cos(y * 0.07));
        int green = (x * 2 + y) % 256;
        int blue = (int) (127 + 100 * Math.sin((x + 2 * y) * 0.05));
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
