package org.reverie.executor.nd4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.OutOfDeviceMemoryException;

/** A graph ready to run for one window size. Used by one thread at a time. */
final class NetworkProgram implements AutoCloseable {
  private final Graph graph;
  private final List<String> outputs;
  private final List<RegionMask> masks;
  private final ArrayPool pool = new ArrayPool();
  private final Execution execution;

  /**
   * @param outputs names of the variables that a run gives, each made by an operation
   * @param masks placeholders that depend on the regions of the canvas
   */
  NetworkProgram(Graph graph, List<String> outputs, List<RegionMask> masks) {
    this.masks = masks;
    this.graph = graph;
    this.outputs = outputs;
    this.execution = new Execution(graph.sameDiff());
    this.execution.setMmgr(pool);
  }

  /**
   * Runs the graph.
   *
   * @param input CHW, 3 x height x width
   * @param regions of the input
   * @return the outputs, row-major
   */
  List<float[]> run(float[] input, int width, int height, Centres.Regions regions) {
    INDArray canvas = Nd4j.create(input, new long[] {1, 3, height, width}, 'c');
    List<INDArray> regional = new ArrayList<>();
    try {
      Map<String, INDArray> placeholders = new HashMap<>(graph.parameters());
      placeholders.put(Graph.INPUT, canvas);
      for (RegionMask mask : masks) {
        float[] values = mask.values(regions);
        regional.add(Nd4j.create(values, new long[] {values.length, 1}, 'c'));
        placeholders.put(mask.name(), regional.get(regional.size() - 1));
      }
      Map<String, INDArray> results =
          execution.output(outputs, placeholders, null, List.of(), List.of(), At.defaultAt());
      List<float[]> values = new ArrayList<>();
      for (String output : outputs) {
        INDArray result = results.get(output);
        values.add(result.data().asFloat());
      }
      return values;
    } catch (OutOfMemoryError e) {
      pool.close();
      throw new OutOfDeviceMemoryException(e.getMessage());
    } finally {
      pool.reclaim();
      canvas.close();
      regional.forEach(INDArray::close);
    }
  }

  /** Bytes that its arrays would take, were none ever used twice. */
  long outputBytes() {
    return graph.outputBytes();
  }

  /** Bytes of the arrays that runs have left. */
  long pooledBytes() {
    return pool.bytes();
  }

  /** Frees the arrays of its runs; the program can run again. */
  @Override
  public void close() {
    pool.close();
  }

  /** SameDiff's interpreter, made fit for many runs. */
  private static final class Execution extends InferenceSession {
    Execution(SameDiff sameDiff) {
      super(sameDiff);
    }

    @Override
    protected Map<String, INDArray> preprocessPlaceholders(
        Map<String, INDArray> placeholders, At at) {
      // It remembers every array that it ever released, which would grow by hundreds a run.
      freedArrays.clear();
      return super.preprocessPlaceholders(placeholders, at);
    }
  }
}
