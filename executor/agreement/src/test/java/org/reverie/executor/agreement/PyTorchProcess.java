package org.reverie.executor.agreement;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * {@code peer/oracle.py}'s own timing of a gradient, in a Python that stays. Used by one thread;
 * closed by who started it.
 */
final class PyTorchProcess implements AutoCloseable {
  /** Answers every line with the seconds of one gradient, after one that warms up. */
  private static final String PROGRAM =
      """
      import glob, sys
      peer, brain, end, size, threads, dtype, layout = sys.argv[1:]
      sys.path.insert(0, peer)
      import oracle, torch
      torch.set_num_threads(int(threads))
      alone = brain.endswith('.prototxt')
      files = (brain, None) if alone else (
          brain + '/deploy.prototxt', glob.glob(brain + '/*.caffemodel')[0])
      net = oracle.Net(*files, torch.float32, 'cpu', layout == 'channels_last')
      print('ready', torch.__version__, flush=True)
      rounds = dtype != 'float32'
      for line in sys.stdin:
          with torch.autocast('cpu', torch.bfloat16, enabled=rounds):
              print('done', oracle.bench(net, end, int(size), 1), flush=True)
      """;

  /**
   * How it computes.
   *
   * @param dtype float32, or bfloat16: then its autocast chooses, layer by layer, which of them
   * @param channelsLast whether channels are innermost
   */
  record Numbers(String dtype, boolean channelsLast) {
    @Override
    public String toString() {
      return channelsLast ? dtype + ", channels last" : dtype;
    }
  }

  private static final int SECONDS_TO_END = 30;

  private final Process process;
  private final BufferedReader out;
  private final PrintStream in;
  private final String version;

  /**
   * Loads a network.
   *
   * @param python an interpreter with torch, numpy and Pillow
   * @param peer the folder of oracle.py
   * @param brain a brain folder, or a definition, which gets random weights
   * @param layer to dream
   * @param size edge of the picture, pixels
   * @param threads of PyTorch
   * @param number how it computes
   */
  PyTorchProcess(
      String python, Path peer, Path brain, String layer, int size, int threads, Numbers number)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            python,
            "-c",
            PROGRAM,
            peer.toString(),
            brain.toString(),
            layer,
            Integer.toString(size),
            Integer.toString(threads),
            number.dtype(),
            number.channelsLast() ? "channels_last" : "contiguous");
    builder.environment().remove("OMP_WAIT_POLICY");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    out = process.inputReader(StandardCharsets.UTF_8);
    in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    version = answer("ready");
  }

  /** PyTorch's. */
  String version() {
    return version;
  }

  /** The time of one gradient, seconds. */
  double seconds() throws IOException {
    in.println();
    return Double.parseDouble(answer("done"));
  }

  private String answer(String start) throws IOException {
    String line = out.readLine();
    if (line == null || !line.startsWith(start + " ")) {
      close();
      throw new IOException("PyTorch says " + line + "; see standard error");
    }
    return line.substring(start.length() + 1);
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
