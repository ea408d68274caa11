package org.reverie.conf;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * One thing that is wrong with what a person gave us.
 *
 * @param code stable, lower-case, hyphenated name of the kind of mistake, such as {@code
 *     unknown-layer}
 * @param where the flag, key, file or position that is wrong, such as {@code --tile} or {@code
 *     dream.octaves}
 * @param what what is wrong, with the offending value; of the words of a server, such as HDFS's
 *     name node, its stack trace is left out
 * @param remedy what to do about it, as an imperative sentence
 */
public record Problem(String code, String where, String what, String remedy)
    implements Serializable {
  private static final Pattern TRACE = Pattern.compile("\\R\\s+at [^\\r\\n]*(\\R\\s*$)?");

  public Problem {
    if (!code.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException("problem code: " + code);
    }
    what = TRACE.matcher(what).replaceAll("");
  }

  /** One line: where, what, and what to do. */
  public String message() {
    String start = where.isEmpty() ? what : where + ": " + what;
    return remedy.isEmpty() ? start : start + ". " + remedy;
  }
}
