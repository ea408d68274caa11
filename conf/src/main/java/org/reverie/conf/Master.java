package org.reverie.conf;

import java.util.Optional;
import java.util.regex.Pattern;

/** Names of places to run. */
public final class Master {
  private static final Pattern KNOWN =
      Pattern.compile(
          "in-process|yarn|local(\\[(\\*|0*[1-9]\\d*)(,.*)?])?|local-cluster\\[.*]"
              + "|spark://HOST(,HOST)*|(?!spark:)[a-z0-9]+://.+"
                  .replace("HOST", "([^\\s,:/\\[\\]]+|\\[[0-9a-fA-F:]+]):\\d{1,5}"));

  private Master() {}

  /**
   * Whether there is no such kind of place, or it has no threads.
   *
   * @param where the flag or key that names it
   * @param master as a person wrote it
   * @return {@code unknown-master}, or nothing
   */
  public static Optional<Problem> problem(String where, String master) {
    return KNOWN.matcher(master).matches()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "unknown-master",
                where,
                '"' + master + "\" is not a place to run",
                "Write local[N], in-process, yarn or spark://host:port"));
  }
}
