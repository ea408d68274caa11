package org.reverie.executor.agreement;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link CaffeProgram} that runs, with the class path that the build put under {@code
 * target/caffe}: its JavaCPP is not ours. Used by one thread; closed by who started it.
 */
final class CaffeProcess implements AutoCloseable {
  private static final Path CLASS_PATH = Path.of("target", "caffe");
  private static final int SECONDS_TO_END = 30;

  private final Path scratch;
  private final Process process;
  private final BufferedReader out;
  private final PrintStream in;

  /** What Caffe refused, in its own words. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * One gradient.
   *
   * @param activations of the layer, CHW
   * @param gradient of half the sum of their squares, CHW
   */
  record Answer(float[] activations, float[] gradient) {}

  /** Whether Caffe can run here; there are natives for one platform only. */
  static boolean isAvailable() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64")
        && Files.isDirectory(CLASS_PATH);
  }

  /**
   * Loads a network.
   *
   * @param definition a .prototxt as it was published
   * @param weights a .caffemodel
   * @param scratch a folder for what goes to and fro
   * @param threads of the matrix products
   * @throws RefusedException if Caffe does not load it
   */
  CaffeProcess(Path definition, Path weights, Path scratch, int threads)
      throws IOException, RefusedException {
    this.scratch = scratch;
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-Dorg.bytedeco.javacpp.maxBytes=0",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-cp",
            CLASS_PATH + File.separator + "*" + File.pathSeparator + Path.of("target/test-classes"),
            CaffeProgram.class.getName(),
            definition.toString(),
            weights.toString());
    builder.environment().remove("OMP_WAIT_POLICY");
    builder.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    // 2: errors only. Otherwise every layer is told of.
    builder.environment().put("GLOG_minloglevel", "2");
    builder.redirectError(log().toFile());
    process = builder.start();
    out = process.inputReader(StandardCharsets.UTF_8);
    in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    try {
      expect("ready");
    } catch (IOException | RefusedException e) {
      close();
      throw e;
    }
  }

  private Path log() {
    return scratch.resolve("caffe.log");
  }

  /** From now on the gradients of weights are left out. */
  void leaveWeightsOut() {
    in.println("input-only");
  }

  /**
   * The gradient of half the sum of a layer's squared activations.
   *
   * @param layer its name in the definition
   * @param picture CHW, 3 x height x width
   */
  Answer gradient(String layer, int width, int height, float[] picture)
      throws IOException, RefusedException {
    ask(layer, width, height, picture, file("activations"), file("gradient"));
    return new Answer(read("activations"), read("gradient"));
  }

  /** The time of that, seconds, without the way to and fro. */
  double seconds(String layer, int width, int height, float[] picture)
      throws IOException, RefusedException {
    return ask(layer, width, height, picture, "-", "-");
  }

  private double ask(
      String layer, int width, int height, float[] picture, String activations, String gradient)
      throws IOException, RefusedException {
    ByteBuffer bytes =
        ByteBuffer.allocate(picture.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(picture);
    Files.write(Path.of(file("picture")), bytes.array());
    in.println(
        String.join(
            "\t",
            List.of(
                layer,
                Integer.toString(width),
                Integer.toString(height),
                file("picture"),
                activations,
                gradient)));
    return Double.parseDouble(expect("done").substring("done ".length()));
  }

  private String expect(String start) throws IOException, RefusedException {
    String line = out.readLine();
    if (line == null || !line.startsWith(start)) {
      String log = Files.readString(log()).strip();
      int check = log.indexOf("Check failed: ");
      throw new RefusedException(
          check < 0 ? line + " " + log : log.substring(check).lines().findFirst().get());
    }
    return line;
  }

  private String file(String name) {
    return scratch.resolve(name).toAbsolutePath().toString();
  }

  private float[] read(String name) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(scratch.resolve(name))).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  @Override
  public void close() {
    in.close();
    try {
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
