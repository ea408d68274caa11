package org.reverie.executor.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.reverie.conf.RenderJob;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;

/**
 * All that planning needs, but for the engine.
 *
 * @param job what was asked for, complete
 * @param inputSize of the input picture in pixels, upright; null for a start from nothing
 * @param inputBits bits per sample of the input picture, as far as the print can hold them
 * @param start the name of a start from nothing; empty for a picture
 * @param inputHash SHA-256 of the input file; empty for a start from nothing
 * @param brain which brain and layers, without a guide
 * @param halo the automatic halo where it is known, or null to measure it, pixels
 * @param secondsPerMegapixel of one gradient where it is known, or null to measure it
 * @param guides the pictures that guide the dream
 */
public record SurveyQuestion(
    RenderJob job,
    Size inputSize,
    int inputBits,
    String start,
    String inputHash,
    RenderPlan.BrainFacts brain,
    Integer halo,
    Double secondsPerMegapixel,
    List<GuidePicture> guides) {

  /**
   * A guide as the brain sees it.
   *
   * @param canvas CHW, 3 x height x width, in the brain's colour order, mean subtracted
   * @param width columns
   * @param height rows
   */
  public record GuidePicture(float[] canvas, int width, int height) {}

  /** As it travels in a {@link Survey}. */
  public byte[] encode() {
    try {
      return PlanCodec.JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SurveyQuestion decode(byte[] bytes) {
    try {
      return PlanCodec.JSON.readValue(bytes, SurveyQuestion.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
