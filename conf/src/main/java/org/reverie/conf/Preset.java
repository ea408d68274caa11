package org.reverie.conf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The jobs to start from, kept as YAML beside this class. A preset may itself name one below it.
 */
public enum Preset {
  /** What photographs at print scale need; the default. */
  PRINT("print", "what photographs at print scale need"),
  /** A quick look at what a print would become. */
  DRAFT("draft", "a quick look: as print, with fewer and longer steps, at 100 dpi"),
  /** google/deepdream to the letter. */
  NOTEBOOK("notebook", "google/deepdream to the letter");

  private final String word;
  private final String purpose;

  Preset(String word, String purpose) {
    this.word = word;
    this.purpose = purpose;
  }

  /** As {@code --preset} takes it. */
  public String word() {
    return word;
  }

  /** What it is for, in a few words. */
  public String purpose() {
    return purpose;
  }

  /** All names. */
  public static List<String> words() {
    return List.of(values()).stream().map(Preset::word).toList();
  }

  /**
   * The preset of that name.
   *
   * @throws UserException if there is none, with the nearest name
   */
  static Preset named(String word, String where) {
    for (Preset preset : values()) {
      if (preset.word.equals(word)) {
        return preset;
      }
    }
    throw UserException.of(
        "unknown-preset",
        where,
        "\"" + word + "\" is not a preset",
        Nearest.suggestion(word, words()));
  }

  /** Its layers, those it stands on first. */
  List<JobLayer> layers() {
    JobLayer layer = JobLayer.ofYaml("preset " + word, text());
    List<JobLayer> layers = new ArrayList<>();
    layer
        .preset()
        .ifPresent(
            below ->
                layers.addAll(named(((RawValue.Text) below.raw()).text(), below.where()).layers()));
    layers.add(layer);
    return List.copyOf(layers);
  }

  /** Its YAML. */
  public String text() {
    String resource = "preset/" + word + ".yaml";
    try (InputStream in = Preset.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
