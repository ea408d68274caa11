package org.reverie.executor.brain.caffe;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobProto;

/** A mean picture as Caffe's compute_image_mean writes it (.binaryproto). */
final class MeanImage {
  private static final int CHANNELS = 3;

  private MeanImage() {}

  /**
   * The mean of each channel over the whole picture: the picture's own size means nothing here.
   *
   * @param file its name, for messages
   * @param in its bytes
   * @throws UserException if they are no mean picture with 3 channels
   * @throws IOException if they cannot be read
   */
  static float[] channelMeans(String file, InputStream in) throws IOException {
    BlobProto blob;
    try {
      blob = BlobProto.parseFrom(ProtobufLimits.unlimited(in));
    } catch (InvalidProtocolBufferException e) {
      throw unusable(file, "it is no .binaryproto, or it is truncated (" + e.getMessage() + ")");
    }
    long[] lengths = StoredWeights.lengths(blob);
    float[] values = StoredWeights.values(blob);
    int axes = lengths.length;
    long plane = axes < 3 ? 0 : lengths[axes - 2] * lengths[axes - 1];
    if (axes < 3
        || lengths[axes - 3] != CHANNELS
        || plane < 1
        || plane * CHANNELS != values.length) {
      throw unusable(file, "it is no mean picture with 3 channels");
    }
    float[] means = new float[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      double sum = 0;
      for (long i = c * plane; i < (c + 1) * plane; i++) {
        sum += values[(int) i];
      }
      means[c] = (float) (sum / plane);
    }
    return means;
  }

  private static UserException unusable(String file, String what) {
    return UserException.of(
        "brain-mean-unusable",
        file,
        what,
        "Remove the file, or give the mean per channel in brain.yaml: mean: [104, 116, 122]");
  }
}
