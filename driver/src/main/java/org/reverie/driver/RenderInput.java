package org.reverie.driver;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.RenderJob;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.print.StandardProfile;
import org.reverie.executor.store.ChunkGrid;
import org.reverie.executor.store.Key;
import org.reverie.executor.store.Store;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.start.Start;

/** What a render starts from: a picture, or nothing but a formula. */
final class RenderInput implements AutoCloseable {
  private final String start;
  private final Optional<Picture> picture;
  private final String hash;

  private RenderInput(String start, Optional<Picture> picture, String hash) {
    this.start = start;
    this.picture = picture;
    this.hash = hash;
  }

  /**
   * Opens the input of a job and reads its header.
   *
   * @throws org.reverie.conf.UserException if there is none, or it is no picture
   */
  static RenderInput open(RenderJob job, Configuration configuration) throws IOException {
    String source = job.input().source();
    if (Start.parse(source, job.dream().seed()).isPresent()) {
      return new RenderInput(source, Optional.empty(), "");
    }
    Path path = Places.path(source, configuration);
    FileSystem fileSystem = Places.fileSystem(path, configuration);
    Picture picture =
        PictureReader.open(fileSystem, path, Background.parse(job.input().background()));
    try {
      return new RenderInput("", Optional.of(picture), hash(fileSystem, path));
    } catch (IOException | RuntimeException e) {
      picture.close();
      throw e;
    }
  }

  /** The name of the formula; empty for a picture. */
  String start() {
    return start;
  }

  /** SHA-256 of the picture's file; empty for a formula. */
  String hash() {
    return hash;
  }

  /** Size of the picture, upright; null for a formula. */
  Size size() {
    return picture.map(Picture::size).orElse(null);
  }

  /** Bits per sample of the picture; 8 for a formula. */
  int bitsPerSample() {
    return picture.map(Picture::bitsPerSample).orElse(8);
  }

  /** ICC profile of the RGB values. */
  byte[] profile() {
    return picture.map(Picture::profile).orElseGet(StandardProfile::srgb);
  }

  /** What was done to the picture, for people. */
  List<String> notes() {
    return picture.map(Picture::notes).orElse(List.of());
  }

  /** Streams the picture into chunks of its own size, a row of chunks in memory at a time. */
  void store(Store store) throws IOException {
    if (picture.isEmpty()) {
      return;
    }
    ChunkGrid grid = new ChunkGrid(size());
    int width = Math.toIntExact(size().width());
    for (int row = 0; row < grid.rows(); row++) {
      Rectangle first = grid.rectangle(row * grid.columns());
      int height = (int) first.height();
      float[] strip = new float[Math.multiplyExact(3 * width, height)];
      picture.get().readRows(first.y(), height, strip);
      for (int column = 0; column < grid.columns(); column++) {
        int chunk = row * grid.columns() + column;
        Rectangle part = grid.rectangle(chunk);
        store.write(Key.input(chunk), part, cut(strip, width, height, part));
      }
    }
  }

  private static float[] cut(float[] strip, int width, int height, Rectangle part) {
    int partWidth = (int) part.width();
    float[] planes = new float[3 * partWidth * height];
    for (int row = 0; row < 3 * height; row++) {
      System.arraycopy(strip, row * width + (int) part.x(), planes, row * partWidth, partWidth);
    }
    return planes;
  }

  static String hash(FileSystem fileSystem, Path path) throws IOException {
    try (InputStream in = fileSystem.open(path)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      int count;
      while ((count = in.read(buffer)) > 0) {
        digest.update(buffer, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (picture.isPresent()) {
      picture.get().close();
    }
  }
}
