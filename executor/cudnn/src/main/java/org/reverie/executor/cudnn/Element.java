package org.reverie.executor.cudnn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.reverie.executor.engine.EngineProvider.Precision;

/** What activations, gradients and weights are stored as. */
enum Element {
  FLOAT32(4, 4),
  FLOAT16(2, 8),
  BFLOAT16(2, 8);

  private final int bytes;
  private final int width;

  Element(int bytes, int width) {
    this.bytes = bytes;
    this.width = width;
  }

  /** Bytes of a value. */
  int bytes() {
    return bytes;
  }

  /** Values that a kernel loads at once: 16 bytes. */
  int width() {
    return width;
  }

  /** Values as they are stored, rounded to the nearest, ties to even. */
  ByteBuffer encode(float[] values) {
    ByteBuffer out =
        ByteBuffer.allocateDirect(Math.multiplyExact(values.length, bytes))
            .order(ByteOrder.nativeOrder());
    for (float value : values) {
      switch (this) {
        case FLOAT32 -> out.putFloat(value);
        case FLOAT16 -> out.putShort(half(value));
        case BFLOAT16 -> out.putShort(bfloat(value));
      }
    }
    return out.flip();
  }

  /** Values as TF32 holds them, 10 bits of fraction, rounded to the nearest, ties to even. */
  static float[] rounded(float[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      rounded[i] =
          Float.isFinite(values[i])
              ? Float.intBitsToFloat(bits + 0xfff + (bits >>> 13 & 1) & ~0x1fff)
              : values[i];
    }
    return rounded;
  }

  /** The next value of a buffer. */
  float decode(ByteBuffer in) {
    return switch (this) {
      case FLOAT32 -> in.getFloat();
      case FLOAT16 -> ofHalf(in.getShort());
      case BFLOAT16 -> Float.intBitsToFloat(in.getShort() << 16);
    };
  }

  private static short bfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  private static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    // Halfway between the largest half and the next power of two, which is infinity.
    if (magnitude >= 65520) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      // Subnormal halves are multiples of 2^-24; the product is exact, rint rounds ties to even.
      return (short) (sign | (int) Math.rint((double) magnitude * 0x1p24));
    }
    int rounded = (bits & 0x7fffffff) + 0xfff + (bits >>> 13 & 1);
    return (short) (sign | rounded - (112 << 23) >>> 13);
  }

  private static float ofHalf(short half) {
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (exponent == 31) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
    }
    return half < 0 ? -magnitude : magnitude;
  }

  static Element of(Precision precision) {
    return switch (precision) {
      case FLOAT32, TF32 -> FLOAT32;
      case FLOAT16 -> FLOAT16;
      case BFLOAT16 -> BFLOAT16;
    };
  }
}
