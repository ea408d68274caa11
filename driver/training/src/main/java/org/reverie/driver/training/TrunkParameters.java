package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Operation.Convolution;

/**
 * Where the weights of a trunk lie in one row of floats: for every convolution its weights (output,
 * input, row, column) and the scale and shift of its normalisation, then for every convolution the
 * running mean and variance. What is learnt lies together, so that DL4J takes one step for all.
 *
 * @param entries all of them, in their order
 */
record TrunkParameters(List<Entry> entries) {

  /** What a piece is. */
  enum Kind {
    WEIGHTS,
    SCALE,
    SHIFT,
    MEAN,
    VARIANCE;

    boolean learnt() {
      return this != MEAN && this != VARIANCE;
    }
  }

  /**
   * One piece.
   *
   * @param layer index of the convolution in the trunk
   * @param shape of the piece
   * @param offset of its first value
   */
  record Entry(int layer, Kind kind, long[] shape, long offset) {
    /** The name that DL4J knows it by. */
    String key() {
      return TrunkParameters.key(layer, kind);
    }

    int length() {
      long length = 1;
      for (long extent : shape) {
        length *= extent;
      }
      return Math.toIntExact(length);
    }

    long offsetBytes() {
      return offset * Float.BYTES;
    }
  }

  /** What the names of all pieces of a kind begin with. */
  static String prefix(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String key(int layer, Kind kind) {
    return prefix(kind) + layer;
  }

  static TrunkParameters of(Brain trunk) {
    List<Entry> entries = new ArrayList<>();
    long offset = 0;
    for (boolean learnt : new boolean[] {true, false}) {
      for (int i = 0; i < trunk.layers().size(); i++) {
        if (!(trunk.layers().get(i).operation() instanceof Convolution c)) {
          continue;
        }
        for (Kind kind : Kind.values()) {
          if (kind.learnt() == learnt) {
            long[] shape =
                kind == Kind.WEIGHTS
                    ? new long[] {c.outputs(), c.inputs(), c.kernelHeight(), c.kernelWidth()}
                    : new long[] {c.outputs()};
            Entry entry = new Entry(i, kind, shape, offset);
            entries.add(entry);
            offset += entry.length();
          }
        }
      }
    }
    return new TrunkParameters(List.copyOf(entries));
  }

  long length() {
    Entry last = entries.get(entries.size() - 1);
    return last.offset() + last.length();
  }

  Entry entry(int layer, Kind kind) {
    return byKey().get(key(layer, kind));
  }

  Map<String, Entry> byKey() {
    Map<String, Entry> all = new LinkedHashMap<>();
    entries.forEach(entry -> all.put(entry.key(), entry));
    return all;
  }
}
