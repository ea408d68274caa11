package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/**
 * The render of these tests in local mode, to the end without any disturbance.
 *
 * @param print its bytes
 * @param tiles that were stored for it
 */
record Undisturbed(byte[] print, int tiles) {
  /** Renders it, and archives the classes for it. */
  static Undisturbed render(LocalCluster cluster, Storage storage) {
    String log = storage.name() + "-undisturbed.log";
    List<String> options = List.of("--master", "local[2]", "--driver-memory", "512m");
    Process local =
        cluster.submit(
            Map.of("SPARK_SUBMIT_OPTS", JavaOptions.archiving()),
            options,
            Renders.command(storage, "undisturbed"),
            Kill.path(log));
    assertEquals(0, LocalCluster.wait(local, 400), () -> Kill.log(log));
    Path report = new Path(storage.uri("undisturbed.tif.json"));
    try (var in = storage.fileSystem().open(report)) {
      JsonNode stages = new ObjectMapper().readTree(in.readAllBytes()).path("run").path("stages");
      int tiles =
          Stream.of("gradient", "step-gradient", "dream")
              .mapToInt(stage -> stages.path(stage).path("tasks").asInt())
              .sum();
      return new Undisturbed(Renders.print(storage, "undisturbed"), tiles);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
