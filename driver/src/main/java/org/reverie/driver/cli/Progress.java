package org.reverie.driver.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.reverie.driver.ProgressView;
import org.reverie.driver.Spans;

/**
 * Shows a render's progress: on a terminal one line that is drawn anew, elsewhere a line every 30
 * s.
 *
 * <p>The rate is megapixels over seconds, both discounted exponentially into the past over a third
 * of the time so far, at least 30 s. It falls while nothing finishes, and so the time left grows:
 * no number is shown that the render does not keep up with.
 */
final class Progress implements ProgressView {
  private static final long DRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final double MEMORY_SECONDS = 30;
  private static final double SETTLED_SECONDS = 3;

  private final Terminal terminal;
  private final LongSupplier nanoClock;

  private boolean started;
  private volatile boolean isBegun;
  private boolean silent;
  private long startNanos;
  private long sampleNanos;
  private long shownNanos;
  private double discountedMegapixels;
  private double discountedSeconds;
  private double done;
  private double total;
  private String what = "";
  private int retries;
  private int drawnLength;

  /**
   * @param terminal where to show it
   * @param nanoClock as {@link System#nanoTime}
   */
  Progress(Terminal terminal, LongSupplier nanoClock) {
    this.terminal = terminal;
    this.nanoClock = nanoClock;
  }

  @Override
  public synchronized void plan(String text) {
    if (silent) {
      return;
    }
    erase();
    terminal.out().println(text.stripTrailing());
    terminal.out().println();
    terminal.out().flush();
  }

  @Override
  public synchronized void progress(
      double megapixelsDone, double megapixelsTotal, String what, int retries) {
    if (silent) {
      return;
    }
    isBegun = true;
    long now = nanoClock.getAsLong();
    boolean first = !started;
    if (first) {
      started = true;
      startNanos = now;
      sampleNanos = now;
      shownNanos = now;
      done = megapixelsDone;
    }
    discount(now);
    discountedMegapixels += megapixelsDone - done;
    this.done = megapixelsDone;
    this.total = megapixelsTotal;
    this.what = what;
    this.retries = retries;
    show(now, first && terminal.live());
  }

  /** Whether anything was done, or found done, by now. */
  boolean isBegun() {
    return isBegun;
  }

  /** Shows what has become of the time left though nothing happened. */
  synchronized void tick() {
    if (started) {
      long now = nanoClock.getAsLong();
      discount(now);
      show(now, false);
    }
  }

  @Override
  public synchronized void note(String text) {
    if (silent) {
      return;
    }
    erase();
    terminal.err().println(text);
    terminal.err().flush();
  }

  @Override
  public synchronized void done(String print, Duration took, String lastLine) {
    erase();
    started = false;
    terminal.out().println("Wrote " + print + " in " + Spans.people(took.toMillis() / 1000.0));
    if (!lastLine.isEmpty()) {
      terminal.out().println(lastLine);
    }
    terminal.out().flush();
  }

  /** Leaves the line as it is and shows nothing more: something else is about to be said. */
  synchronized void end() {
    if (drawnLength > 0) {
      terminal.err().println();
      terminal.err().flush();
      drawnLength = 0;
    }
    started = false;
  }

  /**
   * Leaves the line as it is for good, and tells nothing but a print that gets done all the same:
   * the render goes on until the process ends, and how to resume is the last that people should
   * read.
   */
  synchronized void silence() {
    end();
    silent = true;
  }

  private void discount(long now) {
    double seconds = (now - sampleNanos) * 1e-9;
    double soFar = (now - startNanos) * 1e-9;
    double kept = Math.exp(-seconds / Math.max(MEMORY_SECONDS, soFar / 3));
    discountedMegapixels *= kept;
    discountedSeconds = discountedSeconds * kept + seconds;
    sampleNanos = now;
  }

  private void show(long now, boolean atOnce) {
    long interval = terminal.live() ? DRAW_NANOS : LINE_NANOS;
    if (!atOnce && now - shownNanos < interval) {
      return;
    }
    shownNanos = now;
    String line = line(now);
    if (terminal.live()) {
      int room = terminal.columns() - 1;
      String cut = line.length() <= room ? line : line.substring(0, room);
      terminal.err().print("\r" + cut + " ".repeat(Math.max(0, drawnLength - cut.length())));
      drawnLength = cut.length();
    } else {
      terminal.err().println(line);
    }
    terminal.err().flush();
  }

  private void erase() {
    if (drawnLength > 0) {
      terminal.err().print("\r" + " ".repeat(drawnLength) + "\r");
      terminal.err().flush();
      drawnLength = 0;
    }
  }

  private String line(long now) {
    StringBuilder line = new StringBuilder();
    int percent = total > 0 ? (int) Math.min(100, Math.floor(100 * done / total)) : 0;
    line.append(String.format(Locale.ROOT, "%3d %%  ", percent));
    line.append(what.isEmpty() ? "" : what + "  ");
    line.append(String.format(Locale.ROOT, "%.1f of %.1f Mpx", done, total));
    double rate = discountedSeconds > 0 ? discountedMegapixels / discountedSeconds : 0;
    if (rate > 0 && (now - startNanos) * 1e-9 >= SETTLED_SECONDS) {
      line.append(String.format(Locale.ROOT, "  %s Mpx/s", threeDigits(rate)));
      line.append("  ").append(Spans.people(Math.max(0, total - done) / rate)).append(" left");
    }
    if (retries > 0) {
      line.append("  ").append(retries).append(retries == 1 ? " retry" : " retries");
    }
    return line.toString();
  }

  private static String threeDigits(double rate) {
    int decimals = rate >= 100 ? 0 : rate >= 10 ? 1 : rate >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", rate);
  }
}
