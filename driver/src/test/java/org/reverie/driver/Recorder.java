package org.reverie.driver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a render told. */
class Recorder implements ProgressView {
  final List<String> notes = new ArrayList<>();
  String plan = "";
  double done;
  double total;

  @Override
  public void plan(String text) {
    plan = text;
  }

  @Override
  public void progress(double megapixelsDone, double megapixelsTotal, String what, int retries) {
    done = megapixelsDone;
    total = megapixelsTotal;
  }

  @Override
  public void note(String text) {
    notes.add(text);
  }

  @Override
  public void done(String print, Duration took, String lastLine) {}
}
