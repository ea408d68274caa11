package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.List;
import org.reverie.driver.TrainingView;

/** Keeps what a training told, its progress by itself. */
final class TrainingRecorder implements TrainingView {
  private final List<String> lines = new ArrayList<>();
  private final List<String> progress = new ArrayList<>();
  private boolean isKept;

  @Override
  public synchronized void result(String line) {
    lines.add(line);
  }

  @Override
  public synchronized void progress(String line) {
    progress.add(line);
  }

  @Override
  public synchronized void note(String line) {
    lines.add(line);
  }

  @Override
  public synchronized void kept() {
    isKept = true;
  }

  synchronized boolean isKept() {
    return isKept;
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  synchronized List<String> progress() {
    return List.copyOf(progress);
  }

  String text() {
    return String.join("\n", lines());
  }
}
