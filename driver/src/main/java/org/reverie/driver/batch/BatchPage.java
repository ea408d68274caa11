package org.reverie.driver.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.reverie.conf.BatchJob;
import org.reverie.conf.Counted;
import org.reverie.conf.Recipe;
import org.reverie.conf.RenderJob;
import org.reverie.driver.Spans;

/**
 * The report as a page for people: one file that needs no other, readable without scripts. All text
 * from jobs and messages is escaped.
 */
final class BatchPage {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("EEEE d MMMM, HH:mm z", Locale.ENGLISH);

  /** How often a browser asks again while there is progress. */
  private static final int REFRESH_SECONDS = 10;

  private static final String STYLE =
      """
      :root{--paper:#f6f3ee;--card:#fff;--ink:#23201c;--soft:#766f66;--line:#e4ded5;--mat:#ebe6de;
      --done:#3d6b4f;--run:#8a5a00;--bad:#a3322b;--halt:#5b4b8a}
      @media (prefers-color-scheme:dark){:root{--paper:#171614;--card:#201f1c;--ink:#ece7df;
      --soft:#a29a8f;--line:#34312d;--mat:#2a2825;--done:#8cc7a1;--run:#e3b45c;--bad:#ef8c84;
      --halt:#b8a9ea}}
      *{box-sizing:border-box}
      body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,
      "Segoe UI",Roboto,"Helvetica Neue",sans-serif}
      main{max-width:1060px;margin:0 auto;padding:48px 24px 80px}
      h1,h2{font-family:Georgia,"Iowan Old Style","Palatino Linotype",serif;font-weight:400;
      margin:0;overflow-wrap:anywhere}
      h1{font-size:40px;line-height:1.15}
      h2{font-size:25px;line-height:1.25}
      .over{color:var(--soft);font-size:14px;letter-spacing:.04em;margin:0 0 10px;
      overflow-wrap:anywhere}
      .lead{color:var(--soft);margin:10px 0 0}
      .bar{height:6px;border-radius:3px;background:var(--mat);overflow:hidden;margin:14px 0 8px}
      .bar i{display:block;height:100%;background:var(--run)}
      .all{display:flex;height:8px;border-radius:4px;overflow:hidden;background:var(--mat);
      margin:26px 0 0}
      .all .done{background:var(--done)}.all .running{background:var(--run)}
      .all .stopped{background:var(--halt)}.all .refused,.all .failed{background:var(--bad)}
      .notice{border-left:3px solid var(--bad);padding:2px 0 2px 16px;margin:30px 0 0}
      .notice ul{margin:6px 0 0;padding:0;list-style:none}
      .notice li{margin:6px 0;overflow-wrap:anywhere}
      .notice a{color:inherit}
      .stale{display:none;background:var(--bad);color:#fff;border-radius:6px;padding:10px 16px;
      margin:0 0 24px}
      article{display:grid;grid-template-columns:300px 1fr;gap:28px;background:var(--card);
      border:1px solid var(--line);border-radius:10px;padding:20px;margin:22px 0 0}
      .picture{background:var(--mat);border-radius:6px;display:flex;align-self:start;
      align-items:center;justify-content:center;color:var(--soft);font-size:14px;overflow:hidden}
      .picture img{display:block;max-width:100%;max-height:300px}
      .picture.empty{min-height:170px}
      .head{display:flex;gap:12px;align-items:baseline;justify-content:space-between}
      .pill{flex:none;font-size:13px;border:1px solid currentColor;border-radius:99px;
      padding:1px 11px;white-space:nowrap}
      .pill.done{color:var(--done)}.pill.running{color:var(--run)}.pill.stopped{color:var(--halt)}
      .pill.refused,.pill.failed{color:var(--bad)}.pill.waiting{color:var(--soft)}
      .why{color:var(--bad);margin:10px 0 0;white-space:pre-line;overflow-wrap:anywhere}
      .why.stopped{color:var(--halt)}.why.done{color:var(--soft)}
      dl{display:grid;grid-template-columns:auto 1fr;gap:4px 18px;margin:14px 0 0}
      dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
      dd.seam{color:var(--bad)}
      details{margin:14px 0 0;color:var(--soft);font-size:14px}
      summary{cursor:pointer}
      pre{background:var(--mat);color:var(--ink);border-radius:6px;padding:14px;overflow:auto;
      font:13px/1.5 ui-monospace,Menlo,Consolas,monospace}
      footer{color:var(--soft);font-size:14px;margin:44px 0 0}
      @media (max-width:760px){article{grid-template-columns:1fr}h1{font-size:31px}
      main{padding:28px 16px 60px}}
      @media print{body{background:#fff}article{break-inside:avoid}details{display:none}}
      """;

  /** What tells such a page from others. */
  static final String SIGNATURE = "Written by Reverie";

  /** A page that nobody writes any more tells so by itself. */
  private static final String STALE =
      """
      const s=document.getElementById('stale');
      if(s&&Date.now()-Number(s.dataset.updated)>180000)s.style.display='block';
      """;

  private final BatchReport report;
  private final StringBuilder page = new StringBuilder();

  private BatchPage(BatchReport report) {
    this.report = report;
  }

  /** The whole page. */
  static String html(BatchReport report) {
    return new BatchPage(report).html();
  }

  private String html() {
    page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    if (report.running()) {
      page.append("<meta http-equiv=\"refresh\" content=\"")
          .append(REFRESH_SECONDS)
          .append("\">\n");
    }
    page.append("<title>").append(escape(headline() + " · " + report.name())).append("</title>\n");
    page.append("<style>\n").append(STYLE).append("</style></head>\n<body><main>\n");
    if (report.running()) {
      page.append("<p id=\"stale\" class=\"stale\" data-updated=\"")
          .append(report.updated().toEpochMilli())
          .append("\">Nothing has been written here for some minutes: a tile may take that long,")
          .append(" or the process has ended. The same batch again carries it on.</p>\n");
    }
    head();
    notices();
    for (int i = 0; i < report.works().size(); i++) {
      work(i, report.works().get(i));
    }
    page.append("<footer>" + SIGNATURE + " on ")
        .append(escape(when(report.updated(), DAY_AND_TIME)))
        .append(".</footer>\n</main>\n");
    if (report.running()) {
      page.append("<script>\n").append(STALE).append("</script>\n");
    }
    return page.append("</body></html>\n").toString();
  }

  private String headline() {
    long done = report.count(WorkState.DONE);
    int all = report.works().size();
    if (done == all) {
      return all == 1 ? "The print is done" : "All " + all + " prints are done";
    }
    return done == 0 ? "No print is done yet" : done + " of " + all + " prints are done";
  }

  private void head() {
    page.append("<p class=\"over\">").append(escape(report.name())).append("</p>\n");
    page.append("<h1>").append(escape(headline())).append("</h1>\n");
    List<String> words = new ArrayList<>();
    words.add("Began " + when(report.began(), DAY_AND_TIME));
    switch (report.state()) {
      case "running" -> report.deadline().ifPresent(at -> words.add("stops at " + when(at, TIME)));
      case "stopped" -> words.add("stopped at " + when(report.updated(), TIME));
      case "interrupted" -> words.add("was interrupted at " + when(report.updated(), TIME));
      default -> words.add("ended at " + when(report.updated(), TIME));
    }
    if (report.count(WorkState.WAITING) > 0) {
      words.add(report.count(WorkState.WAITING) + " waiting");
    }
    page.append("<p class=\"lead\">")
        .append(escape(String.join(" · ", words)))
        .append("</p>\n<div class=\"all\">");
    for (WorkState state : WorkState.values()) {
      long count = report.count(state);
      if (count > 0 && state != WorkState.WAITING) {
        page.append(
            String.format(
                Locale.ROOT,
                "<span class=\"%s\" style=\"width:%.2f%%\"></span>",
                state.word(),
                100.0 * count / report.works().size()));
      }
    }
    page.append("</div>\n");
  }

  /** What somebody must look at comes before everything else. */
  private void notices() {
    StringBuilder items = new StringBuilder();
    for (int i = 0; i < report.works().size(); i++) {
      WorkRecord record = report.works().get(i);
      boolean seams = record.print() != null && !record.print().seamless();
      boolean halted = record.state() == WorkState.STOPPED && !record.detail().isEmpty();
      if (record.state() == WorkState.REFUSED || record.state() == WorkState.FAILED || halted) {
        item(items, i, record, record.detail());
      } else if (seams && record.state() == WorkState.DONE) {
        item(items, i, record, "look at it closely: " + record.print().verdict());
      }
    }
    if (!items.isEmpty()) {
      page.append("<div class=\"notice\"><strong>Worth a look</strong><ul>")
          .append(items)
          .append("</ul></div>\n");
    }
  }

  private static void item(StringBuilder items, int index, WorkRecord record, String why) {
    items
        .append("<li><a href=\"#work-")
        .append(index + 1)
        .append("\">")
        .append(escape(record.work().name()))
        .append("</a>: ")
        .append(escape(why))
        .append("</li>");
  }

  private void work(int index, WorkRecord record) {
    page.append("<article id=\"work-").append(index + 1).append("\"><div class=\"picture");
    FinishedPrint print = record.print();
    if (print != null && !print.thumbnail().isEmpty()) {
      page.append("\"><img alt=\"\" src=\"").append(print.thumbnail()).append("\">");
    } else {
      page.append(" empty\">")
          .append(record.state() == WorkState.DONE ? "no small picture" : "no print yet");
    }
    page.append("</div><div>\n<div class=\"head\"><h2>")
        .append(escape(record.work().name()))
        .append("</h2><span class=\"pill ")
        .append(record.state().word())
        .append("\">")
        .append(record.state().word())
        .append("</span></div>\n");
    if (!record.detail().isEmpty()) {
      page.append("<p class=\"why ")
          .append(record.state().word())
          .append("\">")
          .append(escape(record.detail()))
          .append("</p>\n");
    }
    progress(record);
    page.append("<dl>");
    if (print != null) {
      row("print", size(print), "");
      row("file", record.work().job().print().out() + ", " + bytes(print.bytes()), "");
    } else {
      row("file", record.work().job().print().out(), "");
    }
    row("dream", dream(record), "");
    time(record);
    if (print != null) {
      row("seams", print.verdict(), print.seamless() ? "" : "seam");
    }
    page.append("</dl>\n<details><summary>all settings</summary><pre>")
        .append(escape(Recipe.jobFile(record.work().job())))
        .append("</pre></details>\n</div></article>\n");
  }

  private void progress(WorkRecord record) {
    WorkRecord.Progress progress = record.progress();
    boolean open = record.state() == WorkState.RUNNING || record.state() == WorkState.STOPPED;
    if (!open || progress.total() <= 0) {
      return;
    }
    page.append(
        String.format(
            Locale.ROOT,
            "<div class=\"bar\"><i style=\"width:%.1f%%\"></i></div>",
            100 * progress.fraction()));
    List<String> words = new ArrayList<>();
    words.add(
        String.format(
            Locale.ROOT,
            "%.0f %% of %.1f megapixels",
            Math.floor(100 * progress.fraction()),
            progress.total()));
    double rate = progress.rate(record.began());
    if (record.state() == WorkState.RUNNING) {
      words.add(progress.what());
      if (rate > 0) {
        double left = (progress.total() - progress.megapixels()) / rate;
        words.add("about " + Spans.people(left) + " left");
      }
    }
    if (progress.retries() > 0) {
      words.add(progress.retries() + (progress.retries() == 1 ? " retry" : " retries"));
    }
    page.append("<div class=\"lead\" style=\"margin:0\">")
        .append(escape(String.join(" · ", words)))
        .append("</div>\n");
  }

  private void time(WorkRecord record) {
    FinishedPrint print = record.print();
    if (print != null && !record.made()) {
      row("time", "finished by an earlier run, in " + Spans.people(print.seconds()), "");
    } else if (record.began() != null) {
      Instant end = record.ended() == null ? report.updated() : record.ended();
      String from = when(record.began(), TIME);
      row(
          "time",
          (record.ended() == null ? "since " + from : from + " to " + when(end, TIME))
              + ", "
              + Spans.people(Duration.between(record.began(), end).toMillis() / 1e3),
          "");
    }
  }

  private void row(String title, String text, String style) {
    page.append("<dt>")
        .append(title)
        .append("</dt><dd")
        .append(style.isEmpty() ? ">" : " class=\"" + style + "\">")
        .append(escape(text))
        .append("</dd>");
  }

  private static String size(FinishedPrint print) {
    double inches = 2.54 / print.pixelsPerInch();
    return String.format(
        Locale.ROOT,
        "%.1f × %.1f cm at %s dpi (%d × %d px)",
        print.width() * inches,
        print.height() * inches,
        Counted.exactly(print.pixelsPerInch()),
        print.width(),
        print.height());
  }

  private static String dream(WorkRecord record) {
    BatchJob.Work work = record.work();
    RenderJob.Dream dream = work.job().dream();
    List<String> words = new ArrayList<>();
    String brain = work.job().brain().path();
    words.add(brain == null ? "built-in brain" : brain.substring(brain.lastIndexOf('/') + 1));
    if (record.print() != null) {
      words.add(record.print().layers());
    } else if (!dream.layers().isEmpty()) {
      words.add(String.join(" + ", dream.layers().stream().map(l -> l.name()).toList()));
    }
    words.add(Counted.of(dream.iterations(), "iteration") + " of " + dream.step());
    words.add("seed " + dream.seed());
    return String.join(", ", words);
  }

  private static String bytes(long bytes) {
    return bytes >= 1_000_000_000L
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : bytes >= 1_000_000
            ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
            : String.format(Locale.ROOT, "%.0f kB", Math.ceil(bytes / 1e3));
  }

  private static String when(Instant instant, DateTimeFormatter format) {
    return format.format(instant.atZone(ZoneId.systemDefault()));
  }

  /** Text as HTML shows it, inside and outside of quotes; control characters cannot be shown. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
    return escaped.toString();
  }
}
