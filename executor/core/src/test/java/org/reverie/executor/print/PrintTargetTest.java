package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.UserException;

class PrintTargetTest {
  @TempDir Path folder;

  private static PrintFormat check(Path file) throws IOException {
    return PrintTarget.check(Prints.local(), Prints.path(file));
  }

  private static String fault(Path file) {
    return assertThrows(UserException.class, () -> check(file)).problems().get(0).code();
  }

  @Test
  void aWritableFolderIsLeftAsItWas() throws IOException {
    assertEquals(PrintFormat.TIFF, check(folder.resolve("dream.tif")));
    assertEquals(PrintFormat.PNG, check(folder.resolve("not/yet/there/dream.png")));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void anExistingFileMayBeReplaced() throws IOException {
    Path file = Files.write(folder.resolve("dream.jpg"), new byte[3]);
    assertEquals(PrintFormat.JPEG, check(file));
    assertEquals(3, Files.size(file));
  }

  /** What is written beside a print, and before it is one, has a longer name. */
  @Test
  void aNameThatIsTooLong() throws IOException {
    assertEquals("output-name", fault(folder.resolve("x".repeat(236) + ".tif")));
    assertEquals("output-name", fault(folder.resolve("x".repeat(300) + ".tif")));
    assertEquals(PrintFormat.TIFF, check(folder.resolve("x".repeat(233) + ".tif")));
    assertEquals("output-name", fault(folder.resolve("not/yet/" + "x".repeat(236) + ".tif")));
  }

  @Test
  void aFullDiskNeedsRoomAndNoOtherFolder() throws IOException {
    FileSystem full =
        new FilterFileSystem(FileSystem.getLocal(new Configuration())) {
          @Override
          public URI getUri() {
            return URI.create("full:///");
          }

          @Override
          protected void checkPath(org.apache.hadoop.fs.Path path) {}

          @Override
          public FSDataOutputStream create(org.apache.hadoop.fs.Path path, boolean overwrite)
              throws IOException {
            throw new IOException("No space left on device");
          }
        };
    org.apache.hadoop.fs.Path out =
        new org.apache.hadoop.fs.Path(folder.resolve("dream.tif").toUri());
    UserException mistake = assertThrows(UserException.class, () -> PrintTarget.check(full, out));
    assertEquals("output-not-writable", mistake.problems().get(0).code());
    assertEquals(
        "Make room on the disk of " + folder + "; the same command goes on",
        mistake.problems().get(0).remedy());
  }

  /** As where an account on S3 may write below one name, and nothing lies there yet. */
  @Test
  void rightsAreAskedForInTheVeryFolder() throws IOException {
    List<org.apache.hadoop.fs.Path> created = new ArrayList<>();
    FileSystem rights =
        new FilterFileSystem(FileSystem.getLocal(new Configuration()).getRaw()) {
          @Override
          public URI getUri() {
            return URI.create("rights:///");
          }

          @Override
          protected void checkPath(org.apache.hadoop.fs.Path path) {}

          @Override
          public FSDataOutputStream create(org.apache.hadoop.fs.Path path, boolean overwrite)
              throws IOException {
            if (!path.toString().contains("/prints/")) {
              throw new AccessDeniedException(path.toString());
            }
            created.add(path.getParent());
            return fs.create(path, overwrite);
          }
        };
    org.apache.hadoop.fs.Path home = new org.apache.hadoop.fs.Path(folder.toString());
    org.apache.hadoop.fs.Path prints = new org.apache.hadoop.fs.Path(home, "prints/night");
    assertEquals(
        PrintFormat.TIFF,
        PrintTarget.check(rights, new org.apache.hadoop.fs.Path(prints, "dream.tif")));
    assertEquals(
        List.of("prints/night"),
        created.stream().map(path -> path.getParent().getName() + "/" + path.getName()).toList());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
    UserException mistake =
        assertThrows(
            UserException.class,
            () -> PrintTarget.check(rights, new org.apache.hadoop.fs.Path(home, "dream.tif")));
    assertEquals("output-not-writable", mistake.problems().get(0).code());
  }

  @Test
  void anUnknownEnding() {
    assertEquals("output-format", fault(folder.resolve("dream.bmp")));
  }

  @Test
  void aFolderInsteadOfAFile() throws IOException {
    assertEquals("output-is-folder", fault(Files.createDirectory(folder.resolve("a.tif"))));
  }

  @Test
  void aFileWhereAFolderMustBe() throws IOException {
    Path file = Files.write(folder.resolve("plain"), new byte[1]);
    assertEquals("output-not-writable", fault(file.resolve("dream.tif")));
    assertEquals("output-not-writable", fault(file.resolve("deeper/dream.tif")));
  }

  /** Permissions do not bind root, but nobody can put files there. */
  @Test
  void aFolderOfTheKernel() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no /proc here");
    assertEquals("output-not-writable", fault(Path.of("/proc/dream.tif")));
    assertEquals("output-not-writable", fault(Path.of("/proc/new/dream.tif")));
    String told =
        assertThrows(UserException.class, () -> check(Path.of("/proc/dream.tif"))).getMessage();
    assertTrue(
        told.matches(
            "/proc/dream.tif: its folder takes no files: (No such file or directory|Permission"
                + " denied)\\. Choose .*"),
        told);
  }

  @Test
  void aReadOnlyFolder() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(locked), "permissions do not bind this user");
      assertEquals("output-not-writable", fault(locked.resolve("dream.tif")));
      assertFalse(Files.exists(locked.resolve("dream.tif")));
    } finally {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
