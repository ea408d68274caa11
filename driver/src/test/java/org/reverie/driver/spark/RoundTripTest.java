package org.reverie.driver.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.driver.Setups;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskReport;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Whatever crosses Spark, through the settings that Spark runs with. */
class RoundTripTest {
  private final SerializerInstance kryo =
      new KryoSerializer(SparkContexts.settings(new SparkConf(false), "tests", Optional.empty(), 1))
          .newInstance();

  @Test
  void theLargestAndTheEmptiestSetup() {
    float[] weights = new float[4096 * 832];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i * 0.1f;
    }
    weights[7] = Float.NaN;
    byte[] brain = new byte[80 << 20];
    new Random(1).nextBytes(brain);
    RenderSetup setup =
        Setups.of(
            "{\"ä\":1}".getBytes(StandardCharsets.UTF_8),
            brain,
            new float[][] {weights, {}},
            "s3a://bucket/work dir/ü",
            "id");
    RenderSetup copy = roundTrip(setup);
    assertArrayEquals(setup.plan(), copy.plan());
    assertArrayEquals(setup.brain(), copy.brain());
    assertEquals(2, copy.guide().length);
    assertArrayEquals(weights, copy.guide()[0]);
    assertEquals(0, copy.guide()[1].length);
    assertArrayEquals(setup.guideEnds(), copy.guideEnds());
    assertArrayEquals(setup.guideMask(), copy.guideMask());
    assertEquals(setup.store(), copy.store());
    assertEquals(setup.id(), copy.id());
    assertEquals(setup.print().format(), copy.print().format());
    assertEquals(setup.print().pieces(), copy.print().pieces());
    assertArrayEquals(setup.print().profile(), copy.print().profile());
    assertEquals(setup.engineBytes(), copy.engineBytes());
    assertArrayEquals(setup.hadoop(), copy.hadoop());

    RenderSetup empty = roundTrip(Setups.of(new byte[0], new byte[0], new float[0][], "", ""));
    assertEquals(0, empty.plan().length + empty.brain().length + empty.guide().length);
    assertEquals("", empty.store());
  }

  /** Spark serializes calls by Java's own means. */
  private static Stage withTheCall(Stage stage) {
    SerializerInstance java = new JavaSerializer(new SparkConf(false)).newInstance();
    ClassTag<TaskCall> type = ClassTag$.MODULE$.apply(TaskCall.class);
    TaskCall call = new TaskCall(null, stage, null);
    return java.deserialize(java.serialize(call, type), type).stage();
  }

  @ParameterizedTest
  @EnumSource(Stage.Kind.class)
  void stages(Stage.Kind kind) {
    Stage stage = new Stage(kind, 9, Integer.MAX_VALUE, new float[] {0, 1.5f, Float.MIN_VALUE});
    Stage copy = withTheCall(stage);
    assertEquals(kind, copy.kind());
    assertEquals(9, copy.octave());
    assertEquals(Integer.MAX_VALUE, copy.round());
    assertArrayEquals(stage.factors(), copy.factors());
    assertEquals(0, withTheCall(new Stage(kind, 0, 0, new float[0])).factors().length);
  }

  @Test
  void reports() {
    byte[] bytes = new byte[70 << 20];
    bytes[bytes.length - 1] = -1;
    double[] sums = {0, Math.PI, Double.MAX_VALUE, Double.NEGATIVE_INFINITY};
    TaskReport report =
        new TaskReport(-1, sums, Long.MAX_VALUE, Long.MIN_VALUE, 3, true, 16, bytes);
    TaskReport copy = roundTrip(report);
    assertEquals(-1, copy.task());
    assertArrayEquals(sums, copy.sums());
    assertEquals(Long.MAX_VALUE, copy.gradientPixels());
    assertEquals(Long.MIN_VALUE, copy.engineNanos());
    assertEquals(3, copy.otherNanos());
    assertTrue(copy.reused());
    assertEquals(16, copy.pieces());
    assertArrayEquals(bytes, copy.bytes());

    TaskReport empty = roundTrip(new TaskReport(0, new double[0], 0, 0, 0, false, 1, new byte[0]));
    assertEquals(0, empty.sums().length + empty.bytes().length);
    assertFalse(empty.reused());
  }

  @Test
  void outcomes() {
    TaskReport report = new TaskReport(5, new double[] {1}, 2, 3, 4, false, 1, new byte[] {6});
    TaskReport copy = roundTrip(TaskOutcome.done(report)).get();
    assertEquals(5, copy.task());
    assertArrayEquals(report.bytes(), copy.bytes());

    List<Problem> problems =
        List.of(new Problem("a-code", "--here", "what", "Mend it"), new Problem("b", "", "w", ""));
    TaskOutcome refused = roundTrip(TaskOutcome.refused(problems));
    assertNull(refused.report());
    assertEquals(problems, assertThrows(UserException.class, refused::get).problems());
  }

  @Test
  void aClassThatIsNotRegisteredIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> roundTrip(new Problem("a", "b", "c", "d")));
  }

  @Test
  void aRecordThatIsNotFlatIsRefused() {
    record Deep(List<String> names) {}
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new RecordSerializer<>(Deep.class));
    assertTrue(refused.getMessage().contains("names"), refused.getMessage());
  }

  @SuppressWarnings("unchecked")
  private <T> T roundTrip(T value) {
    ClassTag<T> tag = (ClassTag<T>) ClassTag$.MODULE$.apply(value.getClass());
    return kryo.deserialize(kryo.serialize(value, tag), tag);
  }
}
