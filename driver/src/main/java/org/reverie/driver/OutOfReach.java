package org.reverie.driver;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.security.AccessControlException;
import org.reverie.conf.Causes;
import org.reverie.conf.UserException;

/**
 * Files that cannot be reached, which is nobody's mistake in this program: their server, such as
 * HDFS's name node or S3, is not there or does not answer, or it refuses.
 */
public final class OutOfReach {
  private static final List<Class<? extends Exception>> SILENT =
      List.of(
          ConnectException.class,
          NoRouteToHostException.class,
          SocketTimeoutException.class,
          UnknownHostException.class);

  private static final List<Class<? extends IOException>> DENIED =
      List.of(AccessDeniedException.class, AccessControlException.class);

  /** What Hadoop's connector for S3 throws where S3 refuses; it is on the class path of some. */
  private static final String S3A = "org.apache.hadoop.fs.s3a.";

  private OutOfReach() {}

  /** What is told of it, if it is why something was thrown. */
  public static Optional<UserException> in(Throwable thrown) {
    return silent(thrown)
        .or(() -> first(thrown, DENIED).or(() -> ofS3(thrown)).map(OutOfReach::refused));
  }

  /** The same of a server that is not there or does not answer; {@code server-silent}. */
  static Optional<UserException> silent(Throwable thrown) {
    // Where there are no credentials, the last that was asked for some may have been silent.
    return first(thrown, DENIED).isPresent()
        ? Optional.empty()
        : first(thrown, SILENT)
            .map(
                sign ->
                    UserException.of(
                        "server-silent",
                        "",
                        "a server of files is not there or does not answer: " + words(sign),
                        "Check its name in the paths and settings that were given, that it runs, and"
                            + " the connection",
                        thrown));
  }

  /** A bucket that is not there, wrong credentials or none, a lack of rights. */
  private static UserException refused(Throwable sign) {
    return UserException.of(
        "files-refused",
        "",
        "a file or folder cannot be used: " + words(sign),
        "Check the names that were given, and the credentials and permissions there",
        sign);
  }

  private static Optional<Throwable> first(
      Throwable thrown, List<? extends Class<? extends Exception>> signs) {
    return signs.stream()
        .flatMap(sign -> Causes.first(thrown, sign).stream())
        .map(Throwable.class::cast)
        .findFirst();
  }

  private static Optional<Throwable> ofS3(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException && cause.getClass().getName().startsWith(S3A)) {
        return Optional.of(cause);
      }
    }
    return Optional.empty();
  }

  private static String words(Throwable sign) {
    if (sign instanceof AccessDeniedException denied && denied.getReason() == null) {
      return denied.getFile() + ": access is denied";
    }
    String words = String.valueOf(sign.getMessage());
    return words.lines().findFirst().orElse(words);
  }
}
