package org.reverie.driver;

import java.util.Optional;
import org.reverie.conf.Causes;

/** Java's heap was too small, told so that a person knows what to do. */
public final class FullHeap {
  private static final String REMEDY =
      "Give it more, as in REVERIE_JAVA_OPTIONS=-Xmx8g; on a cluster, by spark.driver.memory and"
          + " spark.executor.memory";

  private static final String WHAT = "Java's heap is too small";
  private static final String THREADS = "Raise the limit of processes, as ulimit -u tells it";

  private FullHeap() {}

  /** What is said of it, if it is why something was thrown; Java tells a lack of threads alike. */
  public static Optional<String> told(Throwable thrown) {
    return Causes.first(thrown, OutOfMemoryError.class)
        .map(error -> String.valueOf(error.getMessage()))
        .map(
            words ->
                words.contains("native thread")
                    ? "the system gives Java no more threads (" + words + "). " + THREADS
                    : WHAT + " (" + words + "). " + REMEDY);
  }

  /** What Spark says of a task, with what to do where it ran out of heap. */
  public static String told(String words) {
    return words.contains("OutOfMemoryError") ? words + ". " + WHAT + ". " + REMEDY : words;
  }
}
