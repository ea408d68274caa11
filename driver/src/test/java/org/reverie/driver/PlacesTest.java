package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.reverie.conf.UserException;

class PlacesTest {
  @Test
  void executorsHearWhatSparkWasToldForHadoop() {
    assertEquals(
        List.of("[fs.a, b]", "[fs.s3a.access.key, given]", "[fs.s3a.secret.key, secret]"),
        settings(
            Map.of(
                "spark.hadoop.fs.a", "b", "spark.hadoop.fs.s3a.access.key", "given", "spark.x", ""),
            Map.of("AWS_ACCESS_KEY_ID", "found", "AWS_SECRET_ACCESS_KEY", "secret")));
    assertEquals(List.of(), settings(Map.of(), Map.of("AWS_ACCESS_KEY_ID", "alone")));
  }

  @Test
  void aFileSystemWithoutConnectorIsTheUsersToMend() {
    Configuration configuration = new Configuration();
    configuration.set("fs.gone.impl", "org.nowhere.GoneFileSystem");
    UserException refused =
        assertThrows(UserException.class, () -> Places.path("gone://a/b.tif", configuration));
    assertEquals("no-connector", refused.problems().get(0).code());
    assertTrue(refused.getMessage().contains("no connector for gone"), refused.getMessage());
    for (String scheme : List.of("nosuch", "s3")) {
      refused =
          assertThrows(UserException.class, () -> Places.path(scheme + "://a/b", configuration));
      assertEquals("no-connector", refused.problems().get(0).code());
      assertEquals(
          scheme.equals("s3"), refused.getMessage().contains("s3a://"), refused.getMessage());
    }
  }

  /** An endpoint with a slip in its name would else be asked for a quarter of an hour. */
  @Test
  void aServerThatIsNotThereIsToldOfAtOnce() {
    Configuration configuration = new Configuration();
    configuration.set("fs.s3a.impl", SilentFileSystem.class.getName());
    configuration.set("fs.s3a.impl.disable.cache", "true");
    for (int again = 0; again < 2; again++) {
      UserException silent =
          assertThrows(UserException.class, () -> Places.path("s3a://silent/a.png", configuration));
      assertEquals("server-silent", silent.problems().get(0).code());
      assertTrue(silent.getMessage().contains("Connection refused"), silent.getMessage());
    }
    assertEquals(1, SilentFileSystem.asked.get());
  }

  @Test
  void aSilentServerIsAskedAgainLater() {
    Optional<UserException> silent = Optional.of(UserException.of("server-silent", "", "a", "b"));
    long minute = TimeUnit.MINUTES.toNanos(1);
    assertTrue(new FirstCall.Answer(silent, 7).holds(7 + minute - 1));
    assertFalse(new FirstCall.Answer(silent, 7).holds(7 + minute));
    assertTrue(new FirstCall.Answer(Optional.empty(), 7).holds(7 + 1000 * minute));
  }

  /** As S3A where nobody listens, but that one with patience would be asked for ever. */
  public static final class SilentFileSystem extends RawLocalFileSystem {
    static final AtomicInteger asked = new AtomicInteger();

    @Override
    public URI getUri() {
      return URI.create("s3a://silent");
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      if (path.isRoot()) {
        return new FileStatus(0, true, 1, 1, 0, path); // S3A asks nobody for it
      }
      assertEquals("2", getConf().get("fs.s3a.attempts.maximum"), "asked with patience");
      asked.incrementAndGet();
      throw new IOException("getFileStatus", new ConnectException("Connection refused"));
    }
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() {
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Places.path("hdfs://nowhere.invalid/a.tif", new Configuration()));
    assertEquals("no-host", refused.problems().get(0).code());
    assertTrue(
        refused
            .getMessage()
            .startsWith("hdfs://nowhere.invalid/a.tif: there is no host nowhere.invalid "),
        refused.getMessage());
  }

  @Test
  void anEmptyNameIsNoPath() {
    UserException refused =
        assertThrows(UserException.class, () -> Places.path("", new Configuration()));
    assertTrue(
        refused.getMessage().contains("the name of a file or folder is empty"),
        refused.getMessage());
  }

  @Test
  void hdfsTakesNoColonInAName() {
    Configuration configuration = new Configuration();
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Places.path("hdfs://127.0.0.1:9/12:30 dream.tif", configuration));
    assertTrue(refused.getMessage().contains("no colon"), refused.getMessage());
    assertEquals("dream.tif", Places.path("hdfs://127.0.0.1:9/dream.tif", configuration).getName());
  }

  @Test
  void nothingIsReadFromTheWeb() {
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Places.path("http://example.com/a.jpg", new Configuration()));
    assertTrue(refused.getMessage().contains("Download it"), refused.getMessage());
  }

  @Test
  void aNameThatTheLocaleDoesNotKnowIsTheUsersToMend() {
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Places.path("in/uml\uFFFD\uFFFDut.jpg", new Configuration()));
    assertTrue(refused.getMessage().contains("Set LC_ALL"), refused.getMessage());
  }

  private static List<String> settings(
      Map<String, String> properties, Map<String, String> environment) {
    return Arrays.stream(Places.settings(properties, environment)).map(Arrays::toString).toList();
  }
}
