package org.reverie.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedLibrariesTest {
  @Test
  void aFolderWithoutRoomIsNamed(@TempDir Path folder) {
    Path cache = folder.resolve("not/there/yet");
    assertEquals("", UnpackedLibraries.want(cache, 0));
    String told = UnpackedLibraries.want(cache, Long.MAX_VALUE);
    assertTrue(
        told.startsWith("; libraries are unpacked into " + cache + ", on whose disk "), told);
    assertTrue(told.contains(" MiB are free: make room there"), told);
  }
}
