package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints come back, or the one before does. */
final class CheckpointsTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenComesBack() throws IOException {
    checkpoints().write(checkpoint(40));
    Checkpoint back = checkpoints().last().orElseThrow();
    assertEquals("request", back.request());
    assertEquals(40, back.step());
    assertEquals(12.5, back.seconds());
    assertEquals(List.of(0.25, 0.5), back.accuracies());
    assertArrayEquals(checkpoint(40).parameters(), back.parameters());
    assertArrayEquals(checkpoint(40).updater(), back.updater());
  }

  @Test
  void theLastTwoAreKept() throws IOException {
    for (long step : new long[] {5, 100, 20, 3000}) {
      checkpoints().write(checkpoint(step));
    }
    try (var files = Files.list(folder)) {
      assertEquals(
          List.of("checkpoint-000000000100", "checkpoint-000000003000"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aDamagedOneGivesWayToTheOneBefore() throws IOException {
    checkpoints().write(checkpoint(5));
    checkpoints().write(checkpoint(6));
    Path last = folder.resolve("checkpoint-000000000006");
    byte[] bytes = Files.readAllBytes(last);
    bytes[bytes.length / 2] ^= 1;
    Files.write(last, bytes);
    assertEquals(5, checkpoints().last().orElseThrow().step());
    Files.write(last, java.util.Arrays.copyOf(bytes, 9));
    assertEquals(5, checkpoints().last().orElseThrow().step());
  }

  @Test
  void aFullDiskLeavesTheOneBefore() throws IOException {
    checkpoints().write(checkpoint(5));
    Checkpoints full = new Checkpoints(new FullDisk(50_000), Pictures.path(folder));
    IOException thrown = assertThrows(IOException.class, () -> full.write(checkpoint(6)));
    assertTrue(thrown.getMessage().contains("No space left"), thrown.getMessage());
    assertEquals(5, checkpoints().last().orElseThrow().step());
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  private Checkpoints checkpoints() throws IOException {
    return new Checkpoints(Pictures.files(), Pictures.path(folder));
  }

  private static Checkpoint checkpoint(long step) {
    float[] parameters = new float[40_000];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = i / 3f - step;
    }
    return new Checkpoint(
        "request", step, 12.5, List.of(0.25, 0.5), parameters, new float[] {1, -2, 3});
  }

  /** A file system with room for so many bytes. */
  static final class FullDisk extends FilterFileSystem {
    private final long room;

    FullDisk(long room) throws IOException {
      super(Pictures.files());
      this.room = room;
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
      OutputStream real =
          super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
      OutputStream bounded =
          new OutputStream() {
            private long left = room;

            @Override
            public void write(int value) throws IOException {
              write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
              left -= count;
              if (left < 0) {
                throw new IOException("No space left on device");
              }
              real.write(bytes, offset, count);
            }

            @Override
            public void close() throws IOException {
              real.close();
            }
          };
      return new FSDataOutputStream(bounded, null);
    }
  }
}
