package org.reverie.driver;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.reverie.conf.Causes;
import org.reverie.conf.UserException;

/** A server of files, such as HDFS's name node, that is not there or does not answer. */
public final class SilentServer {
  private static final List<Class<? extends Exception>> SIGNS =
      List.of(
          ConnectException.class,
          NoRouteToHostException.class,
          SocketTimeoutException.class,
          UnknownHostException.class);

  private SilentServer() {}

  /** What is told of it, if it is why something was thrown; {@code server-silent}. */
  public static Optional<UserException> in(Throwable thrown) {
    return SIGNS.stream()
        .flatMap(sign -> Causes.first(thrown, sign).stream())
        .findFirst()
        .map(
            sign -> {
              String words = String.valueOf(sign.getMessage());
              return UserException.of(
                  "server-silent",
                  "",
                  "a server of files is not there or does not answer: "
                      + words.lines().findFirst().orElse(words),
                  "Check its name in the paths that were given, that it runs, and the connection",
                  thrown);
            });
  }
}
