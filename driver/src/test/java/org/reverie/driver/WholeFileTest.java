package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.RenderJob;

class WholeFileTest {
  @TempDir Path folder;

  @Test
  void theEarlierFileStandsUntilTheNewOneIsWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("page.html"), "earlier");
    assertThrows(
        IOException.class,
        () ->
            write(
                file,
                out -> {
                  out.write('n');
                  out.flush();
                  throw new IOException("killed");
                }));
    assertEquals("earlier", Files.readString(file));
    assertEquals(1, folder.toFile().list().length);
    write(
        file,
        out -> {
          out.write("new".getBytes(StandardCharsets.UTF_8));
          out.flush();
          assertEquals("earlier", Files.readString(file));
        });
    assertEquals("new", Files.readString(file));
    assertEquals(1, folder.toFile().list().length);
  }

  @Test
  void aLinkIsWrittenBehind() throws IOException {
    Path link = folder.resolve("page.html");
    Files.createSymbolicLink(link, Path.of("target.html"));
    write(link, out -> out.write('x'));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("x", Files.readString(folder.resolve("target.html")));
  }

  /** There, closing a stream publishes what was written to it. */
  @Test
  void anObjectStoreGetsNoPart() throws IOException {
    Configuration configuration = PublishingFileSystem.configure(new Configuration(false));
    Path file = folder.resolve("page.html");
    org.apache.hadoop.fs.Path object = PublishingFileSystem.path(file);
    for (Throwable fault : List.of(new IOException("gone"), new OutOfMemoryError("full"))) {
      assertThrows(
          fault.getClass(),
          () ->
              WholeFile.write(
                  object,
                  configuration,
                  out -> {
                    out.write('n');
                    if (fault instanceof IOException broken) {
                      throw broken;
                    }
                    throw (Error) fault;
                  }));
      assertEquals(0, folder.toFile().list().length);
    }
    WholeFile.write(object, configuration, out -> out.write('x'));
    assertEquals("x", Files.readString(file));
    assertEquals(1, folder.toFile().list().length);
  }

  @ParameterizedTest
  @ValueSource(strings = {".json", ".seams.png"})
  void noPartOfAReportIsPublished(String name) throws IOException {
    Path out = folder.resolve("print.tif");
    Map<String, String> settings = PublishingFileSystem.settings("print.tif" + name);
    settings.forEach((key, value) -> System.setProperty("spark.hadoop." + key, value));
    try {
      RenderJob job =
          new TinyRenders(folder)
              .job(
                  "print",
                  "print: {out: '" + PublishingFileSystem.path(out) + "'}",
                  "tiles: {tile: 32, halo: exact, overlap: 8, sync: octave}");
      assertThrows(StageFailedException.class, () -> Render.run(job, new Recorder()));
      assertTrue(Files.exists(out));
      assertFalse(Files.exists(folder.resolve("print.tif" + name)));
    } finally {
      settings.keySet().forEach(key -> System.clearProperty("spark.hadoop." + key));
    }
  }

  /** As a device; but what goes wrong with a pipe costs the machine nothing. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aPipeIsWrittenTo() throws Exception {
    Path pipe = folder.resolve("page.html");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      Future<String> read = reader.submit(() -> Files.readString(pipe));
      write(pipe, out -> out.write('x'));
      assertFalse(Files.isRegularFile(pipe));
      assertEquals("x", read.get(10, TimeUnit.SECONDS));
    } finally {
      reader.shutdownNow();
    }
  }

  /** Of some file systems Hadoop knows the older kind only, which cannot rename over a file. */
  @Test
  void anyFileSystemWillDo() throws IOException {
    Configuration configuration = new Configuration(false);
    configuration.setClass("fs.old.impl", OldFileSystem.class, FileSystem.class);
    Path file = Files.writeString(folder.resolve("page.html"), "earlier");
    WholeFile.write(
        new org.apache.hadoop.fs.Path("old://" + file), configuration, out -> out.write('x'));
    assertEquals("x", Files.readString(file));
    assertEquals(1, folder.toFile().list().length);
  }

  /** The local one, under a name that Hadoop has no newer kind for. */
  static final class OldFileSystem extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("old:///");
    }
  }

  private static void write(Path file, WholeFile.Content content) throws IOException {
    WholeFile.write(new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(), content);
  }
}
