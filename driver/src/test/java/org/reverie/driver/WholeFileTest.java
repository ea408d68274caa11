package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
