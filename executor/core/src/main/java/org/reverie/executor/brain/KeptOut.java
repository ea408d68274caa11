package org.reverie.executor.brain;

/**
 * A layer of a definition that is not part of the brain.
 *
 * @param layer its name in the file
 * @param type its type in the file
 * @param cause why, by kind; for a layer above another that was kept out, that one's cause
 * @param reason why, for people: a clause that follows "it was kept out:"
 */
public record KeptOut(String layer, String type, Cause cause, String reason) {

  /** Kinds of reasons. */
  public enum Cause {
    /** Only training needs it: data, labels, losses, accuracy and what nothing else uses. */
    DROPPED("layer-dropped", "Choose a layer that the brain's card lists"),
    /** It has no place in a picture of any size: inner products, softmax and the like. */
    NOT_CONVOLUTIONAL("layer-not-convolutional", "Choose a layer below it"),
    /** Its type, or this use of it, is none that Reverie computes. */
    UNSUPPORTED("layer-unsupported", "Choose a layer below it"),
    /** The weights file has nothing for it. */
    MISSING_WEIGHTS(
        "layer-weights-missing", "Choose a layer below it, or bring the complete .caffemodel"),
    /** Its parameters or its inputs contradict each other. */
    INVALID("layer-invalid", "Correct the definition, or choose a layer below it");

    private final String code;
    private final String remedy;

    Cause(String code, String remedy) {
      this.code = code;
      this.remedy = remedy;
    }

    /** The code of the {@link org.reverie.conf.Problem} that asking for such a layer is. */
    public String code() {
      return code;
    }

    String remedy() {
      return remedy;
    }
  }
}
