package org.reverie.conf;

import java.util.Optional;

/** Finds the reason of an exception among its causes. */
public final class Causes {
  private Causes() {}

  /**
   * The first of a type among {@code thrown} and its causes, from the outside.
   *
   * @param thrown may be null, which has none
   */
  public static <T extends Throwable> Optional<T> first(Throwable thrown, Class<T> type) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
    }
    return Optional.empty();
  }
}
