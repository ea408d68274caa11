package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BatchReaderTest {
  private static final JobLayer NO_FLAGS = JobLayer.ofFlags(null, Map.of());

  @Test
  void defaultsLieBelowEveryWorkAndTheHighestPriorityComesFirst() {
    BatchJob batch =
        read(
            """
            stop-at: 06:00
            report: s3://bucket/night
            defaults:
              preset: draft
              dream: {iterations: 7, layers: [weave/output]}
            works:
              - {input.source: a.jpg, print.out: a.tif}
              - name: "the <b>&\\" one"
                priority: 5
                input: {source: b.jpg}
                print.out: prints/b.tif
                dream.iterations: 3
              - {name: c, input.source: c.jpg, print.out: c.tif, preset: print, priority: 5}
            """);
    assertEquals(Optional.of("s3://bucket/night"), batch.report());
    assertEquals("06:00", batch.stopAt().orElseThrow().toString());
    assertEquals(
        List.of("the <b>&\" one", "c", "a.tif"),
        batch.works().stream().map(BatchJob.Work::name).toList());
    RenderJob first = batch.works().get(0).job();
    assertEquals(3, first.dream().iterations());
    assertEquals("weave/output", first.dream().layers().get(0).name());
    assertEquals(100, first.print().dpi(), "preset draft");
    assertEquals(7, batch.works().get(1).job().dream().iterations());
    assertEquals(300, batch.works().get(1).job().print().dpi(), "its own preset");
  }

  @Test
  void flagsLieOverEveryWork() {
    JobLayer flags =
        JobLayer.ofFlags(
            null, Map.of(JobKey.MASTER, List.of("local[2]"), JobKey.DRY_RUN, List.of("true")));
    BatchJob batch =
        BatchReader.read(
                "night.yaml",
                "works: [{input.source: a.jpg, print.out: a.tif, run.master: x}]",
                flags)
            .batch();
    assertEquals("local[2]", batch.master());
    assertTrue(batch.works().get(0).job().run().dryRun());
  }

  @Test
  void allMistakesOfAllWorksComeAtOnce() {
    UserException thrown =
        assertThrows(
            UserException.class,
            () ->
                read(
                    """
                    stop-att: 06:00
                    defaults: {dream.step: quick, print.dpi: 300}
                    works:
                      - {name: one, input.source: a.jpg, print.out: a.tif, dream.octave: 3}
                      - {name: two, print.out: b.gif, priority: high}
                      - {name: three, input.source: c.jpg, print.out: c.tif, dream.iterations: 0}
                    """));
    List<String> lines = thrown.problems().stream().map(Problem::message).toList();
    assertEquals(7, lines.size(), () -> String.join("\n", lines));
    assertTrue(lines.get(0).contains("stop-att (night.yaml line 1): unknown key"), lines.get(0));
    assertTrue(lines.get(0).contains("Did you mean stop-at?"), lines.get(0));
    assertEquals(
        1, lines.stream().filter(line -> line.contains("quick")).count(), "told once, not thrice");
    assertTrue(
        lines.stream()
            .anyMatch(
                line ->
                    line.startsWith("work \"one\", dream.octave (night.yaml line 4)")
                        && line.contains("dream.octaves")));
    assertTrue(
        lines.stream()
            .anyMatch(line -> line.contains("work \"two\"") && line.contains("whole number")));
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("work \"two\", INPUT: is missing")),
        () -> "" + lines);
    assertTrue(lines.stream().anyMatch(line -> line.contains("work \"three\"")));
  }

  @Test
  void whatDefaultsSayIsToldOnce() {
    UserException thrown =
        assertThrows(
            UserException.class,
            () ->
                read(
                    """
                    defaults: {run.fresh: true}
                    works:
                      - {name: one, input.source: a.jpg, print.out: a.tif}
                      - {name: two, input.source: b.jpg, print.out: b.tif}
                      - {name: three, input.source: c.jpg, print.out: c.tif, run.fresh: true}
                    """));
    assertEquals(
        List.of("run.fresh (night.yaml line 1)", "work \"three\", run.fresh"),
        thrown.problems().stream().map(Problem::where).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "works: []                                                   | there is no work in it",
        "''                                                          | there is no work in it",
        "works: sky.jpg                                              | is no list",
        "defaults: {print.dpi: 100}                                  | there is no work in it",
        "works: [sky.jpg]                                            | holds no keys",
        "{defaults: 3, works: [{input.source: a, print.out: a.tif}]} | holds no keys",
        "{print.dpi: 3, works: [{input.source: a, print.out: a.tif}]}"
            + " | It belongs into defaults or into a work",
        "works: [{input.source: a, print.out: a.tif}, {input.source: b, print.out: b/a.tif}]"
            + " | there are two of that name",
        "works: [{input.source: a, print.out: a.tif, run.master: 'local[2]'}, {input.source: b,"
            + " print.out: b.tif}] | run in one place",
        "works: [{input.source: a, print.out: a.tif, run.fresh: true}] | would start over",
        "{stop-at: 25:00, works: [{input.source: a, print.out: a.tif}]} | not a time of day",
        "{stop-at: [a], works: [{input.source: a, print.out: a.tif}]} | has no value, or several",
        "works: [{input.source: a, print.out: a.tif                  | not YAML",
      })
  void aMistakeNamesWhatToDo(String text, String expected) {
    UserException thrown = assertThrows(UserException.class, () -> read(text));
    assertTrue(thrown.getMessage().contains(expected), thrown::getMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "works: *b",
        "{defaults: *b, works: [{input.source: a, print.out: a.tif}]}",
        "{report: *b, works: [{input.source: a, print.out: a.tif}]}",
        "works: [{name: *b, input.source: a, print.out: a.tif}]",
        "works: [{dream: *b, input.source: a, print.out: a.tif}]",
      })
  void anAliasIsToldOnce(String text) {
    UserException thrown = assertThrows(UserException.class, () -> read(text));
    assertEquals(1, thrown.problems().size(), thrown::getMessage);
    assertTrue(thrown.getMessage().contains("the alias *b is not followed"), thrown::getMessage);
  }

  @Test
  void aSectionThatHoldsNothingChangesNothing() {
    String works = "works:\n  - {input.source: a.jpg, print.out: a.tif, dream: }\n";
    assertEquals(read(works), read("defaults:\n  dream:\n" + works));
  }

  @ParameterizedTest
  @CsvSource({
    "06:00, 2026-03-01T22:00, 2026-03-02T06:00",
    "6:00, 2026-03-01T05:59, 2026-03-01T06:00",
    "06:00, 2026-03-01T06:00, 2026-03-02T06:00",
    "06:00 Asia/Tokyo, 2026-03-01T20:00, 2026-03-02T06:00+09:00",
  })
  void theTimeToStopIsTheNextOne(String written, String now, String expected) {
    ZonedDateTime here = ZonedDateTime.parse(now + "+00:00[UTC]");
    ZonedDateTime stop = TimeOfDay.parse(written, "stop-at").after(here);
    ZoneId zone = expected.contains("+") ? ZoneId.of("Asia/Tokyo") : ZoneId.of("UTC");
    assertEquals(
        expected.replaceAll("\\+.*", ""),
        stop.withZoneSameInstant(zone).toLocalDateTime().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "06:60", "24:00", "06:00 Mars/Olympus", "soon", "06.00"})
  void otherTimesAreRefused(String written) {
    assertThrows(UserException.class, () -> TimeOfDay.parse(written, "stop-at"));
  }

  private static BatchJob read(String text) {
    BatchReader.Reading reading = BatchReader.read("night.yaml", text, NO_FLAGS);
    if (!reading.problems().isEmpty()) {
      throw new UserException(reading.problems());
    }
    return reading.batch();
  }
}
