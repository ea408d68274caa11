package org.reverie.driver.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.reverie.conf.Recipe;

/**
 * How a batch stands at one moment.
 *
 * @param name of the batch file
 * @param state {@code running}, {@code finished}, {@code stopped}, or {@code interrupted}
 * @param began this run
 * @param updated this very moment
 * @param deadline when it will stop, or did
 * @param works in the order they are rendered
 */
record BatchReport(
    String name,
    String state,
    Instant began,
    Instant updated,
    Optional<Instant> deadline,
    List<WorkRecord> works) {
  private static final ObjectMapper JSON = new ObjectMapper();

  BatchReport {
    works = List.copyOf(works);
  }

  boolean running() {
    return state.equals("running");
  }

  long count(WorkState state) {
    return works.stream().filter(work -> work.state() == state).count();
  }

  /**
   * For programs; thumbnails included, so that a batch that is carried on need not make them again.
   */
  byte[] json() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("batch", name);
    report.put("state", state);
    report.put("began", began.toString());
    report.put("updated", updated.toString());
    report.put("stop-at", deadline.map(Instant::toString).orElse(null));
    List<Map<String, Object>> list = new ArrayList<>();
    works.forEach(work -> list.add(json(work)));
    report.put("works", list);
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report holds text, numbers and lists only", e);
    }
  }

  private static Map<String, Object> json(WorkRecord record) {
    Map<String, Object> work = new LinkedHashMap<>();
    work.put("name", record.work().name());
    work.put("priority", record.work().priority());
    work.put("state", record.state().word());
    work.put("detail", record.detail());
    work.put("out", record.work().job().print().out());
    work.put("began", record.began() == null ? null : record.began().toString());
    work.put("ended", record.ended() == null ? null : record.ended().toString());
    WorkRecord.Progress progress = record.progress();
    if (progress.total() > 0) {
      work.put("what", progress.what());
      work.put("megapixels-done", progress.megapixels());
      work.put("megapixels-total", progress.total());
      work.put("retries", progress.retries());
    }
    FinishedPrint print = record.print();
    if (print != null) {
      Map<String, Object> made = new LinkedHashMap<>();
      made.put("bytes", print.bytes());
      made.put("width", print.width());
      made.put("height", print.height());
      made.put("dpi", print.pixelsPerInch());
      made.put("seconds", print.seconds());
      made.put("verdict", print.verdict());
      made.put("seamless", print.seamless());
      made.put("thumbnail", print.thumbnail());
      work.put("print", made);
    }
    work.put("job", Recipe.whole(record.work().job()));
    return work;
  }
}
