package org.reverie.driver.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.BatchJob;
import org.reverie.conf.BatchReader;
import org.reverie.conf.JobLayer;
import org.reverie.driver.ProgressView;

/** The report while a batch runs. */
class LedgerTest {
  private static final String WORKS =
      """
      works:
        - {name: Sky, input.source: noise, print: {out: sky.tif, width: 40px}}
        - {name: Sea, input.source: noise, print: {out: sea.tif, width: 40px}}
      """;

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void itIsWrittenWhileThereIsProgressButNotAtEveryTile() throws IOException {
    BatchJob job = BatchReader.read("night.yaml", WORKS, JobLayer.ofFlags(null, Map.of())).batch();
    Ledger ledger =
        new Ledger(
            "night.yaml",
            job.works(),
            Optional.empty(),
            new ReportFolder(new org.apache.hadoop.fs.Path(folder.toUri()), new Configuration()),
            new Watch(),
            note -> {});
    ledger.open();
    assertEquals(List.of("waiting", "waiting"), json().findValuesAsText("state").subList(1, 3));
    BatchJob.Work sky = job.works().get(0);
    ledger.begin(sky);
    assertEquals("running", json().at("/works/0/state").asText());
    ProgressView view = ledger.watch(sky, ProgressView.silent());
    view.progress(10, 80, "octave 0 round 0 dream", 0);
    assertTrue(json().at("/works/0/megapixels-done").isMissingNode(), "at every tile");
    now = now.plusSeconds(6);
    view.progress(20, 80, "octave 1 round 0 dream", 3);
    assertEquals(20, json().at("/works/0/megapixels-done").asDouble());
    assertEquals(3, json().at("/works/0/retries").asInt());
    String page = Files.readString(folder.resolve("report.html"));
    assertTrue(page.contains("octave 1 round 0 dream"), page);
    ledger.end(sky, WorkState.STOPPED, "a tile failed", null);
    assertEquals("stopped", json().at("/works/0/state").asText());
    assertEquals("waiting", json().at("/works/1/state").asText());
    assertEquals("running", json().path("state").asText());
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("report.json").toFile());
  }

  private final class Watch extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
