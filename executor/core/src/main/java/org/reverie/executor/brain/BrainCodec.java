package org.reverie.executor.brain;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.reverie.executor.brain.Brain.ColourOrder;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Elu;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Operation.Tanh;

/**
 * A brain as bytes, for broadcasts: {@code RVBR}, a version (int), the hash, the name, the
 * preferred layers, then what the hash covers: mean, colour order and layers. Numbers are
 * big-endian, strings are modified UTF-8 behind their length, floats keep every bit.
 */
public final class BrainCodec {
  private static final int MAGIC = 0x52564252;
  private static final int VERSION = 1;
  private static final int FLOATS_PER_CHUNK = 16_384;

  private static final int INPUT = 0;
  private static final int CONVOLUTION = 1;
  private static final int DECONVOLUTION = 2;
  private static final int POOLING = 3;
  private static final int GLOBAL_POOLING = 4;
  private static final int RELU = 5;
  private static final int PRELU = 6;
  private static final int ELU = 7;
  private static final int SIGMOID = 8;
  private static final int TANH = 9;
  private static final int ABSOLUTE = 10;
  private static final int POWER = 11;
  private static final int AFFINE = 12;
  private static final int LRN = 13;
  private static final int ELTWISE = 14;
  private static final int CONCAT = 15;
  private static final int SLICE = 16;
  private static final int IDENTITY = 17;

  private BrainCodec() {}

  /** A brain with the hash that belongs to its parts; the arguments are those of {@link Brain}. */
  public static Brain hashed(
      String name,
      List<Layer> layers,
      float[] mean,
      ColourOrder colourOrder,
      List<String> preferredLayers) {
    return new Brain(
        name, layers, mean, colourOrder, preferredLayers, hash(layers, mean, colourOrder));
  }

  /**
   * A brain as bytes.
   *
   * @throws IllegalArgumentException if it takes more than 2 GiB
   */
  public static byte[] encode(Brain brain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeUTF(brain.hash());
      out.writeUTF(brain.name());
      out.writeInt(brain.preferredLayers().size());
      for (String layer : brain.preferredLayers()) {
        out.writeUTF(layer);
      }
      writeHashed(out, brain.layers(), brain.mean(), brain.colourOrder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException("brain " + brain.name() + " does not fit an array", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The brain that {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no brain, of another version, or damaged
   */
  public static Brain decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IllegalArgumentException("these bytes are no brain");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw new IllegalArgumentException("brain version " + version + ", this is " + VERSION);
      }
      String hash = in.readUTF();
      String name = in.readUTF();
      List<String> preferredLayers = new ArrayList<>();
      for (int i = in.readInt(); i > 0; i--) {
        preferredLayers.add(in.readUTF());
      }
      float[] mean = readFloats(in);
      ColourOrder colourOrder = ColourOrder.values()[in.readByte()];
      int count = in.readInt();
      List<Layer> layers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        layers.add(readLayer(in));
      }
      Brain brain = hashed(name, layers, mean, colourOrder, preferredLayers);
      if (!brain.hash().equals(hash) || in.read() >= 0) {
        throw new IllegalArgumentException("the bytes of brain " + name + " are damaged");
      }
      return brain;
    } catch (IOException | IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException("the bytes of the brain are damaged", e);
    }
  }

  private static String hash(List<Layer> layers, float[] mean, ColourOrder colourOrder) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    try (DataOutputStream out =
        new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
      writeHashed(out, layers, mean, colourOrder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void writeHashed(
      DataOutputStream out, List<Layer> layers, float[] mean, ColourOrder colourOrder)
      throws IOException {
    writeFloats(out, mean);
    out.writeByte(colourOrder.ordinal());
    out.writeInt(layers.size());
    for (Layer layer : layers) {
      out.writeUTF(layer.name());
      out.writeInt(layer.channels());
      out.writeInt(layer.inputs().size());
      for (int input : layer.inputs()) {
        out.writeInt(input);
      }
      writeOperation(out, layer.operation());
    }
  }

  private static Layer readLayer(DataInputStream in) throws IOException {
    String name = in.readUTF();
    int channels = in.readInt();
    List<Integer> inputs = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      inputs.add(in.readInt());
    }
    return new Layer(name, inputs, readOperation(in), channels);
  }

  private static void writeOperation(DataOutputStream out, Operation operation) throws IOException {
    if (operation instanceof Input) {
      out.writeByte(INPUT);
    } else if (operation instanceof Convolution c) {
      out.writeByte(CONVOLUTION);
      writeInts(out, c.inputs(), c.outputs(), c.kernelHeight(), c.kernelWidth());
      writeInts(out, c.strideHeight(), c.strideWidth(), c.padHeight(), c.padWidth());
      writeInts(out, c.dilationHeight(), c.dilationWidth(), c.group());
      writeFloats(out, c.weights());
      writeFloats(out, c.bias());
    } else if (operation instanceof Deconvolution d) {
      out.writeByte(DECONVOLUTION);
      writeInts(out, d.inputs(), d.outputs(), d.kernelHeight(), d.kernelWidth());
      writeInts(out, d.strideHeight(), d.strideWidth(), d.padHeight(), d.padWidth());
      writeInts(out, d.dilationHeight(), d.dilationWidth(), d.group());
      writeFloats(out, d.weights());
      writeFloats(out, d.bias());
    } else if (operation instanceof Pooling p) {
      out.writeByte(POOLING);
      writeInts(out, p.pool().ordinal(), p.kernelHeight(), p.kernelWidth());
      writeInts(out, p.strideHeight(), p.strideWidth(), p.padHeight(), p.padWidth());
      out.writeBoolean(p.roundUp());
    } else if (operation instanceof GlobalPooling p) {
      out.writeByte(GLOBAL_POOLING);
      writeInts(out, p.pool().ordinal());
    } else if (operation instanceof Relu r) {
      out.writeByte(RELU);
      out.writeFloat(r.slope());
    } else if (operation instanceof Prelu p) {
      out.writeByte(PRELU);
      writeFloats(out, p.slopes());
    } else if (operation instanceof Elu e) {
      out.writeByte(ELU);
      out.writeFloat(e.alpha());
    } else if (operation instanceof Sigmoid) {
      out.writeByte(SIGMOID);
    } else if (operation instanceof Tanh) {
      out.writeByte(TANH);
    } else if (operation instanceof Absolute) {
      out.writeByte(ABSOLUTE);
    } else if (operation instanceof Power p) {
      out.writeByte(POWER);
      out.writeFloat(p.power());
      out.writeFloat(p.scale());
      out.writeFloat(p.shift());
    } else if (operation instanceof Affine a) {
      out.writeByte(AFFINE);
      writeFloats(out, a.multipliers());
      writeFloats(out, a.offsets());
    } else if (operation instanceof Lrn l) {
      out.writeByte(LRN);
      writeInts(out, l.region().ordinal(), l.localSize());
      out.writeFloat(l.alpha());
      out.writeFloat(l.beta());
      out.writeFloat(l.k());
    } else if (operation instanceof Eltwise e) {
      out.writeByte(ELTWISE);
      writeInts(out, e.combine().ordinal());
      writeFloats(out, e.coefficients());
    } else if (operation instanceof Concat) {
      out.writeByte(CONCAT);
    } else if (operation instanceof Slice s) {
      out.writeByte(SLICE);
      writeInts(out, s.from(), s.to());
    } else if (operation instanceof Identity) {
      out.writeByte(IDENTITY);
    } else {
      throw new AssertionError(operation);
    }
  }

  private static Operation readOperation(DataInputStream in) throws IOException {
    int kind = in.readByte();
    switch (kind) {
      case INPUT:
        return new Input();
      case CONVOLUTION:
        int[] c = readInts(in, 11);
        return new Convolution(
            c[0],
            c[1],
            c[2],
            c[3],
            c[4],
            c[5],
            c[6],
            c[7],
            c[8],
            c[9],
            c[10],
            readFloats(in),
            readFloats(in));
      case DECONVOLUTION:
        int[] d = readInts(in, 11);
        return new Deconvolution(
            d[0],
            d[1],
            d[2],
            d[3],
            d[4],
            d[5],
            d[6],
            d[7],
            d[8],
            d[9],
            d[10],
            readFloats(in),
            readFloats(in));
      case POOLING:
        int[] p = readInts(in, 7);
        return new Pooling(
            Pool.values()[p[0]], p[1], p[2], p[3], p[4], p[5], p[6], in.readBoolean());
      case GLOBAL_POOLING:
        return new GlobalPooling(Pool.values()[in.readInt()]);
      case RELU:
        return new Relu(in.readFloat());
      case PRELU:
        return new Prelu(readFloats(in));
      case ELU:
        return new Elu(in.readFloat());
      case SIGMOID:
        return new Sigmoid();
      case TANH:
        return new Tanh();
      case ABSOLUTE:
        return new Absolute();
      case POWER:
        return new Power(in.readFloat(), in.readFloat(), in.readFloat());
      case AFFINE:
        return new Affine(readFloats(in), readFloats(in));
      case LRN:
        int[] l = readInts(in, 2);
        return new Lrn(
            LrnRegion.values()[l[0]], l[1], in.readFloat(), in.readFloat(), in.readFloat());
      case ELTWISE:
        return new Eltwise(Combine.values()[in.readInt()], readFloats(in));
      case CONCAT:
        return new Concat();
      case SLICE:
        return new Slice(in.readInt(), in.readInt());
      case IDENTITY:
        return new Identity();
      default:
        throw new IllegalArgumentException("the bytes of the brain name operation " + kind);
    }
  }

  private static void writeInts(DataOutputStream out, int... values) throws IOException {
    for (int value : values) {
      out.writeInt(value);
    }
  }

  private static int[] readInts(DataInputStream in, int count) throws IOException {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readInt();
    }
    return values;
  }

  private static void writeFloats(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    ByteBuffer chunk = ByteBuffer.allocate(FLOATS_PER_CHUNK * Float.BYTES);
    for (int from = 0; from < values.length; from += FLOATS_PER_CHUNK) {
      int length = Math.min(FLOATS_PER_CHUNK, values.length - from);
      chunk.asFloatBuffer().put(values, from, length);
      out.write(chunk.array(), 0, length * Float.BYTES);
    }
  }

  private static float[] readFloats(DataInputStream in) throws IOException {
    int count = in.readInt();
    // A damaged length must not become a giant array.
    if (count < 0 || (long) count * Float.BYTES > in.available()) {
      throw new IllegalArgumentException("the bytes of the brain are damaged");
    }
    float[] values = new float[count];
    byte[] chunk = new byte[FLOATS_PER_CHUNK * Float.BYTES];
    for (int from = 0; from < count; from += FLOATS_PER_CHUNK) {
      int length = Math.min(FLOATS_PER_CHUNK, count - from);
      in.readFully(chunk, 0, length * Float.BYTES);
      ByteBuffer.wrap(chunk).asFloatBuffer().get(values, from, length);
    }
    return values;
  }
}
