package org.reverie.executor.agreement;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.caffe.FloatBlob;
import org.bytedeco.caffe.FloatNet;
import org.bytedeco.caffe.NetParameter;
import org.bytedeco.caffe.global.caffe;
import org.bytedeco.javacpp.Loader;

/**
 * Caffe 1.0 in a process of its own, as google/deepdream uses it: forward to a layer, its
 * activations copied to its gradient, and back to the picture.
 *
 * <p>Arguments: a definition, whose input may have any size, and a .caffemodel. Every line of
 * standard input asks for one gradient: layer, width, height, file of the picture, files to write
 * the activations and the gradient to ({@code -} for none), separated by tabs; the answer is a line
 * {@code done SECONDS}. Files hold CHW little-endian float32. A lone word {@code input-only} before
 * that leaves the gradients of weights out, which Caffe computes otherwise although a dream has no
 * use for them. What Caffe cannot do it says on standard error, and ends the process.
 */
final class CaffeProgram {
  private static final String NONE = "-";

  private final FloatNet net;

  private CaffeProgram(String definition, String weights) {
    Loader.load(caffe.class);
    NetParameter parameter = new NetParameter();
    caffe.ReadNetParamsFromTextFileOrDie(definition, parameter);
    parameter.mutable_state().set_phase(caffe.TEST);
    parameter.set_force_backward(true);
    net = new FloatNet(parameter);
    net.CopyTrainedLayersFrom(weights);
  }

  public static void main(String[] arguments) throws IOException {
    CaffeProgram program = new CaffeProgram(arguments[0], arguments[1]);
    System.out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split("\t");
      if (words.length == 1) {
        program.leaveWeightsOut();
        continue;
      }
      double seconds =
          program.gradient(
              words[0],
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              Path.of(words[3]),
              words[4],
              words[5]);
      System.out.println("done " + seconds);
    }
  }

  private void leaveWeightsOut() {
    for (int i = 0; i < net.layers().size(); i++) {
      for (int blob = 0; blob < net.layers().get(i).blobs().size(); blob++) {
        net.layers().get(i).set_param_propagate_down(blob, false);
      }
    }
  }

  private double gradient(
      String layer, int width, int height, Path picture, String activations, String gradient)
      throws IOException {
    int end = index(layer);
    FloatBlob input = net.blob_by_name("data");
    input.Reshape(1, 3, height, width);
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(picture)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] planes = new float[values.remaining()];
    values.get(planes);
    input.mutable_cpu_data().put(planes, 0, planes.length);

    long start = System.nanoTime();
    // Every layer takes its size from what lies below it, so layers above never learn of this one.
    net.ForwardFromTo(0, end);
    FloatBlob top = net.top_vecs().get(end).get(0);
    float[] drive = new float[top.count()];
    top.cpu_data().get(drive, 0, drive.length);
    top.mutable_cpu_diff().put(drive, 0, drive.length);
    net.BackwardFrom(end);
    double seconds = (System.nanoTime() - start) / 1e9;

    if (!activations.equals(NONE)) {
      write(Path.of(activations), drive);
    }
    if (!gradient.equals(NONE)) {
      input.cpu_diff().get(planes, 0, planes.length);
      write(Path.of(gradient), planes);
    }
    return seconds;
  }

  private int index(String layer) {
    for (int i = 0; i < net.layer_names().size(); i++) {
      if (net.layer_names().get(i).getString().equals(layer)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no layer " + layer);
  }

  private static void write(Path file, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
