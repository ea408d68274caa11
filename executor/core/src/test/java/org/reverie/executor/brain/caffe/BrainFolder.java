package org.reverie.executor.brain.caffe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobProto;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobShape;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;

/** A brain folder as a test writes it. */
record BrainFolder(Path path) {
  /** Reading Hadoop's own defaults takes longer than reading a brain. */
  private static final Configuration CONFIGURATION = new Configuration();

  static final String INPUT =
      "input: \"data\" input_dim: 1 input_dim: 3 input_dim: 9 input_dim: 9\n";

  BrainFolder with(String file, String text) throws IOException {
    Files.writeString(path.resolve(file), text);
    return this;
  }

  BrainFolder with(String file, byte[] bytes) throws IOException {
    Files.write(path.resolve(file), bytes);
    return this;
  }

  /** A definition with an input and these layers. */
  BrainFolder layers(String layers) throws IOException {
    return with("deploy.prototxt", INPUT + layers);
  }

  BrainFolder weights(NetParameter.Builder net) throws IOException {
    return with("weights.caffemodel", net.build().toByteArray());
  }

  LoadedBrain read() throws IOException {
    return read(OptionalLong.empty());
  }

  LoadedBrain read(OptionalLong seed) throws IOException {
    return BrainReader.read(
        FileSystem.getLocal(CONFIGURATION), new org.apache.hadoop.fs.Path(path.toUri()), seed);
  }

  /** A stored layer of the new format. */
  static LayerParameter.Builder layer(String name, BlobProto.Builder... blobs) {
    LayerParameter.Builder layer = LayerParameter.newBuilder().setName(name);
    for (BlobProto.Builder blob : blobs) {
      layer.addBlobs(blob);
    }
    return layer;
  }

  /** A blob with the values first, first + 1, .. */
  static BlobProto.Builder counting(float first, int... shape) {
    BlobProto.Builder blob = values(first, shape);
    BlobShape.Builder lengths = BlobShape.newBuilder();
    for (int length : shape) {
      lengths.addDim(length);
    }
    return blob.setShape(lengths);
  }

  /** The same with the four fields of old files. */
  static BlobProto.Builder old(float first, int num, int channels, int height, int width) {
    return values(first, num, channels, height, width)
        .setNum(num)
        .setChannels(channels)
        .setHeight(height)
        .setWidth(width);
  }

  private static BlobProto.Builder values(float first, int... shape) {
    int count = 1;
    for (int length : shape) {
      count *= length;
    }
    BlobProto.Builder blob = BlobProto.newBuilder();
    for (int i = 0; i < count; i++) {
      blob.addData(first + i);
    }
    return blob;
  }
}
