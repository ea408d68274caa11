package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLogTest {
  @TempDir Path folder;

  /** Hadoop's mask would let others read what a person keeps to himself, or the other way round. */
  @ParameterizedTest
  @ValueSource(strings = {"000", "077"})
  @DisabledOnOs(OS.WINDOWS)
  void itsPermissionsAreThoseOfThePrint(String hadoops) throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("fs.permissions.umask-mode", hadoops);
    configuration.setBoolean("fs.file.impl.disable.cache", true);
    Path print = Files.createFile(folder.resolve("x.tif"));
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(print.toUri());
    try (ProgressLog log = ProgressLog.of(new Recorder(), path, configuration)) {
      log.note("said");
      Path written = folder.resolve("x.tif.progress.jsonl");
      assertTrue(Files.readString(written).endsWith("\"note\":\"said\"}\n"));
      assertEquals(Files.getPosixFilePermissions(print), Files.getPosixFilePermissions(written));
    }
  }
}
