package org.reverie.benchmarks;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.brain.caffe.BuiltInBrain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** One gradient of a window. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 7, time = 2)
public class GradientBenchmark {
  private static final String BUILT_IN = "built-in";

  /** What computes it. */
  @Param({"onednn", "nd4j"})
  public String engine;

  /** A brain folder, or a definition, which gets random weights. */
  @Param(BUILT_IN)
  public String brain;

  /** The layer to dream; the brain's preferred one if it is empty. */
  @Param("")
  public String layer;

  /** Edge of the window, pixels. */
  @Param("512")
  public int size;

  private Engine opened;
  private Session session;
  private Window window;

  /** Compiles, and takes in the pixels. */
  @Setup(Level.Trial)
  public void open() throws Exception {
    LoadedBrain loaded = load();
    String chosen = layer.isEmpty() ? loaded.brain().preferredLayers().get(0) : layer;
    EngineProvider provider = Engines.choose(engine).provider();
    Options options = new Options(Runtime.getRuntime().availableProcessors(), 0, Precision.FLOAT32);
    opened = provider.open(loaded.brain(), Objective.l2(loaded.layer(chosen)), options);
    session = opened.compile(size, size);
    WindowAxis axis = new WindowAxis(Border.WRAP, size, 0, size, 0, size, 1);
    window = new Window(axis, axis);
    float[] planes = MadeUpPixels.planes(size, size);
    for (int i = 0; i < planes.length; i++) {
      planes[i] -= 120;
    }
    session.load(window, planes);
  }

  private LoadedBrain load() throws Exception {
    if (brain.equals(BUILT_IN)) {
      return BuiltInBrain.read();
    }
    OptionalLong seed = brain.endsWith(".prototxt") ? OptionalLong.of(1) : OptionalLong.empty();
    return BrainReader.read(
        FileSystem.getLocal(new Configuration(false)),
        new org.apache.hadoop.fs.Path(Path.of(brain).toUri()),
        seed);
  }

  /** Frees the engine's memory. */
  @TearDown(Level.Trial)
  public void close() {
    session.close();
    opened.close();
  }

  /** The sum of |g|. */
  @Benchmark
  public double gradient(Megapixels count) {
    count.add((long) size * size);
    return session.gradient(Roll.NONE, window.loadedRegion());
  }
}
