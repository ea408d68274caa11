package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.JobKey;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.plan.RenderPlan;

/**
 * What a print was made of, as it or its report says, for a job that was taken from there. Such a
 * job names no paths, so that it may start from something else: it is sound then, but makes another
 * print.
 *
 * @param file the print or report, for people
 * @param plan as JSON; that of another version may have other fields
 * @param brainNamed whether the job says which brain dreams, as it may of the built-in one too
 */
public record Origin(String file, JsonNode plan, boolean brainNamed) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** So much of a hash tells it from all others that a person has. */
  private static final int TOLD_DIGITS = 12;

  /**
   * The origin of a job.
   *
   * @param file path or URI that the job was read from
   * @return empty if that is a job file, or not there
   */
  public static Optional<Origin> of(String file) {
    Configuration configuration = Places.configuration();
    try {
      JsonNode plan = plan(file, configuration);
      return plan.hasNonNull("inputHash")
          ? Optional.of(new Origin(file, plan, false))
          : Optional.empty();
    } catch (FileNotFoundException | JsonProcessingException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same for a job that says which brain dreams. */
  public Origin withBrainNamed() {
    return new Origin(file, plan, true);
  }

  private static JsonNode plan(String file, Configuration configuration) throws IOException {
    Optional<String> recipe = Prints.recipe(file);
    if (recipe.isPresent()) {
      return JSON.readTree(recipe.get());
    }
    Path path = Places.path(file, configuration);
    try (InputStream in = Places.fileSystem(path, configuration).open(path)) {
      return JSON.readTree(in).path("plan");
    }
  }

  /**
   * Sees to it that a job says which brain dreams, where that of the print is not the built-in one.
   *
   * @param brain that the job would dream with
   * @throws UserException if it names none, and the built-in one is not that of the print
   */
  void requireBrain(RenderJob job, Brain brain) {
    if (!brainNamed && job.brain().path() == null && !isBrain(job, brain)) {
      throw UserException.of(
          "no-brain",
          JobKey.BRAIN.flag(),
          "is missing: %s was dreamt by %s, which is not the built-in brain"
              .formatted(file, brainInWords()),
          "Name that brain's folder by --brain, or write --brain none");
    }
  }

  /**
   * What of input and brain is another than it was.
   *
   * @param input what the job starts from
   * @param brain that it dreams with
   * @return a sentence each, for people
   */
  List<String> differences(RenderJob job, RenderInput input, Brain brain) {
    List<String> differences = new ArrayList<>();
    String before = plan.path("start").asText() + plan.path("inputHash").asText();
    if (!before.equals(input.start() + input.hash())) {
      String kind = input.start().isEmpty() ? "picture" : "start";
      String how = input.start().isEmpty() ? " (SHA-256)" : "";
      differences.add(
          file + " was made of another " + kind + " than " + job.input().source() + how);
    }
    if (!isBrain(job, brain)) {
      String now = job.brain().path() == null ? "the built-in one" : job.brain().path();
      differences.add(
          "%s was dreamt by another brain than %s: by %s".formatted(file, now, brainInWords()));
    }
    return differences;
  }

  /**
   * What of guides and mask is another than it was.
   *
   * @param now the plan of the job
   * @return a sentence each, for people
   */
  List<String> differences(RenderPlan now) {
    JsonNode planned;
    try {
      planned = JSON.readTree(PlanCodec.encode(now));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> differences = new ArrayList<>();
    // The hash is that of what the brain saw in the guides, as the engine computed it.
    boolean seenAlike =
        isSame(planned, "/brain/hash")
            && isSame(planned, "/brain/targets")
            && isSame(planned, "/engine")
            && isSame(planned, "/recipe/dream/guide-size");
    if (seenAlike && isOther(planned, "/brain/guideHash")) {
      differences.add(file + " was drawn to other guides than this job's, or in another order");
    }
    if (isOther(planned, "/brain/maskHash")) {
      differences.add(
          file + " was made with another guide mask, or with its guides in another order");
    } else if (isGiven(plan, "/brain/maskHash")
        && isGiven(planned, "/brain/guideHash")
        && !isGiven(planned, "/brain/maskHash")) {
      differences.add(file + " was made with a guide mask, and this job names none");
    }
    return differences;
  }

  /** Whether a brain is that of the print, but for a mean that the job may override. */
  private boolean isBrain(RenderJob job, Brain brain) {
    String before = plan.at("/brain/hash").asText();
    if (before.isEmpty() || before.equals(brain.hash())) {
      return true;
    }
    JsonNode mean = plan.at("/brain/mean");
    if (job.brain().mean() == null || mean.size() != brain.mean().length) {
      return false;
    }
    float[] earlier = new float[mean.size()];
    for (int i = 0; i < earlier.length; i++) {
      earlier[i] = mean.get(i).floatValue();
    }
    return BrainCodec.hashed(
            brain.name(), brain.layers(), earlier, brain.colourOrder(), brain.preferredLayers())
        .hash()
        .equals(before);
  }

  private String brainInWords() {
    String hash = plan.at("/brain/hash").asText();
    return "%s, whose hash begins with %s"
        .formatted(
            plan.at("/brain/name").asText(),
            hash.substring(0, Math.min(TOLD_DIGITS, hash.length())));
  }

  private boolean isSame(JsonNode planned, String field) {
    return plan.at(field).equals(planned.at(field));
  }

  /** Whether both have it, and not the same. */
  private boolean isOther(JsonNode planned, String field) {
    return isGiven(plan, field) && isGiven(planned, field) && !isSame(planned, field);
  }

  private static boolean isGiven(JsonNode plan, String field) {
    return !plan.at(field).asText().isEmpty();
  }
}
