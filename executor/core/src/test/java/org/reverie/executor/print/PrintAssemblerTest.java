package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;

/** A print appears whole or not at all, and an earlier one stays until then. */
class PrintAssemblerTest {
  private static final byte[] EARLIER = {1, 2, 3};

  @TempDir Path folder;
  @TempDir Path spool;
  private PrintSpecification print;
  private Path out;

  @BeforeEach
  void earlierPrint() throws IOException {
    print =
        PrintSpecification.of(
            PrintFormat.TIFF, 700, 20, Depth.EIGHT, 300, StandardProfile.srgb(), "{}");
    out = Files.write(folder.resolve("dream.tif"), EARLIER);
  }

  private byte[] piece(int index) {
    return PieceEncoder.encode(
        print, index, Prints.planes(print.piece(index), (c, x, y) -> x % 256));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void anUnfinishedPrintLeavesTheEarlierOne() throws IOException {
    try (PrintAssembler assembler =
        PrintAssembler.begin(Prints.local(), Prints.path(out), print, spool)) {
      assembler.append(piece(0));
      assertThrows(IllegalStateException.class, assembler::finish);
    }
    assertArrayEquals(EARLIER, Files.readAllBytes(out));
    assertEquals(List.of("dream.tif"), names(folder));
  }

  @Test
  void aPieceTooManyIsRefused() throws IOException {
    try (PrintAssembler assembler =
        PrintAssembler.begin(Prints.local(), Prints.path(out), print, spool)) {
      assembler.append(piece(0));
      assembler.append(piece(1));
      assertThrows(IllegalStateException.class, () -> assembler.append(piece(1)));
    }
    assertEquals(List.of("dream.tif"), names(folder));
  }

  /** Hadoop's local file system keeps a checksum file beside what it writes. */
  @Test
  void aPrintOverOneThatHadoopWroteCanBeReadByHadoop() throws IOException {
    FileSystem local = Prints.local();
    try (FSDataOutputStream stream = local.create(Prints.path(out), true)) {
      stream.write(EARLIER);
    }
    assertEquals(2, names(folder).size());
    Prints.write(out, print, (c, x, y) -> x % 256);
    assertEquals(List.of("dream.tif"), names(folder));
    readThrough(local, Prints.path(out));
  }

  @Test
  void missingFoldersAreMade() throws IOException {
    Path deep = folder.resolve("a/b/c.png");
    PrintSpecification png =
        PrintSpecification.of(
            PrintFormat.PNG, 5, 4, Depth.EIGHT, 300, StandardProfile.srgb(), "{}");
    Prints.write(deep, png, (c, x, y) -> 0);
    assertEquals(List.of("c.png"), names(deep.getParent()));
  }

  @Test
  void otherFileSystemsGetTheFinishedFileByRename() throws IOException {
    Elsewhere elsewhere = new Elsewhere(Long.MAX_VALUE);
    org.apache.hadoop.fs.Path target =
        new org.apache.hadoop.fs.Path("elsewhere:///" + out.toString().substring(1));
    long bytes = Prints.write(elsewhere, target, spool, print, (c, x, y) -> x % 256);
    assertEquals(bytes, Files.size(out));
    assertEquals(List.of("dream.tif"), names(folder));
    assertEquals(List.of(), names(spool));
    readThrough(elsewhere, target);
  }

  @Test
  void aFailingUploadLeavesTheEarlierPrintAndNothingElse() throws IOException {
    Elsewhere elsewhere = new Elsewhere(1000);
    org.apache.hadoop.fs.Path target =
        new org.apache.hadoop.fs.Path("elsewhere:///" + out.toString().substring(1));
    IOException failure =
        assertThrows(
            IOException.class,
            () -> Prints.write(elsewhere, target, spool, print, (c, x, y) -> x % 256));
    assertEquals(target + " cannot be written: the disk is full", failure.getMessage());
    assertArrayEquals(EARLIER, Files.readAllBytes(out));
    assertEquals(List.of("dream.tif"), names(folder));
    assertEquals(List.of(), names(spool));
  }

  private void readThrough(FileSystem fileSystem, org.apache.hadoop.fs.Path path)
      throws IOException {
    try (Picture picture = PictureReader.open(fileSystem, path, Background.WHITE)) {
      float[] row = new float[3 * 700];
      picture.readRows(19, 1, row);
      assertEquals(600 % 256, row[600]);
      assertFalse(picture.profile().length == 0);
    }
  }

  /** A file system of another scheme whose streams fail after some bytes. */
  private static final class Elsewhere extends RawLocalFileSystem {
    private final long room;

    Elsewhere(long room) throws IOException {
      this.room = room;
      initialize(getUri(), Prints.local().getConf());
    }

    @Override
    public URI getUri() {
      return URI.create("elsewhere:///");
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return limited(
          super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress));
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return limited(super.create(path, overwrite, bufferSize, replication, blockSize, progress));
    }

    private FSDataOutputStream limited(FSDataOutputStream stream) throws IOException {
      OutputStream counted =
          new FilterOutputStream(stream) {
            private long written;

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
              written += count;
              if (written > room) {
                throw new IOException("the disk is full");
              }
              out.write(bytes, offset, count);
            }
          };
      return new FSDataOutputStream(counted, null);
    }
  }
}
