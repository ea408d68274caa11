package org.reverie.executor.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.reverie.tiling.plan.RenderPlan;

/**
 * A plan, and what else was learnt of the engine.
 *
 * @param plan the resolved plan, with the brain as the question had it
 * @param guides what the brain saw of every guide, for every target: channels x count
 * @param haloPixels the automatic halo
 * @param engineBytes what the sessions of one engine may take together
 * @param largestBytes what the plan's largest window takes
 * @param secondsPerMegapixel of one gradient, measured on a small window
 * @param reason why this engine was taken, for people
 */
public record SurveyAnswer(
    RenderPlan plan,
    List<float[][]> guides,
    int haloPixels,
    long engineBytes,
    long largestBytes,
    double secondsPerMegapixel,
    String reason) {

  /** As it travels in a {@link TaskReport}. */
  byte[] encode() {
    try {
      return PlanCodec.JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what {@link Survey} sent. */
  public static SurveyAnswer decode(byte[] bytes) {
    try {
      return PlanCodec.JSON.readValue(bytes, SurveyAnswer.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
