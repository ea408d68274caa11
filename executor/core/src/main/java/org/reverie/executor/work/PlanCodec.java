package org.reverie.executor.work;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.reverie.tiling.plan.RenderPlan;

/** The plan as JSON: what is stored, what crosses Spark, and the recipe inside a print. */
public final class PlanCodec {
  /** Reads and writes records by their fields, with everything that they hold. */
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.AUTO_DETECT_GETTERS, MapperFeature.AUTO_DETECT_IS_GETTERS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .build();

  private PlanCodec() {}

  /** Compact JSON in UTF-8; equal plans give equal bytes. */
  public static byte[] encode(RenderPlan plan) {
    try {
      return JSON.writeValueAsBytes(plan);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws UncheckedIOException if it is no plan of this version
   */
  public static RenderPlan decode(byte[] json) {
    try {
      return JSON.readValue(json, RenderPlan.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same as text. */
  public static String text(RenderPlan plan) {
    return new String(encode(plan), StandardCharsets.UTF_8);
  }
}
