package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

class DeflationTest {
  private static final int LENGTH = 3 * 512 * 512;

  /** Differences as of a dreamt picture: none repeats, all are small. */
  private static byte[] detail(int length) {
    Random random = new Random(1);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) Math.round(12 * random.nextGaussian());
    }
    return bytes;
  }

  @Test
  void whatItMakesInflatesToTheSame() throws Exception {
    for (byte[] bytes : new byte[][] {detail(LENGTH), new byte[LENGTH], detail(5), {}}) {
      Inflater wrapped = new Inflater();
      assertArrayEquals(bytes, inflated(wrapped, Deflation.stream(bytes), bytes.length));
      assertTrue(bytes.length == 0 || wrapped.getTotalIn() > 0);
      wrapped.end();
      Inflater bare = new Inflater(true);
      assertArrayEquals(bytes, inflated(bare, Deflation.block(bytes), bytes.length));
      bare.end();
    }
  }

  /** 12 grey levels of deviation are 5.6 bits; matches of chance would cost more than they save. */
  @Test
  void detailTakesItsEntropy() {
    assertEquals(5.64 / 8, (double) Deflation.stream(detail(LENGTH)).length / LENGTH, 0.01);
  }

  @Test
  void flatPartsTakeNextToNothing() {
    assertTrue(Deflation.stream(new byte[LENGTH]).length < LENGTH / 500);
    byte[] half = detail(LENGTH);
    Arrays.fill(half, 0, LENGTH / 2, (byte) 0);
    assertEquals(5.64 / 16, (double) Deflation.stream(half).length / LENGTH, 0.03);
  }

  private static byte[] inflated(Inflater inflater, byte[] deflated, int length) throws Exception {
    byte[] bytes = new byte[length];
    inflater.setInput(deflated);
    int done = 0;
    int count;
    while (done < length && (count = inflater.inflate(bytes, done, length - done)) > 0) {
      done += count;
    }
    assertEquals(length, done);
    return bytes;
  }
}
