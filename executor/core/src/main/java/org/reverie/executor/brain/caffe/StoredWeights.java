package org.reverie.executor.brain.caffe;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.KeptOut;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobProto;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.V1LayerParameter;

/** The blobs of a .caffemodel, by layer. */
final class StoredWeights implements Weights {
  private final String file;
  private final Map<String, List<BlobProto>> blobs;

  private StoredWeights(String file, Map<String, List<BlobProto>> blobs) {
    this.file = file;
    this.blobs = blobs;
  }

  /**
   * Reads a .caffemodel, old or new.
   *
   * @param file its name, for messages
   * @param in its bytes
   * @throws UserException if they are none, or not all
   * @throws IOException if they cannot be read
   */
  static StoredWeights read(String file, InputStream in) throws IOException {
    NetParameter net;
    try {
      net = NetParameter.parseFrom(ProtobufLimits.unlimited(in));
    } catch (InvalidProtocolBufferException e) {
      throw damaged(file, e);
    }
    Map<String, List<BlobProto>> blobs = new HashMap<>();
    for (LayerParameter layer : net.getLayerList()) {
      if (layer.getBlobsCount() > 0) {
        blobs.putIfAbsent(layer.getName(), layer.getBlobsList());
      }
    }
    for (V1LayerParameter layer : net.getLayersList()) {
      if (layer.hasLayer()) {
        throw Definition.tooOld(file);
      }
      if (layer.getBlobsCount() > 0) {
        blobs.putIfAbsent(layer.getName(), layer.getBlobsList());
      }
    }
    if (blobs.isEmpty()) {
      throw UserException.of(
          "brain-weights-empty",
          file,
          "it holds no weights; it is no .caffemodel, or its download broke off at once",
          "Fetch it again, or remove it and use --random-weights SEED");
    }
    return new StoredWeights(file, blobs);
  }

  private static UserException damaged(String file, InvalidProtocolBufferException cause) {
    return UserException.of(
        "brain-weights-damaged",
        file,
        "it is no .caffemodel, or it is truncated (" + cause.getMessage() + ")",
        "Fetch it again and compare its length and checksum with the source",
        cause);
  }

  /** The layers that have weights. */
  Set<String> layers() {
    return blobs.keySet();
  }

  @Override
  public float[] values(String layer, int blob, Role role, int... shape)
      throws KeptOutException, ShapeMismatchException {
    List<BlobProto> stored = blobs.get(layer);
    if (stored == null || blob >= stored.size()) {
      throw new KeptOutException(
          KeptOut.Cause.MISSING_WEIGHTS,
          file
              + (stored == null
                  ? " has no weights for it"
                  : " has only " + stored.size() + " of its blobs"));
    }
    BlobProto found = stored.get(blob);
    long[] lengths = lengths(found);
    String where = file + ", layer " + layer + ", blob " + blob + ": ";
    if (!sameShape(lengths, shape)) {
      throw new ShapeMismatchException(
          where + "the definition asks for " + text(shape) + ", the weights are " + text(lengths));
    }
    float[] values = values(found);
    if (values.length != count(shape)) {
      throw new ShapeMismatchException(
          where
              + "its shape is "
              + text(shape)
              + ", which is "
              + count(shape)
              + " values, but it holds "
              + values.length);
    }
    return values;
  }

  /** The values of a blob, whichever way they are written. */
  static float[] values(BlobProto blob) {
    int doubles = blob.getDoubleDataCount();
    float[] values = new float[doubles > 0 ? doubles : blob.getDataCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = doubles > 0 ? (float) blob.getDoubleData(i) : blob.getData(i);
    }
    return values;
  }

  /** The lengths of a blob's axes, from its shape or from the four fields before that existed. */
  static long[] lengths(BlobProto blob) {
    if (blob.hasShape()) {
      return blob.getShape().getDimList().stream().mapToLong(Long::longValue).toArray();
    }
    return new long[] {blob.getNum(), blob.getChannels(), blob.getHeight(), blob.getWidth()};
  }

  /** Shapes are the same but for ones in front: old files write a bias as 1 x 1 x 1 x N. */
  private static boolean sameShape(long[] found, int[] expected) {
    int axes = Math.max(found.length, expected.length);
    for (int i = 1; i <= axes; i++) {
      long a = i <= found.length ? found[found.length - i] : 1;
      long b = i <= expected.length ? expected[expected.length - i] : 1;
      if (a != b) {
        return false;
      }
    }
    return true;
  }

  private static long count(int[] shape) {
    long count = 1;
    for (int length : shape) {
      count *= length;
    }
    return count;
  }

  private static String text(int[] shape) {
    long[] lengths = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      lengths[i] = shape[i];
    }
    return text(lengths);
  }

  private static String text(long[] shape) {
    StringJoiner text = new StringJoiner(" x ");
    for (long length : shape) {
      text.add(Long.toString(length));
    }
    return shape.length == 0 ? "a single value" : text.toString();
  }
}
