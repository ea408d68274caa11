package org.reverie.executor.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.CannotObtainBlockLengthException;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;

class StoreTest {
  private static final Key KEY = new Key(Kind.STATE, 3, 2, 17);

  @TempDir Path folder;
  private Store store;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(folder.toUri().toString(), new Configuration());
  }

  @ParameterizedTest
  @CsvSource({
    "BASE, 0, 0, 0, base/octave-00/round-0000/000000.planes",
    "STATE, 3, 2, 17, state/octave-03/round-0002/000017.planes",
    "GRADIENT, 9, 9999, 999999, gradient/octave-09/round-9999/999999.planes",
    "RESULT, 10, 10000, 1000000, result/octave-10/round-10000/1000000.planes",
    "INPUT, 0, 0, 12, input/octave-00/round-0000/000012.planes",
  })
  void namesArePureFunctionsOfTheKey(Kind kind, int octave, int round, int index, String path) {
    assertEquals(path, new Key(kind, octave, round, index).path());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 512", "512, 1", "512, 512", "511, 513", "521, 67", "64, 64", "65, 128"})
  void whatIsWrittenIsRead(int width, int height) throws IOException {
    float[] values = noise(3 * width * height, 1);
    values[0] = Float.NaN;
    Rectangle rectangle = new Rectangle(1L << 33, -7, width, height);
    store.write(KEY, rectangle, values);
    Planes planes = store.read(KEY).orElseThrow();
    assertEquals(rectangle, planes.rectangle());
    assertEquals(3, planes.channels());
    assertArrayEquals(values, planes.values());
    assertTrue(store.exists(KEY));
    assertEquals(Optional.of(rectangle), store.rectangle(KEY));
  }

  /** Whoever writes finds it in memory; whoever comes from elsewhere finds the same in the file. */
  @Test
  void whatWasWrittenLastIsRemembered() throws IOException {
    Store remembering = store.remembering(1 << 20);
    Rectangle whole = new Rectangle(512, 1024, 100, 130);
    float[] values = noise(3 * 100 * 130, 4);
    remembering.write(KEY, whole, values);
    Rectangle part = new Rectangle(540, 1030, 30, 80);
    Rectangle around = part.grow(3);
    float[] ofMemory = new float[3 * 36 * 86];
    float[] ofFile = ofMemory.clone();
    remembering.readInto(KEY, part, ofMemory, around);
    store.readInto(KEY, part, ofFile, around);
    assertArrayEquals(ofFile, ofMemory);
    assertEquals(0, ofMemory[0], "what lies beside the part is left alone");
    assertEquals(values[6 * 100 + 28], ofMemory[3 * 36 + 3]);
  }

  @Test
  void noMoreIsRememberedThanMayBe() {
    RecentPlanes recent = new RecentPlanes(4 * 3 * 100);
    Rectangle rectangle = new Rectangle(0, 0, 10, 5);
    Planes half = new Planes(rectangle, 3, new float[150]);
    Key before = new Key(Kind.GRADIENT, 1, 4, 7);
    Key readAlready = new Key(Kind.STATE, 1, 5, 0);
    Key readNext = new Key(Kind.STATE, 1, 5, 1);
    Key now = new Key(Kind.STATE, 1, 6, 0);
    recent.put(readAlready, half);
    recent.put(before, half);
    recent.put(readNext, half);
    assertTrue(recent.get(before).isEmpty(), "the older generation goes first");
    assertTrue(recent.get(readAlready).isPresent());
    recent.put(now, half);
    assertTrue(recent.get(readAlready).isEmpty(), "then what the next iteration read first");
    assertTrue(recent.get(readNext).isPresent());
    recent.put(readNext, new Planes(new Rectangle(0, 0, 40, 5), 3, new float[600]));
    assertTrue(recent.get(readNext).isEmpty(), "more than all that may be kept");
    assertTrue(recent.get(now).isPresent());
  }

  @Test
  void aKeyIsFoundInTheNameOfItsFile() {
    for (Kind kind : Kind.values()) {
      Key key = new Key(kind, 12, 12345, 1234567);
      assertEquals(Optional.of(key), Key.ofFile("hdfs://host:1/w/" + key.path()));
      assertEquals(Optional.of(key), Key.ofFile("file:/w/" + key.path() + ".sums"));
    }
    assertEquals(Optional.empty(), Key.ofFile("file:/w/plan.json"));
    assertEquals(Optional.empty(), Key.ofFile("file:/w/guess/octave-00/round-0000/000000.planes"));
  }

  @Test
  void piecesAreRememberedBesideATile() throws IOException {
    Key key = new Key(Kind.RESULT, 1, 2, 3);
    assertEquals(1, store.readPieces(key));
    store.writePieces(key, 1);
    assertEquals(1, store.readPieces(key));
    store.writePieces(key, 16);
    assertEquals(16, store.readPieces(key));
    store.deleteGeneration(Kind.RESULT, 1, 2);
    assertEquals(1, store.readPieces(key));
  }

  @Test
  void theFileHasNoSidecarAndIsReadByAnyone() throws IOException {
    float[] values = noise(3 * 100 * 130, 2);
    store.write(KEY, new Rectangle(512, 1024, 100, 130), values);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    assertEquals(List.of(folder.resolve("state/octave-03/round-0002/000017.planes")), files);

    // An independent reading of the format as its Javadoc gives it.
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(files.get(0))).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertEquals("RVPLANES", new String(magic, StandardCharsets.US_ASCII));
    int[] fields = IntStream.range(0, 6).map(i -> bytes.getInt()).toArray();
    assertArrayEquals(new int[] {1, 1, 3, 2, 17, 3}, fields);
    assertEquals(512, bytes.getLong());
    assertEquals(1024, bytes.getLong());
    assertEquals(100, bytes.getLong());
    assertEquals(130, bytes.getLong());
    assertEquals(64, bytes.getInt());
    int payload = 68 + 4 * 9 + 4;
    assertEquals(payload + 4L * values.length, bytes.limit());
    assertEquals(bytes.getInt(payload - 4), checksum(bytes, 0, payload - 4));
    // Channel 1's last band: rows 128 and 129.
    assertEquals(bytes.getInt(68 + 4 * 5), checksum(bytes, payload + 4 * (13000 + 12800), 4 * 200));
    assertEquals(values[13000 + 12800], bytes.getFloat(payload + 4 * (13000 + 12800)));
  }

  @Test
  void whatIsNotThereIsNotThere() throws IOException {
    assertEquals(Optional.empty(), store.read(KEY));
    assertEquals(Optional.empty(), store.rectangle(KEY));
    assertFalse(store.exists(KEY));
    MissingChunkException missing =
        assertThrows(
            MissingChunkException.class,
            () -> store.canvas(Kind.STATE, 3, 2, new Size(5, 5)).read(new Rectangle(1, 1, 2, 2)));
    assertEquals(new Key(Kind.STATE, 3, 2, 0), missing.key());
    Size large = new Size(3000, 2000);
    assertThrows(
        MissingChunkException.class,
        () -> store.canvas(Kind.STATE, 3, 2, large).readTogether(large.bounds()));
    assertEquals(Optional.empty(), store.readManifest(0, 0));
    assertEquals(Optional.empty(), store.readPlan());
  }

  @Test
  void anyFlippedBitIsFound() throws IOException {
    // Small, so that every byte can have its turn: three bands in all.
    store.write(KEY, new Rectangle(0, 0, 5, 6), noise(90, 3));
    Path file = folder.resolve(KEY.path());
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      Files.write(file, damaged);
      CorruptChunkException found =
          assertThrows(CorruptChunkException.class, () -> store.read(KEY), "byte " + i);
      assertTrue(found.file().endsWith(KEY.path()), found.file());
    }
  }

  @Test
  void aTruncatedFileIsFoundWithoutReadingItAll() throws IOException {
    store.write(KEY, new Rectangle(0, 0, 5, 6), noise(90, 3));
    Path file = folder.resolve(KEY.path());
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertFalse(store.exists(KEY), "length " + length);
      assertThrows(CorruptChunkException.class, () -> store.read(KEY), "length " + length);
    }
    store.write(KEY, new Rectangle(0, 0, 5, 6), noise(90, 3));
    assertArrayEquals(whole, Files.readAllBytes(file));
  }

  @Test
  void aFileUnderAnotherNameIsFound() throws IOException {
    store.write(KEY, new Rectangle(0, 0, 5, 6), noise(90, 3));
    Key other = new Key(Kind.STATE, 3, 2, 18);
    Files.copy(folder.resolve(KEY.path()), folder.resolve(other.path()));
    assertThrows(CorruptChunkException.class, () -> store.read(other));
    assertFalse(store.exists(other));
  }

  @Test
  void damageOutsideThePartThatIsReadDoesNotMatter() throws IOException {
    float[] values = noise(3 * 64 * 512, 4);
    store.write(KEY, new Rectangle(0, 0, 64, 512), values);
    Path file = folder.resolve(KEY.path());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    Rectangle top = new Rectangle(0, 0, 64, 448);
    float[] out = new float[3 * 64 * 448];
    store.readInto(KEY, top, out, top);
    assertEquals(values[64 * 512], out[64 * 448]);
    Rectangle bottom = new Rectangle(0, 511, 1, 1);
    assertThrows(
        CorruptChunkException.class, () -> store.readInto(KEY, bottom, new float[3], bottom));
  }

  @Test
  void manyWritersOfOneKeyDoNotDisturbItsReaders() throws Exception {
    float[] values = noise(3 * 512 * 512, 5);
    Rectangle rectangle = new Rectangle(0, 0, 512, 512);
    store.write(KEY, rectangle, values);
    byte[] before = Files.readAllBytes(folder.resolve(KEY.path()));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Void> writer =
          () -> {
            for (int i = 0; i < 10; i++) {
              store.write(KEY, rectangle, values);
            }
            return null;
          };
      Callable<Void> reader =
          () -> {
            for (int i = 0; i < 10; i++) {
              assertArrayEquals(values, store.read(KEY).orElseThrow().values());
            }
            return null;
          };
      for (Future<Void> done : threads.invokeAll(List.of(writer, reader, writer, reader))) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertArrayEquals(before, Files.readAllBytes(folder.resolve(KEY.path())));
  }

  @Test
  void aDamagedFileIsWrittenAnew() throws IOException {
    float[] values = noise(3 * 100 * 100, 8);
    Rectangle rectangle = new Rectangle(0, 0, 100, 100);
    store.write(KEY, rectangle, values);
    Path file = folder.resolve(KEY.path());
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[whole.length - 1] ^= 1;
    for (byte[] damaged :
        List.of(
            flipped,
            new byte[0],
            Arrays.copyOf(whole, whole.length - 1),
            Arrays.copyOf(whole, whole.length + 1))) {
      Files.write(file, damaged);
      store.write(KEY, rectangle, values);
      assertArrayEquals(whole, Files.readAllBytes(file));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 5", "512, 512", "1031, 521", "700, 1537"})
  void anyRectangleIsThatOfTheCanvasInMemory(int width, int height) throws IOException {
    Size size = new Size(width, height);
    float[] canvas = noise(3 * width * height, 6);
    Random random = new Random(width);
    long cut = Math.max(1, width / 3);
    Partition cuts =
        cut < width
            ? new CutGrid(new long[] {0, cut, width}, new long[] {0, height})
            : new ChunkGrid(size);
    for (Partition partition : List.of(new ChunkGrid(size), cuts)) {
      StoredCanvas stored = store.canvas(Kind.STATE, partition.count(), 0, partition);
      for (int i = 0; i < partition.count(); i++) {
        Rectangle part = partition.rectangle(i);
        store.write(stored.key(i), part, rolled(canvas, size, part, Roll.NONE));
      }
      for (int i = 0; i < 60; i++) {
        int x = random.nextInt(width);
        int y = random.nextInt(height);
        Rectangle part =
            new Rectangle(x, y, random.nextInt(width - x + 1), random.nextInt(height - y + 1));
        assertArrayEquals(
            rolled(canvas, size, part, Roll.NONE), stored.read(part), part.toString());
        assertArrayEquals(stored.read(part), stored.readTogether(part), part.toString());
        Roll roll = new Roll(random.nextInt(2000) - 1000, random.nextInt(2000) - 1000);
        Rectangle over =
            new Rectangle(
                x - 40, y - 40, 1 + random.nextInt(width + 60), 1 + random.nextInt(height + 60));
        assertArrayEquals(
            rolled(canvas, size, over, roll), stored.readRolled(over, roll), over + " " + roll);
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> stored.read(new Rectangle(0, 0, width + 1L, height)));
    }
  }

  /** Where a seek is a request, files are read onwards: here through a file system that hides. */
  @Test
  void whereSeeksAreDearTheSameIsRead() throws IOException {
    Store remote =
        new Store(
            new FilterFileSystem(store.fileSystem()),
            new org.apache.hadoop.fs.Path(folder.toUri()));
    assertFalse(remote.seeksAreCheap());
    assertTrue(store.seeksAreCheap());
    Rectangle rectangle = new Rectangle(100, 200, 700, 900);
    float[] values = noise((int) (3 * rectangle.pixels()), 9);
    remote.write(KEY, rectangle, values);
    assertArrayEquals(values, remote.read(KEY).orElseThrow().values());
    Random random = new Random(9);
    for (int i = 0; i < 40; i++) {
      int x = 100 + random.nextInt(700);
      int y = 200 + random.nextInt(900);
      Rectangle part = new Rectangle(x, y, random.nextInt(801 - x), random.nextInt(1101 - y));
      float[] near = new float[(int) (3 * part.pixels())];
      float[] far = new float[near.length];
      store.readInto(KEY, part, near, part);
      remote.readInto(KEY, part, far, part);
      assertArrayEquals(near, far, part.toString());
    }
    Path file = folder.resolve(KEY.path());
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 4_000_000));
    assertThrows(CorruptChunkException.class, () -> remote.read(KEY));
    assertFalse(remote.exists(KEY));
    remote.deleteGeneration(Kind.STATE, 3, 2);
    assertEquals(Optional.empty(), remote.read(KEY));
  }

  @Test
  void aCanvasOfTwoAndAHalfBillionPixelsIsAddressed() throws IOException {
    Size size = new Size(60_000, 42_000);
    StoredCanvas canvas = store.canvas(Kind.BASE, 9, 0, size);
    Rectangle corner = new Rectangle(59_990, 41_990, 10, 10);
    int last = canvas.partition().count() - 1;
    Rectangle chunk = canvas.partition().rectangle(last);
    float[] values = noise((int) (3 * chunk.pixels()), 7);
    store.write(canvas.key(last), chunk, values);
    float[] read = canvas.read(corner);
    assertEquals(values[values.length - 1], read[299]);
    assertEquals(values[(int) chunk.pixels() - 1], read[99]);
  }

  @Test
  void aPartitionThatIsNotTheStoredOneIsFound() throws IOException {
    store.write(new Key(Kind.STATE, 0, 0, 0), new Rectangle(0, 0, 4, 4), new float[48]);
    StoredCanvas canvas = store.canvas(Kind.STATE, 0, 0, new Size(5, 4));
    assertThrows(CorruptChunkException.class, () -> canvas.read(new Rectangle(0, 0, 5, 4)));
  }

  @Test
  void planesThatDoNotFitTheirRectangleAreRefused() {
    for (int length : new int[] {0, 11, 13}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> store.write(KEY, new Rectangle(0, 0, 2, 2), new float[length]));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> store.write(KEY, new Rectangle(0, 0, 0, 2), new float[0]));
  }

  @Test
  void aGenerationIsDeletedAlone() throws IOException {
    Key next = new Key(Kind.STATE, 3, 3, 17);
    Key gradient = new Key(Kind.GRADIENT, 3, 2, 17);
    for (Key key : List.of(KEY, next, gradient)) {
      store.write(key, new Rectangle(0, 0, 1, 1), new float[3]);
    }
    store.deleteGeneration(Kind.STATE, 3, 2);
    store.deleteGeneration(Kind.STATE, 3, 2);
    assertFalse(store.exists(KEY));
    assertTrue(store.exists(next));
    assertTrue(store.exists(gradient));
  }

  /** As HDFS answers of a file whose writer was killed before a data node had any of it. */
  @Test
  void aFileWithoutALengthIsNotWholeAndIsWrittenOver() throws IOException {
    Key key = Key.base(1, 2);
    Rectangle part = new Rectangle(0, 0, 3, 2);
    float[] planes = new float[18];
    store.write(key, part, planes);
    store.writeSums(key, new double[] {1});
    store.writeManifest(new Manifest(0, 0, new double[0][], new double[0], new int[0], new int[0]));
    Set<org.apache.hadoop.fs.Path> written = new HashSet<>();
    FileSystem broken =
        new FilterFileSystem(store.fileSystem()) {
          @Override
          public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize)
              throws IOException {
            if (!written.contains(file)) {
              throw new CannotObtainBlockLengthException("of " + file);
            }
            return super.open(file, bufferSize);
          }

          @Override
          public FSDataOutputStream create(
              org.apache.hadoop.fs.Path file,
              FsPermission permission,
              boolean overwrite,
              int bufferSize,
              short replication,
              long blockSize,
              Progressable progress)
              throws IOException {
            written.add(file);
            return super.create(
                file, permission, overwrite, bufferSize, replication, blockSize, progress);
          }

          @Override
          public FSDataOutputStream create(
              org.apache.hadoop.fs.Path file,
              boolean overwrite,
              int bufferSize,
              short replication,
              long blockSize,
              Progressable progress)
              throws IOException {
            written.add(file);
            return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
          }
        };
    Store found = new Store(broken, store.root());
    assertFalse(found.exists(key));
    assertThrows(CorruptChunkException.class, () -> found.read(key));
    assertThrows(CorruptChunkException.class, () -> found.readSums(key));
    assertTrue(found.readManifest(0, 0).isEmpty());
    assertTrue(found.readPlan().isEmpty());
    found.write(key, part, planes);
    assertTrue(found.exists(key));
  }

  @Test
  void manifestsComeBackOrNotAtAll() throws IOException {
    Manifest manifest =
        new Manifest(
            4,
            1,
            new double[][] {{0.1, 1e300}, {}, {Math.PI, Double.MIN_VALUE}},
            new double[] {0.3, 1.0 / 3},
            new int[] {1},
            new int[0]);
    store.writeManifest(manifest);
    assertEquals(Optional.of(manifest), store.readManifest(4, 1));
    assertEquals(Optional.empty(), store.readManifest(4, 0));
    Path file = folder.resolve("manifest/octave-04-round-0001.json");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertEquals(Optional.empty(), store.readManifest(4, 1));
    }
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 2;
      Files.write(file, damaged);
      assertEquals(Optional.empty(), store.readManifest(4, 1), "byte " + i);
    }
  }

  @Test
  void thePlanComesBackByteForByte() throws IOException {
    byte[] plan = "{\n  \"name\" : \"Träume\"}\n".getBytes(StandardCharsets.UTF_8);
    store.writePlan(plan);
    assertArrayEquals(plan, store.readPlan().orElseThrow());
    Path file = folder.resolve("plan.json");
    byte[] whole = Files.readAllBytes(file);
    assertTrue(new ObjectMapper().readTree(whole).has("content"));
    Files.write(file, new byte[0]);
    assertEquals(Optional.empty(), store.readPlan());
    whole[40] ^= 1;
    Files.write(file, whole);
    assertThrows(CorruptChunkException.class, store::readPlan);
  }

  @Test
  void resetDeletesOnlyWhatStoresWrite() throws IOException {
    store.write(KEY, new Rectangle(0, 0, 1, 1), new float[3]);
    store.write(Key.input(0), new Rectangle(0, 0, 1, 1), new float[3]);
    store.writePlan(new byte[] {'1'});
    store.writeStatus(Store.State.RUNNING, "");
    store.writeManifest(new Manifest(0, 0, new double[0][], new double[0], new int[0], new int[0]));
    Path photograph = folder.resolve("input/cat.jpg");
    Files.writeString(photograph, "mine");
    Files.writeString(folder.resolve("notes.txt"), "mine");
    store.reset();
    try (Stream<Path> walk = Files.walk(folder)) {
      assertEquals(
          List.of("", "input", "input/cat.jpg", "notes.txt"),
          walk.map(path -> folder.relativize(path).toString()).sorted().toList());
    }
    store.reset();
  }

  /**
   *
   *
   * <pre>
   *   state/octave-03/round-0002/000017.planes          ours
   *                              000017.planes.sums     ours
   *                              000017.planes.pieces   ours, of a killed writer
   *                              17.planes   cat.jpg    not ours
   *         octave-03/round-0002.bak/000017.planes      not ours
   *         octave-03/round-0004/000001.planes/         a folder
   *   manifest/octave-03-round-0001.json                ours
   *            notes.json                               not ours
   * </pre>
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void foreignFilesAmongOursStay(boolean local) throws IOException {
    Store cleared = local ? store : new Store(elsewhere(new ArrayList<>()), store.root());
    store.write(KEY, new Rectangle(0, 0, 1, 1), new float[3]);
    store.writeSums(KEY, new double[] {1});
    store.write(new Key(Kind.STATE, 3, 3, 0), new Rectangle(0, 0, 1, 1), new float[3]);
    store.writeManifest(new Manifest(3, 1, new double[0][], new double[0], new int[0], new int[0]));
    Path round = folder.resolve("state/octave-03/round-0002");
    Files.createFile(round.resolve("000017.planes.pieces"));
    List<String> foreign =
        List.of(
            "manifest/notes.json",
            "state/octave-03/round-0002.bak/000017.planes",
            "state/octave-03/round-0002/17.planes",
            "state/octave-03/round-0002/cat.jpg",
            "state/octave-03/round-0004/000001.planes/x");
    for (String file : foreign) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), "mine");
    }
    cleared.deleteGeneration(Kind.STATE, 3, 2);
    assertEquals(Set.of("17.planes", "cat.jpg"), Set.of(round.toFile().list()));
    List<org.apache.hadoop.fs.Path> kept = cleared.reset();
    assertEquals(foreign, files());
    assertEquals(
        List.of(
            "manifest/notes.json",
            "state/octave-03/round-0002.bak",
            "state/octave-03/round-0002/17.planes",
            "state/octave-03/round-0002/cat.jpg",
            "state/octave-03/round-0004/000001.planes"),
        kept.stream()
            .map(path -> folder.relativize(Path.of(path.toUri().getPath())).toString())
            .sorted()
            .toList());
  }

  /** A server is asked to delete thousands of files at once, if none of them is somebody else's. */
  @Test
  void aFolderOfOursIsDeletedInOneCall() throws IOException {
    for (int index = 0; index < 50; index++) {
      store.write(new Key(Kind.STATE, 0, 0, index), new Rectangle(0, 0, 1, 1), new float[3]);
    }
    List<String> deleted = new ArrayList<>();
    new Store(elsewhere(deleted), store.root()).reset();
    assertEquals(List.of(), files());
    assertEquals(List.of("round-0000", "octave-00", "state", "status.json", "plan.json"), deleted);
  }

  /** A file system that is not the local one, and remembers what it was told to delete. */
  private FileSystem elsewhere(List<String> deleted) {
    return new FilterFileSystem(store.fileSystem()) {
      @Override
      public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
        deleted.add(path.getName());
        return super.delete(path, recursive);
      }
    };
  }

  private List<String> files() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status.json | {\"status\": 200}",
        "status.json | {\"state\": \"Ohio\", \"detail\": \"\"}",
        "status.json | all is well",
        "plan.json   | {\"plan\": \"a walk\"}",
        "lease.json  | {\"flat\": 3, \"months\": 12}",
      })
  void foreignFilesInThePlacesOfOursAreTold(String name, String text) throws IOException {
    store.writePlan(new byte[] {'1'});
    assertTrue(store.writeStatus(Store.State.STOPPED, "the disk is full"));
    assertEquals(List.of(), store.foreign());
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    assertEquals(List.of(new org.apache.hadoop.fs.Path(store.root(), name)), store.foreign());
    assertEquals(!name.equals("status.json"), store.writeStatus(Store.State.RUNNING, ""));
    store.reset();
    assertEquals(text, Files.readString(file));
  }

  /** As a run leaves them that is killed while it writes. */
  @Test
  void theBeginningOfAFileOfOursIsOurs() throws IOException {
    store.writePlan(new byte[] {'1'});
    store.writeStatus(Store.State.STOPPED, "the disk is full");
    for (String name : List.of("plan.json", "status.json")) {
      byte[] whole = Files.readAllBytes(folder.resolve(name));
      for (int length = 0; length <= whole.length; length++) {
        Files.write(folder.resolve(name), Arrays.copyOf(whole, length));
        assertEquals(List.of(), store.foreign(), name + " of " + length);
      }
    }
  }

  /** What {@link StoredCanvas#readRolled} must give, pixel by pixel. */
  private static float[] rolled(float[] canvas, Size size, Rectangle part, Roll roll) {
    int width = (int) size.width();
    int height = (int) size.height();
    float[] out = new float[(int) (3 * part.pixels())];
    int position = 0;
    for (int c = 0; c < 3; c++) {
      for (long y = part.y(); y < part.bottom(); y++) {
        for (long x = part.x(); x < part.right(); x++) {
          out[position++] =
              canvas[
                  c * width * height
                      + Math.floorMod(y - roll.y(), height) * width
                      + Math.floorMod(x - roll.x(), width)];
        }
      }
    }
    return out;
  }

  private static int checksum(ByteBuffer bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(offset).limit(offset + length));
    return (int) crc.getValue();
  }

  private static float[] noise(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() * 255;
    }
    return values;
  }
}
