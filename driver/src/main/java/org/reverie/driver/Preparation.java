package org.reverie.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.reverie.conf.RenderJob;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.work.GuideMask;
import org.reverie.executor.work.SurveyAnswer;
import org.reverie.executor.work.SurveyQuestion;
import org.reverie.tiling.plan.Planner;
import org.reverie.tiling.plan.RenderPlan;

/**
 * All that is known of a render before its first tile.
 *
 * @param plan the resolved plan
 * @param brain the brain and what is dreamt of it
 * @param guide the guides' activations
 * @param mask which guide counts where
 * @param engineBytes what the sessions of one engine may take together
 * @param notes worth knowing, for people
 * @param text the plan, for people
 */
record Preparation(
    RenderPlan plan,
    BrainChoice brain,
    Guide guide,
    Optional<GuideMask> mask,
    long engineBytes,
    List<String> notes,
    String text) {

  /**
   * Plans a render, where it will be dreamt.
   *
   * @param session has the engines
   */
  static Preparation of(
      RenderJob job,
      RenderInput input,
      PrintFormat format,
      RenderSession session,
      Configuration configuration)
      throws IOException {
    BrainChoice brain = BrainChoice.of(job, session.brain(job.brain(), configuration));
    Optional<RegionPicture> mask =
        job.dream().guideMask() == null
            ? Optional.empty()
            : Optional.of(RegionPicture.read(job, configuration));
    List<String> notes = new ArrayList<>(input.notes());
    Optional<Integer> halo = AutoHalo.known(brain.wholeLayers());
    // What one channel takes is told for another: an atlas has hundreds of them.
    String rateKey = brain.brain().hash() + brain.wholeLayers().targets() + job.run();
    SurveyAnswer answer =
        session.survey(
            new SurveyQuestion(
                job,
                input.size(),
                deepest(input.bitsPerSample(), format),
                input.start(),
                input.hash(),
                brain.facts("", ""),
                halo.orElse(null),
                session.secondsPerMegapixel(rateKey).orElse(null),
                Guide.pictures(job, brain, input.profile(), notes, configuration)),
            brain.brain());
    if (halo.isEmpty()) {
      AutoHalo.keep(brain.wholeLayers(), answer.haloPixels());
    }
    session.keep(rateKey, answer.secondsPerMegapixel());
    Guide guide = Guide.of(answer.guides(), brain, mask.isPresent());
    String maskHash = mask.map(RegionPicture::hash).orElse("");
    RenderPlan plan = answer.plan().withBrain(brain.facts(guide.hash(), maskHash));
    if (mask.isPresent()) {
      mask.get().check(job.dream().guideMask(), plan);
    }
    notes.addAll(brain.loaded().notes());
    tileNote(job, plan, answer.engineBytes()).ifPresent(notes::add);
    String text =
        PlanText.of(plan, answer.secondsPerMegapixel(), answer.reason(), answer.largestBytes());
    return new Preparation(
        plan, brain, guide, mask.map(RegionPicture::mask), answer.engineBytes(), notes, text);
  }

  /** Says where memory made tiles smaller than a person asked for, or than they could be. */
  private static Optional<String> tileNote(RenderJob job, RenderPlan plan, long engineBytes) {
    long canvas = Math.max(plan.canvas().width(), plan.canvas().height());
    Integer asked = job.tiles().tile();
    if (asked == null && job.run().memory() == null) {
      return Optional.empty();
    }
    long wanted = Math.min(canvas, asked == null ? Planner.LARGEST_WINDOW : asked);
    return plan.tilePixels() >= wanted
        ? Optional.empty()
        : Optional.of(
            "A tile of %d px and its halo do not fit into %s (--memory); tiles are %d px."
                .formatted(wanted, PlanText.bytes(engineBytes), plan.tilePixels()));
  }

  /** A format that holds 8 bits only takes no more from an input that has them. */
  private static int deepest(int inputBits, PrintFormat format) {
    return format.depths().contains(RenderJob.Depth.SIXTEEN) ? inputBits : 8;
  }
}
