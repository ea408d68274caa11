package org.reverie.executor.brain.caffe;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain.ColourOrder;
import org.reverie.executor.brain.NearestNames;

/**
 * What a person may say about a brain in a {@code brain.yaml} beside it. Every key may be missing.
 *
 * @param mean subtracted per channel from 0..255 values, in the order of the colours; or null
 * @param colours {@code BGR} (Caffe's own) or {@code RGB}; or null
 * @param scale what pictures are multiplied by after that; or null
 * @param layers layers worth dreaming, the default one first; or null
 * @param classes what the last layer's channels stand for, for people; or null
 * @param training how the brain was made, for people; or null
 */
record BrainDescriptor(
    List<Float> mean,
    String colours,
    Float scale,
    List<String> layers,
    List<String> classes,
    JsonNode training) {
  static final String FILE = "brain.yaml";
  static final BrainDescriptor NONE = new BrainDescriptor(null, null, null, null, null, null);

  private static final List<String> KEYS =
      List.of("mean", "colours", "scale", "layers", "classes", "training");
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * Reads one.
   *
   * @param file its name, for messages
   * @param text its contents
   * @throws UserException with the line of a mistake; unknown keys are mistakes
   */
  static BrainDescriptor parse(String file, String text) {
    BrainDescriptor descriptor;
    try {
      JsonNode contents = YAML.readTree(text);
      if (contents.isMissingNode() || contents.isNull()) {
        return NONE;
      }
      descriptor = YAML.readValue(text, BrainDescriptor.class);
    } catch (UnrecognizedPropertyException e) {
      throw UserException.of(
          "brain-descriptor-key",
          file + ", line " + line(e, text),
          "there is no key " + e.getPropertyName(),
          "Did you mean " + NearestNames.of(e.getPropertyName(), KEYS, 1).get(0) + "?");
    } catch (JsonMappingException e) {
      throw malformed(file + ", line " + line(e, text), e);
    } catch (JacksonException e) {
      JsonLocation location = e.getLocation();
      throw malformed(location == null ? file : file + ", line " + location.getLineNr(), e);
    }
    return descriptor.checked(file);
  }

  private static UserException malformed(String where, JacksonException e) {
    return UserException.of(
        "brain-descriptor-malformed",
        where,
        "it cannot be read: " + e.getOriginalMessage(),
        "Write for example: mean: [104, 116, 122]",
        e);
  }

  /**
   * The line of the key that a mistake lies in, from 1. Jackson's own is where its parser stood
   * then, which may be beyond the value.
   */
  private static int line(JsonMappingException mistake, String text) {
    String key = mistake.getPath().isEmpty() ? "" : mistake.getPath().get(0).getFieldName();
    try (JsonParser parser = YAML.createParser(text)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME && !parser.currentName().equals(key)) {
        parser.nextToken();
        parser.skipChildren();
      }
      return parser.currentTokenLocation().getLineNr();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the text was parsed before
    }
  }

  /** The order of colours, Caffe's own where none is given. */
  ColourOrder colourOrder() {
    return colours == null
        ? ColourOrder.BGR
        : ColourOrder.valueOf(colours.toUpperCase(Locale.ROOT));
  }

  /** What the last layer's channels stand for; none where nobody says. */
  List<String> classNames() {
    return classes == null
        ? List.of()
        : classes.stream().map(name -> name == null ? "" : name.strip()).toList();
  }

  private BrainDescriptor checked(String file) {
    List<Problem> problems = new ArrayList<>();
    boolean usable =
        mean == null
            || mean.size() == 3 && mean.stream().allMatch(m -> m != null && m >= 0 && m <= 255);
    if (!usable) {
      problems.add(
          new Problem(
              "brain-descriptor-mean",
              file + ", mean",
              mean + " is no mean",
              "Give three values in 0..255"));
    }
    if (colours != null && !colours.matches("(?i)BGR|RGB")) {
      problems.add(
          new Problem(
              "brain-descriptor-colours",
              file + ", colours",
              colours + " is no order of colours",
              "Give BGR or RGB"));
    }
    if (scale != null && (!Float.isFinite(scale) || scale == 0)) {
      problems.add(
          new Problem(
              "brain-descriptor-scale", file + ", scale", scale + " is no scale", "Leave it out"));
    }
    if (layers != null && (layers.isEmpty() || layers.contains(null))) {
      problems.add(
          new Problem(
              "brain-descriptor-layers",
              file + ", layers",
              layers + " names no layer",
              "Give names of layers, or leave it out"));
    }
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
    return this;
  }
}
