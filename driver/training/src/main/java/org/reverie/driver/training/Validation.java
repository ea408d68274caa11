package org.reverie.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How a network classifies pictures that it was not trained on.
 *
 * @param classes how many there are
 * @param counts pictures by true class (rows) and by the class they were taken for (columns)
 */
record Validation(int classes, int[] counts) {

  /**
   * A network on its way to executors.
   *
   * @param configuration of DL4J, JSON
   * @param parameters all of them, in DL4J's order
   */
  record Model(String configuration, float[] parameters) {
    static Model of(ComputationGraph network) {
      return new Model(
          network.getConfiguration().toJson(), network.params().dup('c').toFloatVector());
    }

    ComputationGraph open() {
      ComputationGraph network =
          new ComputationGraph(ComputationGraphConfiguration.fromJson(configuration));
      network.init(Nd4j.create(parameters, new long[] {1, parameters.length}, 'c'), false);
      return network;
    }
  }

  /** Classifies all pictures, on the executors. */
  static Validation of(
      JavaSparkContext spark, ComputationGraph network, Broadcast<Showing> pictures) {
    Broadcast<Model> model = spark.broadcast(Model.of(network));
    Showing showing = pictures.value();
    int batches = (showing.paths().length + showing.batch() - 1) / showing.batch();
    int parts = Math.max(1, Math.min(batches, spark.defaultParallelism()));
    List<int[]> results =
        spark
            .parallelize(new ArrayList<>(IntStream.range(0, batches).boxed().toList()), parts)
            .mapPartitions(part -> classify(model.value(), pictures.value(), part))
            .collect();
    model.destroy();
    int[] counts = new int[showing.classes() * showing.classes()];
    for (int[] result : results) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += result[i];
      }
    }
    return new Validation(showing.classes(), counts);
  }

  private static Iterator<int[]> classify(Model model, Showing showing, Iterator<Integer> part)
      throws IOException {
    WorkerThreads.limit(showing.threads());
    int[] counts = new int[showing.classes() * showing.classes()];
    ComputationGraph network = model.open();
    while (part.hasNext()) {
      classify(network, showing, part.next(), counts);
    }
    return List.of(counts).iterator();
  }

  /** Classifies one batch and counts. */
  static void classify(ComputationGraph network, Showing showing, int batch, int[] counts)
      throws IOException {
    int from = batch * showing.batch();
    int count = Math.min(showing.batch(), showing.paths().length - from);
    int values = TrainingPicture.CHANNELS * showing.size() * showing.size();
    float[] pictures = new float[count * values];
    for (int i = 0; i < count; i++) {
      float[] planes = BatchLoader.read(showing, from + i).middle(showing.size());
      BatchLoader.put(showing, planes, pictures, i * values);
    }
    INDArray input =
        Nd4j.create(pictures, new long[] {count, 3, showing.size(), showing.size()}, 'c');
    float[][] probabilities = network.outputSingle(input).toFloatMatrix();
    for (int i = 0; i < count; i++) {
      int best = 0;
      for (int c = 1; c < showing.classes(); c++) {
        if (probabilities[i][c] > probabilities[i][best]) {
          best = c;
        }
      }
      counts[showing.labels()[from + i] * showing.classes() + best]++;
    }
  }

  /** Pictures in all. */
  int pictures() {
    return IntStream.of(counts).sum();
  }

  /** Share that was classified right, 0 to 1. */
  double accuracy() {
    int right = 0;
    for (int c = 0; c < classes; c++) {
      right += counts[c * classes + c];
    }
    return right / (double) Math.max(1, pictures());
  }

  /** The confusion matrix as a table in Markdown, true classes down. */
  String table(List<String> names) {
    StringBuilder text = new StringBuilder("| |");
    for (int c = 0; c < classes; c++) {
      text.append(' ').append(c + 1).append(" |");
    }
    text.append(" right |\n|").append(" --- |".repeat(classes + 2)).append('\n');
    for (int row = 0; row < classes; row++) {
      text.append("| ").append(row + 1).append(' ').append(cell(names.get(row))).append(" |");
      int sum = 0;
      for (int c = 0; c < classes; c++) {
        int count = counts[row * classes + c];
        sum += count;
        text.append(count == 0 ? " |" : " " + count + " |");
      }
      text.append(
          sum == 0
              ? " - |\n"
              : String.format(
                  Locale.ROOT, " %.0f %% |%n", 100.0 * counts[row * classes + row] / sum));
    }
    return text.toString();
  }

  /** A folder's name may hold what would end a cell, or a row. */
  private static String cell(String name) {
    return name.replaceAll("\\p{Cntrl}", " ").replace("\\", "\\\\").replace("|", "\\|");
  }
}
