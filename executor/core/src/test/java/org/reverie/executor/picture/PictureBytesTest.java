package org.reverie.executor.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PictureBytesTest {
  private static final int LENGTH = 2_500_000;

  private final byte[] file = new byte[LENGTH];
  private final List<Integer> asked = new ArrayList<>();
  private final PictureBytes bytes =
      new PictureBytes() {
        @Override
        long length() {
          return LENGTH;
        }

        @Override
        void read(long position, byte[] out, int offset, int count) {
          asked.add(count);
          System.arraycopy(file, (int) position, out, offset, count);
        }
      };

  /** A request to a store takes tens of milliseconds, however little it asks for. */
  @Test
  void aSectionAsksForAMegabyteAtATime() throws IOException {
    new Random(1).nextBytes(file);
    byte[] read = bytes.section(7, LENGTH - 7).readAllBytes();
    assertArrayEquals(Arrays.copyOfRange(file, 7, LENGTH), read);
    assertEquals(List.of(1 << 20, 1 << 20, LENGTH - 7 - (2 << 20)), asked);
  }

  @Test
  void aShortSectionAsksForNoMore() throws IOException {
    assertEquals(100, bytes.section(LENGTH - 100, 100).readAllBytes().length);
    assertEquals(List.of(100), asked);
    assertThrows(EOFException.class, () -> bytes.section(LENGTH - 100, 101));
    assertThrows(EOFException.class, () -> bytes.bytes(-1, 1));
  }
}
