package org.reverie.driver;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;

/**
 * Asks a server of S3 with little patience until it answers once, before a night relies on it. With
 * the patience that a night needs, Hadoop's connector says nothing for more than a quarter of an
 * hour where nobody listens at all, as after a slip in the endpoint's name.
 */
final class FirstCall {
  private static final Set<String> SCHEMES = Set.of("s3a", "s3");

  /** Half a minute at most where nothing answers, seconds where a connection is refused. */
  private static final Map<String, String> IMPATIENCE =
      Map.of(
          "fs.s3a.attempts.maximum", "2",
          "fs.s3a.retry.limit", "1",
          "fs.s3a.retry.interval", "500ms",
          "fs.s3a.connection.establish.timeout", "5000",
          "fs.s3a.connection.timeout", "5000");

  private static final String ASKED_FOR = "/.reverie";

  /** What came of it, by bucket. */
  private static final Map<String, Answer> CALLED = new ConcurrentHashMap<>();

  private FirstCall() {}

  /**
   * What a server answered, or that it did not.
   *
   * @param silent why nothing can be done; empty if it answered
   * @param nanos when, by {@link System#nanoTime}
   */
  record Answer(Optional<UserException> silent, long nanos) {
    /** As long as all paths of one command are looked at, so that each costs no wait of its own. */
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Whether it still counts: the next work of a night may find a server that is back. */
    boolean holds(long now) {
      return silent.isEmpty() || now - nanos < SILENCE_NANOS;
    }
  }

  /**
   * Calls the server of a file system, if it is one of S3 and did not answer yet.
   *
   * @throws UserException {@code server-silent} if it was not there or did not answer
   */
  static void at(URI fileSystem, Configuration configuration) {
    if (!SCHEMES.contains(String.valueOf(fileSystem.getScheme()))) {
      return;
    }
    Answer answer =
        CALLED.compute(
            fileSystem.getScheme() + "://" + fileSystem.getAuthority(),
            (bucket, before) ->
                before != null && before.holds(System.nanoTime())
                    ? before
                    : new Answer(call(fileSystem, configuration), System.nanoTime()));
    if (answer.silent().isPresent()) {
      throw answer.silent().get();
    }
  }

  private static Optional<UserException> call(URI uri, Configuration configuration) {
    Configuration impatient = new Configuration(configuration);
    IMPATIENCE.forEach(impatient::set);
    try (FileSystem fileSystem = FileSystem.newInstance(uri, impatient)) {
      // No request is made for the root. Whether this is there is of no account.
      FileStatus unused = fileSystem.getFileStatus(new Path(uri.toString(), ASKED_FOR));
      return Optional.empty();
    } catch (IOException e) {
      // Whatever else is wrong is said by whoever needs a file there.
      return OutOfReach.silent(e);
    }
  }
}
