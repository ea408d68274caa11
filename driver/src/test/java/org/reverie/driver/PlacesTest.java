package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
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
