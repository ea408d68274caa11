package org.reverie.executor.print;

import java.io.ByteArrayOutputStream;
import java.util.zip.Deflater;

/**
 * Deflate (RFC 1951) for the differences of neighbouring samples. Where a picture is full of detail
 * these hardly ever repeat, so that looking for repetitions costs most of the time and even some
 * bytes; where it is flat, repetitions are nearly all there is. Samples of it decide which of both
 * a piece is, so that the same piece always gives the same bytes.
 */
final class Deflation {
  private static final int LEVEL = 5;

  /** What is tried of a piece: some of it from each of so many places. */
  private static final int TRIALS = 4;

  private static final int TRIAL_BYTES = 8 << 10;

  /** What repetitions must save to be worth their time. */
  private static final double WORTH_LOOKING = 0.02;

  private Deflation() {}

  /** A whole stream in zlib's wrapping (RFC 1950). */
  static byte[] stream(byte[] bytes) {
    return deflate(bytes, strategy(bytes), false);
  }

  /** Blocks without wrapping, ended at a byte's border, so that more may follow. */
  static byte[] block(byte[] bytes) {
    return deflate(bytes, strategy(bytes), true);
  }

  private static int strategy(byte[] bytes) {
    byte[] trial = bytes;
    if (bytes.length > TRIALS * TRIAL_BYTES) {
      trial = new byte[TRIALS * TRIAL_BYTES];
      int apart = (bytes.length - TRIAL_BYTES) / (TRIALS - 1);
      for (int i = 0; i < TRIALS; i++) {
        System.arraycopy(bytes, i * apart, trial, i * TRIAL_BYTES, TRIAL_BYTES);
      }
    }
    int looked = deflate(trial, Deflater.DEFAULT_STRATEGY, false).length;
    int coded = deflate(trial, Deflater.HUFFMAN_ONLY, false).length;
    return looked < (1 - WORTH_LOOKING) * coded ? Deflater.DEFAULT_STRATEGY : Deflater.HUFFMAN_ONLY;
  }

  private static byte[] deflate(byte[] bytes, int strategy, boolean unfinished) {
    Deflater deflater = new Deflater(LEVEL, unfinished);
    try {
      deflater.setStrategy(strategy);
      deflater.setInput(bytes);
      if (!unfinished) {
        deflater.finish();
      }
      int flush = unfinished ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH;
      ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
      byte[] buffer = new byte[1 << 16];
      int count;
      do {
        count = deflater.deflate(buffer, 0, buffer.length, flush);
        out.write(buffer, 0, count);
        // The first call only takes the strategy.
      } while (unfinished
          ? count == buffer.length || !deflater.needsInput()
          : !deflater.finished());
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }
}
