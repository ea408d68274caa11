package org.reverie.conf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A job as canonical text: the same job always gives the same characters, and {@link
 * JobLayer#ofYaml} reads either form back.
 */
public final class Recipe {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build());
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Recipe() {}

  /**
   * What may travel inside a print: all that decides the picture, and nothing that tells where it
   * was made. Paths (the input, the brain, a guide that is a picture) are left out; their hashes
   * are the plan's matter.
   */
  public static Map<String, Map<String, Object>> of(RenderJob job) {
    return sections(job, false);
  }

  /** The whole job, with paths and master, for the report beside the print. */
  public static Map<String, Map<String, Object>> whole(RenderJob job) {
    return sections(job, true);
  }

  /** {@link #of} as YAML. */
  public static String yaml(RenderJob job) {
    return text(YAML, of(job));
  }

  /** {@link #of} as JSON. */
  public static String json(RenderJob job) {
    return text(JSON, of(job));
  }

  /** {@link #whole} as YAML: a job file that makes the job again where it was made. */
  public static String jobFile(RenderJob job) {
    return text(YAML, whole(job));
  }

  /** The values of the default preset, as written, by path; none where it leaves a key open. */
  public static Map<String, Object> defaults() {
    JobLayer needed =
        JobLayer.ofYaml("defaults", "{%s: a.jpg, %s: a.tif}".formatted(JobKey.SOURCE, JobKey.OUT));
    Map<String, Object> defaults = byPath(whole(JobReader.read(List.of(needed))));
    defaults.remove(JobKey.SOURCE.path());
    defaults.remove(JobKey.OUT.path());
    return defaults;
  }

  /**
   * The keys of a recipe by path, and the {@link #defaults} of those it lacks: a recipe of an
   * earlier version does not mention keys that came later.
   *
   * @param sections as {@link #of} or {@link #whole} makes them, perhaps by an earlier version
   */
  public static Map<String, Object> complete(Map<String, Map<String, Object>> sections) {
    Map<String, Object> keys = defaults();
    keys.putAll(byPath(sections));
    return keys;
  }

  private static Map<String, Object> byPath(Map<String, Map<String, Object>> sections) {
    Map<String, Object> keys = new LinkedHashMap<>();
    sections.forEach(
        (section, values) ->
            values.forEach((name, value) -> keys.put(section + "." + name, value)));
    return keys;
  }

  private static Map<String, Map<String, Object>> sections(RenderJob job, boolean whole) {
    Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
    for (JobKey<?> key : JobKey.all()) {
      Object value = key.written(job);
      if (value != null && (whole || disclosed(key, value))) {
        sections
            .computeIfAbsent(key.section(), name -> new LinkedHashMap<>())
            .put(key.name(), value);
      }
    }
    return sections;
  }

  private static boolean disclosed(JobKey<?> key, Object value) {
    return switch (key.disclosure()) {
      case FULL -> true;
      case FORMULA ->
          value instanceof List<?> list
              ? list.stream().allMatch(one -> isFormula(one.toString()))
              : isFormula(value.toString());
      case NONE -> false;
    };
  }

  /** A formula, or one behind the colour of its region. */
  private static boolean isFormula(String value) {
    return Formula.of(value.replaceFirst("^#[0-9a-f]{6}=", "")).isPresent();
  }

  private static String text(ObjectMapper mapper, Map<String, Map<String, Object>> sections) {
    try {
      return mapper.writeValueAsString(sections);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a recipe holds text, numbers and lists only", e);
    }
  }
}
