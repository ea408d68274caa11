package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;

import org.reverie.executor.engine.EngineProvider.Precision;

/** How the values of a tensor are stored. */
enum Element {
  /** IEEE 754 binary32. */
  FLOAT32(Float.BYTES, dnnl_f32),

  /** The upper half of a binary32: its range, with 8 significant bits. */
  BFLOAT16(Short.BYTES, dnnl_bf16);

  private static final int HALF_BITS = 16;

  private final int bytes;
  private final int number;

  Element(int bytes, int number) {
    this.bytes = bytes;
    this.number = number;
  }

  /** What activations, gradients and weights are stored as. */
  static Element of(Precision precision) {
    return precision == Precision.BFLOAT16 ? BFLOAT16 : FLOAT32;
  }

  /** Of one value. */
  int bytes() {
    return bytes;
  }

  /** oneDNN's number for it. */
  int number() {
    return number;
  }

  /** The bfloat16 nearest to a number, the even one of two; no number stays none. */
  static short round(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> HALF_BITS | 1);
    }
    int odd = bits >>> HALF_BITS & 1;
    return (short) (bits + 0x7FFF + odd >>> HALF_BITS);
  }

  /** The number that a bfloat16 is. */
  static float widen(short value) {
    return Float.intBitsToFloat(value << HALF_BITS);
  }
}
