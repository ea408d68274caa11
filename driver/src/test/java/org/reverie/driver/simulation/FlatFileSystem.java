package org.reverie.driver.simulation;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.reverie.executor.store.Kind;

/**
 * Keeps a canvas of one colour, {@code flat:}, in next to no memory: of a file of planes its header
 * and one value per channel. Planes that are not flat are refused, so that nothing is lost unseen.
 * Other files are kept as they are.
 */
public final class FlatFileSystem extends FileSystem {
  private static final URI ROOT = URI.create("flat:///");
  private static final Map<String, Stored> FILES = new ConcurrentSkipListMap<>();
  private static final Map<String, Stored> TEMPLATES = new ConcurrentSkipListMap<>();
  private static final int FIXED_HEADER = 68;
  private static final int CHUNK_EDGE = 512;
  private static final Pattern PLANES =
      Pattern.compile("/work/(\\w+)/octave-(\\d+)/round-(\\d+)/(\\d+)\\.planes");

  /** The canvas whose chunks are all alike, if any: octave, width and height. */
  private static volatile long[] alike = {-1, 0, 0};

  /**
   * From now on every chunk of that octave that was never stored is there: as the one of the same
   * size that was stored last, under its own name and in its own place.
   */
  public static void fill(int octave, long width, long height) {
    alike = new long[] {octave, width, height};
  }

  /** A file: its first bytes, then each value {@code repeats} times. */
  private record Stored(byte[] head, float[] values, long repeats, long time) {
    long length() {
      return head.length + 4 * values.length * repeats;
    }

    int at(long position) {
      if (position < head.length) {
        return head[(int) position] & 0xff;
      }
      long offset = position - head.length;
      int bits = Float.floatToRawIntBits(values[(int) (offset / 4 / repeats)]);
      return bits >>> 8 * (int) (offset % 4) & 0xff;
    }

    int read(long position, byte[] buffer, int start, int length) {
      if (length == 0) {
        return 0; // InputStream.readAllBytes takes -1 for the end
      }
      long left = Math.min(length, length() - position);
      if (left <= 0) {
        return -1;
      }
      int end = start + (int) left;
      int i = start;
      for (; i < end && (position < head.length || (position - head.length) % 4 != 0); i++) {
        buffer[i] = (byte) at(position++);
      }
      ByteBuffer out = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
      while (i + 4 <= end) {
        long index = (position - head.length) / 4;
        int channel = (int) (index / repeats);
        long run = Math.min((end - i) / 4, (channel + 1) * repeats - index);
        for (long k = 0; k < run; k++) {
          out.putFloat(i, values[channel]);
          i += 4;
        }
        position += 4 * run;
      }
      for (; i < end; i++) {
        buffer[i] = (byte) at(position++);
      }
      return (int) left;
    }
  }

  @Override
  public String getScheme() {
    return "flat";
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    Stored file = FILES.get(name(path));
    if (file == null) {
      file = alike(name(path));
    }
    if (file == null) {
      throw new FileNotFoundException(path.toString());
    }
    return new FSDataInputStream(new Reading(file));
  }

  private static Stored alike(String name) {
    Matcher matcher = PLANES.matcher(name);
    long[] canvas = alike;
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) != canvas[0]) {
      return null;
    }
    long columns = (canvas[1] - 1) / CHUNK_EDGE + 1;
    int index = Integer.parseInt(matcher.group(4));
    long x = index % columns * CHUNK_EDGE;
    long y = index / columns * CHUNK_EDGE;
    long width = Math.min(CHUNK_EDGE, canvas[1] - x);
    long height = Math.min(CHUNK_EDGE, canvas[2] - y);
    Stored like = TEMPLATES.get(width + " x " + height);
    if (like == null) {
      return null;
    }
    byte[] head = like.head().clone();
    ByteBuffer header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(12, Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)).ordinal());
    header.putInt(16, Integer.parseInt(matcher.group(2)));
    header.putInt(20, Integer.parseInt(matcher.group(3)));
    header.putInt(24, index);
    header.putLong(32, x);
    header.putLong(40, y);
    CRC32C checksum = new CRC32C();
    checksum.update(head, 0, head.length - 4);
    header.putInt(head.length - 4, (int) checksum.getValue());
    return new Stored(head, like.values(), like.repeats(), like.time());
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    OutputStream writing =
        new ByteArrayOutputStream(1024) {
          @Override
          public void close() {
            FILES.put(name(path), stored(path, Arrays.copyOf(buf, count)));
          }
        };
    return new FSDataOutputStream(writing, null);
  }

  private static Stored stored(Path path, byte[] bytes) {
    long now = System.currentTimeMillis();
    if (!path.getName().endsWith(".planes")) {
      return new Stored(bytes, new float[0], 1, now);
    }
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int channels = file.getInt(28);
    long pixels = file.getLong(48) * file.getLong(56);
    int bands = (int) ((file.getLong(56) + 63) / 64);
    int header = FIXED_HEADER + 4 * channels * bands + 4;
    float[] values = new float[channels];
    file.position(header);
    for (int channel = 0; channel < channels; channel++) {
      values[channel] = file.getFloat(header + (int) (4 * channel * pixels));
      for (long i = 0; i < pixels; i++) {
        if (file.getFloat() != values[channel]) {
          throw new IllegalArgumentException(path + " is not flat");
        }
      }
    }
    Stored stored = new Stored(Arrays.copyOf(bytes, header), values, pixels, now);
    TEMPLATES.put(file.getLong(48) + " x " + file.getLong(56), stored);
    return stored;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    String name = name(path);
    Stored file = FILES.get(name);
    if (file != null) {
      return new FileStatus(file.length(), false, 1, 1 << 20, file.time(), makeQualified(path));
    }
    if (name.equals("/") || FILES.keySet().stream().anyMatch(key -> key.startsWith(name + "/"))) {
      return new FileStatus(0, true, 1, 1 << 20, 0, makeQualified(path));
    }
    throw new FileNotFoundException(path.toString());
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    String folder = name(path).equals("/") ? "/" : name(path) + "/";
    Map<String, FileStatus> children = new TreeMap<>();
    for (String key : FILES.keySet()) {
      if (key.startsWith(folder)) {
        String child = key.substring(folder.length()).split("/", 2)[0];
        children.put(child, getFileStatus(new Path(path, child)));
      }
    }
    if (children.isEmpty()) {
      throw new FileNotFoundException(path.toString());
    }
    return children.values().toArray(FileStatus[]::new);
  }

  @Override
  public boolean delete(Path path, boolean recursive) {
    String name = name(path);
    boolean any = FILES.remove(name) != null;
    return FILES.keySet().removeIf(key -> key.startsWith(name + "/")) || any;
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) {
    return true;
  }

  @Override
  public boolean rename(Path from, Path to) {
    throw new UnsupportedOperationException("a render renames nothing");
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("a render appends to nothing");
  }

  @Override
  public void setWorkingDirectory(Path path) {}

  @Override
  public Path getWorkingDirectory() {
    return new Path("flat:///");
  }

  private static String name(Path path) {
    return path.toUri().getPath();
  }

  private static final class Reading extends FSInputStream {
    private final Stored file;
    private long position;

    Reading(Stored file) {
      this.file = file;
    }

    @Override
    public void seek(long to) throws IOException {
      if (to < 0 || to > file.length()) {
        throw new EOFException("at " + to);
      }
      position = to;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public boolean seekToNewSource(long target) {
      return false;
    }

    @Override
    public int read() {
      return position < file.length() ? file.at(position++) : -1;
    }

    @Override
    public int read(byte[] buffer, int start, int length) {
      int count = file.read(position, buffer, start, length);
      position += Math.max(0, count);
      return count;
    }
  }
}
