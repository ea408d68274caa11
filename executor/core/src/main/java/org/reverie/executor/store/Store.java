package org.reverie.executor.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.hdfs.CannotObtainBlockLengthException;
import org.reverie.executor.place.UnwritableException;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

/**
 * The work directory of a render. Every file is created, written and closed under its final name
 * from what is in memory; nothing is renamed, since object stores cannot. What a killed writer left
 * is told by its length and checksums. Safe for use by many threads and processes: writers of one
 * key write the same bytes.
 */
public final class Store {
  /** What is read or written at once of a local file. */
  static final int PIECE_BYTES = 256 << 10;

  private static final String PLAN = "plan.json";
  private static final String STATUS = "status.json";
  private static final String MANIFESTS = "manifest";
  private static final Pattern OCTAVE = Pattern.compile("octave-\\d{2,}");
  private static final Pattern ROUND = Pattern.compile("round-\\d{4,}");
  private static final Pattern PLANES = Pattern.compile("\\d{6,}\\.planes(\\.sums|\\.pieces)?");
  private static final Pattern MANIFEST = Pattern.compile("octave-\\d{2,}-round-\\d{4,}\\.json");

  /** How a status begins, in whatever way a JSON printer sets its spaces. */
  private static final Pattern STATUS_START =
      Pattern.compile(
          "\\{\\s{0,9}\"state\"\\s{0,9}:\\s{0,9}\"(running|stopped|finished)\"\\s{0,9},"
              + "\\s{0,9}\"detail\"\\s{0,9}:");

  /** Of a file that somebody else may have made. */
  private static final int HEAD_BYTES = 256;

  private final FileSystem fileSystem;
  private final Path root;
  private final boolean local;

  /**
   * Whether files are created without Hadoop, whose local file system starts a process, chmod, for
   * each of them: as long as a megapixel takes to be written.
   */
  private final boolean direct;

  private final RecentPlanes recent;

  /**
   * @param fileSystem where the directory lies
   * @param root the work directory; made with the first file
   */
  public Store(FileSystem fileSystem, Path root) {
    this(fileSystem, root, new RecentPlanes(0));
  }

  private Store(FileSystem fileSystem, Path root, RecentPlanes recent) {
    this.recent = recent;
    // The checksummed local file system keeps a second file beside each; ours carry their own.
    this.fileSystem = fileSystem instanceof LocalFileSystem checked ? checked.getRaw() : fileSystem;
    this.root = this.fileSystem.makeQualified(root);
    this.local = this.fileSystem instanceof RawLocalFileSystem;
    this.direct = this.fileSystem.getClass() == RawLocalFileSystem.class;
  }

  /**
   * The store of a work directory.
   *
   * @param root path or URI; without a scheme, the configuration's default file system
   * @throws IOException if its file system cannot be reached
   */
  public static Store open(String root, Configuration configuration) throws IOException {
    Path path = new Path(root);
    return new Store(path.getFileSystem(configuration), path);
  }

  /**
   * The same work directory through a store that keeps what it wrote last in memory as well.
   *
   * @param mostBytes for that
   */
  public Store remembering(long mostBytes) {
    return new Store(fileSystem, root, new RecentPlanes(mostBytes));
  }

  /** The work directory. */
  public Path root() {
    return root;
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  /** The file of a key, whether it exists or not. */
  public Path file(Key key) {
    return new Path(root, key.path());
  }

  /**
   * Stores planes under their key. A whole file of the same bytes is left alone, anything else is
   * written over.
   *
   * @param rectangle where they lie, canvas coordinates, not empty
   * @param planes CHW: channels x rectangle height x rectangle width; not to be changed afterwards
   *     if this store remembers
   */
  public void write(Key key, Rectangle rectangle, float[] planes) throws IOException {
    if (rectangle.isEmpty() || planes.length == 0 || planes.length % rectangle.pixels() != 0) {
      throw new IllegalArgumentException(planes.length + " values for " + rectangle);
    }
    int channels = Math.toIntExact(planes.length / rectangle.pixels());
    Planes stored = new Planes(rectangle, channels, planes);
    write(stored, ChunkHeader.of(key, stored));
    recent.put(key, stored);
  }

  private void write(Planes stored, ChunkHeader header) throws IOException {
    Path file = file(header.key());
    float[] planes = stored.values();
    byte[] start = header.encode(planes);
    // To write over a whole file would truncate it under its readers: an executor that was given up
    // for lost may come late.
    if (holds(file, header, start, planes)) {
      return;
    }
    try (OutputStream out = create(file)) {
      out.write(start);
      for (int band = 0; band < header.checksums().length; band++) {
        write(out, header.encodeBand(planes, band), header.bandBytes(band));
      }
    } catch (IOException | FSError e) {
      throw UnwritableException.of(file, e);
    }
  }

  /**
   * In pieces: handed more at once, the local file system copies it into fresh memory, which takes
   * five times as long as writing it.
   */
  private static void write(OutputStream out, byte[] bytes, int length) throws IOException {
    for (int at = 0; at < length; at += PIECE_BYTES) {
      out.write(bytes, at, Math.min(PIECE_BYTES, length - at));
    }
  }

  /**
   * Reads and verifies all planes of a key.
   *
   * @return empty if there is no such file
   * @throws CorruptChunkException if it is not whole
   */
  public Optional<Planes> read(Key key) throws IOException {
    try (ChunkReader reader = ChunkReader.open(this, key)) {
      Rectangle rectangle = reader.rectangle();
      int channels = reader.channels();
      int length = Math.toIntExact(Math.multiplyExact(rectangle.pixels(), channels));
      Planes planes = new Planes(rectangle, channels, new float[length]);
      reader.copy(rectangle, planes.values(), rectangle);
      return Optional.of(planes);
    } catch (MissingChunkException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads and verifies a part of the planes of a key, and little more of the file than that.
   *
   * @param part canvas coordinates, inside the stored rectangle
   * @param out CHW planes of {@code outRectangle}, which contains {@code part}; the rest of it is
   *     left alone
   * @throws MissingChunkException if there is no such file
   * @throws CorruptChunkException if what was read of it is not whole
   */
  public void readInto(Key key, Rectangle part, float[] out, Rectangle outRectangle)
      throws IOException {
    Optional<Planes> kept = recent.get(key);
    if (kept.isPresent()) {
      kept.get().copy(part, out, outRectangle);
      return;
    }
    try (ChunkReader reader = ChunkReader.open(this, key)) {
      reader.copy(part, out, outRectangle);
    }
  }

  /**
   * Reads and verifies a part of the planes of a key, without a copy where this store remembers
   * them.
   *
   * @param part canvas coordinates, inside the stored rectangle
   * @param channels that are stored
   * @return the part or more, not to be changed
   * @throws MissingChunkException if there is no such file
   * @throws CorruptChunkException if what was read of it is not whole
   */
  Planes around(Key key, Rectangle part, int channels) throws IOException {
    Optional<Planes> kept = recent.get(key);
    if (kept.isPresent()) {
      return kept.get();
    }
    float[] values = new float[Math.toIntExact(Math.multiplyExact(channels, part.pixels()))];
    try (ChunkReader reader = ChunkReader.open(this, key)) {
      reader.copy(part, values, part);
    }
    return new Planes(part, channels, values);
  }

  /**
   * Stores the sums of |g| that belong to planes; before the planes, so that planes never lack
   * them.
   *
   * @param sums one per iteration
   */
  public void writeSums(Key key, double[] sums) throws IOException {
    write(sumsFile(key), SealedJson.seal(new ObjectMapper().writeValueAsBytes(sums)));
  }

  /**
   * The sums that belong to planes.
   *
   * @throws MissingChunkException if there are none
   * @throws CorruptChunkException if they are not whole
   */
  public double[] readSums(Key key) throws IOException {
    Path file = sumsFile(key);
    Optional<byte[]> bytes = readBytes(file);
    if (bytes.isEmpty()) {
      throw new MissingChunkException(key, file, null);
    }
    return new ObjectMapper().readValue(SealedJson.open(bytes.get(), file), double[].class);
  }

  /**
   * Remembers in how many pieces a tile's window was seen; before its planes.
   *
   * @param pieces 1 is whole, of which nothing need be stored
   */
  public void writePieces(Key key, int pieces) throws IOException {
    if (pieces > 1) {
      write(piecesFile(key), SealedJson.seal(new ObjectMapper().writeValueAsBytes(pieces)));
    }
  }

  /** In how many pieces a stored tile's window was seen; 1 is whole. */
  public int readPieces(Key key) throws IOException {
    Path file = piecesFile(key);
    Optional<byte[]> bytes = readBytes(file);
    return bytes.isEmpty()
        ? 1
        : new ObjectMapper().readValue(SealedJson.open(bytes.get(), file), Integer.class);
  }

  private Path piecesFile(Key key) {
    return new Path(root, key.path() + ".pieces");
  }

  private Path sumsFile(Key key) {
    return new Path(root, key.path() + ".sums");
  }

  /**
   * The rectangle that is stored under a key; empty if there is none.
   *
   * @throws CorruptChunkException if the header is not whole
   */
  public Optional<Rectangle> rectangle(Key key) throws IOException {
    try (ChunkReader reader = ChunkReader.open(this, key)) {
      return Optional.of(reader.rectangle());
    } catch (MissingChunkException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a key was stored to its end: its header is intact and the file has the length that it
   * says. A damaged pixel is only found by reading.
   */
  public boolean exists(Key key) throws IOException {
    try (ChunkReader reader = ChunkReader.open(this, key)) {
      return fileSystem.getFileStatus(file(key)).getLen() == reader.fileBytes();
    } catch (MissingChunkException | CorruptChunkException e) {
      return false;
    }
  }

  /** A canvas stored in chunks. */
  public StoredCanvas canvas(Kind kind, int octave, int round, Size size) {
    return canvas(kind, octave, round, new ChunkGrid(size));
  }

  /** A canvas stored as the rectangles of a partition, each under its index. */
  public StoredCanvas canvas(Kind kind, int octave, int round, Partition partition) {
    return new StoredCanvas(this, kind, octave, round, partition);
  }

  /** Deletes all planes of a kind, octave and round, and nothing else; none is no error. */
  public void deleteGeneration(Kind kind, int octave, int round) throws IOException {
    new Clearing(fileSystem, direct)
        .clear(new Path(root, Key.folder(kind, octave, round)), List.of(PLANES));
  }

  /** Deletes the planes of a key; none is no error. */
  public void delete(Key key) throws IOException {
    fileSystem.delete(file(key), false);
  }

  /** Deletes the manifest of a round, which counts as not ended from then on; none is no error. */
  public void deleteManifest(int octave, int round) throws IOException {
    fileSystem.delete(new Path(root, MANIFESTS + "/" + Manifest.fileName(octave, round)), false);
  }

  /** Stores a manifest; the last thing that is written of its round. */
  public void writeManifest(Manifest manifest) throws IOException {
    write(
        new Path(root, MANIFESTS + "/" + manifest.fileName()), SealedJson.seal(manifest.toJson()));
  }

  /**
   * The manifest of a round; empty if there is none or it is not whole, for then the round did not
   * end.
   */
  public Optional<Manifest> readManifest(int octave, int round) throws IOException {
    Path file = new Path(root, MANIFESTS + "/" + Manifest.fileName(octave, round));
    Optional<byte[]> bytes = readBytes(file);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Manifest.fromJson(SealedJson.open(bytes.get(), file)));
    } catch (CorruptChunkException e) {
      return Optional.empty();
    }
  }

  /**
   * Stores the resolved plan, before anything else.
   *
   * @param plan JSON in UTF-8
   */
  public void writePlan(byte[] plan) throws IOException {
    write(new Path(root, PLAN), SealedJson.seal(plan));
  }

  /**
   * The plan, byte for byte as it was written; empty if there is none, or if its writer was killed
   * and so nothing came after it.
   *
   * @throws CorruptChunkException if it was whole once and is damaged
   */
  public Optional<byte[]> readPlan() throws IOException {
    Path file = new Path(root, PLAN);
    Optional<byte[]> bytes = readBytes(file);
    if (bytes.isEmpty() || !SealedJson.complete(bytes.get())) {
      return Optional.empty();
    }
    return Optional.of(SealedJson.open(bytes.get(), file));
  }

  /** How a render stands. */
  public enum State {
    RUNNING,
    STOPPED,
    FINISHED
  }

  /**
   * Writes how the render stands, for whoever watches from outside.
   *
   * @param detail for people
   * @return false if somebody else's file is in the place, which is kept
   */
  public boolean writeStatus(State state, String detail) throws IOException {
    Path file = new Path(root, STATUS);
    if (!isOurs(file, STATUS_START)) {
      return false;
    }
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", state.name().toLowerCase(Locale.ROOT));
    status.put("detail", detail);
    try {
      write(file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(status));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a status holds text only", e);
    }
    return true;
  }

  /**
   * Files of somebody else in the places of plan, status and lease, which would be written over. An
   * empty one counts as ours, and so does what a killed writer left of ours.
   */
  public List<Path> foreign() throws IOException {
    List<Path> foreign = new ArrayList<>();
    for (String name : List.of(PLAN, STATUS, Lease.FILE)) {
      Path file = new Path(root, name);
      if (!isOurs(file, name.equals(STATUS) ? STATUS_START : SealedJson.BEGINNING)) {
        foreign.add(file);
      }
    }
    return foreign;
  }

  private boolean isOurs(Path file, Pattern start) throws IOException {
    try {
      if (fileSystem.getFileStatus(file).isDirectory()) {
        return false;
      }
      try (FSDataInputStream in = open(file)) {
        Matcher head =
            start.matcher(new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1));
        return head.lookingAt() || head.hitEnd();
      }
    } catch (FileNotFoundException | CorruptChunkException e) {
      return true; // none, or one whose writer was killed before it had any byte
    }
  }

  /** What lies in the work directory itself, under names that neither stores nor leases use. */
  public List<Path> others() throws IOException {
    Set<String> names = new HashSet<>(List.of(PLAN, STATUS, Lease.FILE, MANIFESTS));
    for (Kind kind : Kind.values()) {
      names.add(kind.folder());
    }
    return Arrays.stream(Clearing.list(fileSystem, root))
        .map(FileStatus::getPath)
        .filter(path -> !names.contains(path.getName()))
        .toList();
  }

  /**
   * Deletes what stores write, and nothing else, and the folders that are empty then.
   *
   * @return what else lies in the folders of stores, or in the place of plan or status
   */
  public List<Path> reset() throws IOException {
    // The plan goes last: while it stands, what is left can be told to be ours.
    Clearing clearing = new Clearing(fileSystem, direct);
    for (Kind kind : Kind.values()) {
      clearing.clear(new Path(root, kind.folder()), List.of(OCTAVE, ROUND, PLANES));
    }
    clearing.clear(new Path(root, MANIFESTS), List.of(MANIFEST));
    List<Path> kept = new ArrayList<>(clearing.kept());
    List<Path> foreign = foreign();
    for (String name : List.of(STATUS, PLAN)) {
      Path file = new Path(root, name);
      if (foreign.contains(file)) {
        kept.add(file);
      } else {
        fileSystem.delete(file, false);
      }
    }
    return kept;
  }

  /** Whether reading from the middle of a file costs no more than reading on. */
  boolean seeksAreCheap() {
    return local;
  }

  void write(Path file, byte[] bytes) throws IOException {
    try (OutputStream out = create(file)) {
      out.write(bytes);
    } catch (IOException | FSError e) {
      throw UnwritableException.of(file, e);
    }
  }

  private OutputStream create(Path file) throws IOException {
    if (direct) {
      java.nio.file.Path path = java.nio.file.Path.of(file.toUri().getPath());
      try {
        return Files.newOutputStream(path);
      } catch (NoSuchFileException e) {
        Files.createDirectories(path.getParent());
        return Files.newOutputStream(path);
      }
    }
    return fileSystem.create(
        file,
        true,
        64 << 10,
        fileSystem.getDefaultReplication(file),
        fileSystem.getDefaultBlockSize(file),
        null);
  }

  private boolean holds(Path file, ChunkHeader header, byte[] start, float[] planes)
      throws IOException {
    try (FSDataInputStream in = open(file)) {
      if (!continues(in, start, start.length)) {
        return false;
      }
      for (int band = 0; band < header.checksums().length; band++) {
        if (!continues(in, header.encodeBand(planes, band), header.bandBytes(band))) {
          return false;
        }
      }
      return in.read() < 0;
    } catch (FileNotFoundException | CorruptChunkException e) {
      return false;
    }
  }

  private static boolean continues(FSDataInputStream in, byte[] expected, int length)
      throws IOException {
    byte[] part = new byte[Math.min(PIECE_BYTES, length)];
    for (int at = 0; at < length; at += part.length) {
      int wanted = Math.min(part.length, length - at);
      if (in.readNBytes(part, 0, wanted) < wanted
          || !Arrays.equals(part, 0, wanted, expected, at, at + wanted)) {
        return false;
      }
    }
    return true;
  }

  /** All of a file, empty if there is none; no byte if its writer did not finish it. */
  Optional<byte[]> readBytes(Path file) throws IOException {
    try (FSDataInputStream in = open(file)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (CorruptChunkException e) {
      return Optional.of(new byte[0]);
    }
  }

  /**
   * Opens a file.
   *
   * @throws CorruptChunkException if its writer was killed before a data node of HDFS had any of
   *     it: then its length cannot be told until the name node notices, an hour later at most
   */
  FSDataInputStream open(Path file) throws IOException {
    try {
      return fileSystem.open(file);
    } catch (CannotObtainBlockLengthException e) {
      throw new CorruptChunkException(file, "its writer did not finish it", e);
    }
  }
}
