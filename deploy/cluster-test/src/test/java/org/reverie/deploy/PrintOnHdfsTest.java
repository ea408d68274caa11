package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintAssembler;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.print.StandardProfile;

/** A print on HDFS takes an earlier one's place at once, or not at all. */
class PrintOnHdfsTest {
  private static final int EDGE = 40;

  @TempDir Path spool;

  @Test
  void anEarlierPrintStandsUntilTheNewOneDoes() throws IOException {
    try (Storage hdfs = Storage.hdfs();
        FileSystem fileSystem = new Keeping()) {
      fileSystem.initialize(URI.create(hdfs.uri("")), hdfs.configuration());
      write(fileSystem, hdfs, 10, true);
      final byte[] first = Renders.print(hdfs, "print");
      write(fileSystem, hdfs, 200, false);
      assertArrayEquals(first, Renders.print(hdfs, "print"));
      write(fileSystem, hdfs, 200, true);
      assertFalse(Arrays.equals(first, Renders.print(hdfs, "print")));
      FileStatus[] left = fileSystem.listStatus(new org.apache.hadoop.fs.Path(hdfs.uri("")));
      assertEquals(1, left.length, () -> Arrays.toString(left));
    }
    try (Stream<Path> left = Files.list(spool)) {
      assertEquals(0, left.count());
    }
  }

  /** In which a print is never gone: one that is deleted first would be, if a kill came then. */
  private static final class Keeping extends DistributedFileSystem {
    @Override
    public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
      assertNotEquals("print.tif", path.getName());
      return super.delete(path, recursive);
    }
  }

  private void write(FileSystem fileSystem, Storage hdfs, float grey, boolean whole)
      throws IOException {
    PrintSpecification print =
        PrintSpecification.of(
            PrintFormat.TIFF, EDGE, EDGE, Depth.EIGHT, 300, StandardProfile.srgb(), "{}");
    org.apache.hadoop.fs.Path out = new org.apache.hadoop.fs.Path(hdfs.uri("print.tif"));
    try (PrintAssembler assembler = PrintAssembler.begin(fileSystem, out, print, spool)) {
      for (int piece = 0; piece < print.pieces(); piece++) {
        float[] planes = new float[Math.toIntExact(3 * print.piece(piece).pixels())];
        Arrays.fill(planes, grey);
        assembler.append(PieceEncoder.encode(print, piece, planes));
      }
      if (whole) {
        assembler.finish();
      }
    }
  }
}
