package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Engines;

class BenchTest {
  private static final String LAYER = "inception_3a/output";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"999999, bench.json, --size", "64, none/x.json, --json"})
  void whatCannotBeMeasuredIsTheUsersToMend(int size, String json, String option) {
    Bench.Request request = request("onednn", size, folder.resolve(json));
    UserException refused = assertThrows(UserException.class, () -> Bench.run(request));
    assertTrue(refused.getMessage().contains(option), refused.getMessage());
  }

  @Test
  void anEngineMayLackTheMemory() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    FragileEngine.mostPixels = 32 * 32;
    try {
      Thread thread = new Thread(() -> Bench.run(request("fragile", 64, null)), "tile-bench");
      thread.setUncaughtExceptionHandler((in, exception) -> thrown.set(exception));
      thread.start();
      thread.join();
    } finally {
      FragileEngine.heal();
    }
    UserException refused = assertInstanceOf(UserException.class, thrown.get());
    assertTrue(refused.getMessage().contains("64 x 64 px"), refused.getMessage());
  }

  private static Bench.Request request(String engine, int size, Path json) {
    return new Bench.Request(
        new RenderJob.Brain(null, null, null), LAYER, size, 1, 1, engine, null, false, json);
  }

  @Test
  void everythingThatIsPrintedIsInTheFile() throws IOException {
    Path json = folder.resolve("bench.json");
    String text =
        Bench.run(
            new Bench.Request(
                new RenderJob.Brain(null, null, null),
                LAYER,
                96,
                1,
                3,
                "onednn",
                null,
                false,
                json));
    JsonNode all = new ObjectMapper().readTree(json.toFile());
    assertTrue(Bench.isOurs(json));
    assertTrue(text.startsWith(all.get("brain").asText() + ", " + LAYER + ", 96 x 96 px"), text);
    assertEquals(LAYER, all.get("layer").asText());
    assertEquals(96, all.get("size").asInt());
    assertEquals(1, all.get("threads").asInt());
    assertEquals(3, all.get("rounds").asInt());
    assertEquals(1, all.get("engines").size());
    JsonNode engine = all.get("engines").get(0);
    assertEquals("onednn", engine.get("engine").asText());
    assertEquals("float32", engine.get("precision").asText());
    double rate = engine.get("megapixels-per-second").asDouble();
    assertTrue(rate >= engine.get("slowest").asDouble(), engine::toString);
    assertTrue(rate <= engine.get("fastest").asDouble(), engine::toString);
    assertTrue(text.contains(String.format(Locale.ROOT, "%.3f Mpx/s", rate)), text);
    assertTrue(engine.get("bytes-per-pixel").asDouble() > 3 * Float.BYTES, engine::toString);
    assertTrue(engine.get("roof-gigaflop").asDouble() > 0, engine::toString);
    double share = engine.get("roof-seconds").asDouble() * rate / (96 * 96 / 1e6);
    assertEquals(share, engine.get("share-of-roof").asDouble(), 1e-9);
    JsonNode product = all.get("matrix-products").get(0);
    assertTrue(product.get("gigaflop-per-second").asDouble() > 0, product::toString);
    assertTrue(text.contains("for comparison: " + product.get("what").asText()), text);
  }

  /** TF32 is for GPUs; where one can run it, it is timed, and the others are told of. */
  @Test
  void enginesWithoutThePrecisionAreToldOf() throws IOException {
    try {
      String text = Bench.run(inTf32(Engines.AUTO));
      assertTrue(text.contains("onednn cannot run: the engine onednn computes in float32"), text);
    } catch (UserException none) {
      assertEquals("unsupported-precision", none.problems().get(0).code());
      assertTrue(none.getMessage().contains("nd4j cannot run"), none.getMessage());
    }
    UserException named = assertThrows(UserException.class, () -> Bench.run(inTf32("onednn")));
    assertEquals("unsupported-precision", named.problems().get(0).code());
  }

  private static Bench.Request inTf32(String engine) {
    return new Bench.Request(
        new RenderJob.Brain(null, null, null),
        LAYER,
        96,
        1,
        1,
        engine,
        Precision.TF32,
        false,
        null);
  }

  @Test
  void numbersReplaceNothingButNumbers() throws IOException {
    RenderJob.Brain brain = new RenderJob.Brain(null, null, null);
    for (String text : new String[] {"", "no numbers", "{\"size\": 3}"}) {
      Path json = Files.writeString(folder.resolve("notes.json"), text);
      Bench.Request request =
          new Bench.Request(brain, LAYER, 96, 1, 1, "onednn", null, false, json);
      UserException refused = assertThrows(UserException.class, () -> Bench.run(request));
      assertEquals("output-not-ours", refused.problems().get(0).code());
      assertEquals(text, Files.readString(json));
    }
  }
}
