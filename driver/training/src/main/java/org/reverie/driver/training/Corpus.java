package org.reverie.driver.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.driver.BrainFolder;
import org.reverie.executor.place.PathNames;

/**
 * The files of a folder of classes.
 *
 * @param classes names of the folders, sorted
 * @param paths of all files that look like pictures by their names, class by class, sorted
 * @param labels index of the class of each path
 * @param leftOut a line for each file that somebody may miss among these: pictures of other formats
 *     or beside the classes, folders and pipes in a class, links that lead nowhere, what a training
 *     kept
 */
record Corpus(List<String> classes, String[] paths, int[] labels, List<String> leftOut) {
  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".tif", ".tiff");
  private static final List<String> OTHER_ENDINGS =
      List.of(".webp", ".bmp", ".gif", ".heic", ".heif", ".avif", ".jp2", ".jxl");

  private static final int NAMED = 10;

  /**
   * Lists a folder; hidden files and folders are no part of it.
   *
   * @throws UserException if there is no such folder, it or a class cannot be listed, it has fewer
   *     than two classes, or a class is empty
   */
  static Corpus list(FileSystem fileSystem, Path folder) throws IOException {
    List<String> classes = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (FileStatus child : sorted(fileSystem, folder)) {
      String name = child.getPath().getName();
      if (name.startsWith(".")) {
        continue;
      }
      if (!child.isDirectory()) {
        if (endsWith(name, ENDINGS) || endsWith(name, OTHER_ENDINGS)) {
          leftOut.add(line(child.getPath(), "it lies in no class"));
        }
        continue;
      }
      FileStatus[] files = sorted(fileSystem, child.getPath());
      boolean isOfTraining =
          name.equals(BrainFolder.TRAINING) && Checkpoints.isAmong(fileSystem, files);
      // Its checkpoints may be gone, by hand or by --fresh; then it is known by its sheets alone.
      if ((isOfTraining || name.equals(BrainFolder.TRAINING) && hasSheets(files))
          && Stream.of(files).noneMatch(Corpus::isOwnPicture)) {
        leftOut.add(line(child.getPath(), "it is what a training kept, and no class"));
        continue;
      }
      int before = paths.size();
      for (FileStatus file : files) {
        String fileName = file.getPath().getName();
        if (fileName.startsWith(".")) {
          continue;
        }
        if (isOfTraining && isOfTraining(file)) {
          leftOut.add(line(file.getPath(), "it is what a training kept"));
        } else if (file.isDirectory()) {
          leftOut.add(line(file.getPath(), "it is a folder in a class"));
        } else if (endsWith(fileName, ENDINGS) && isPipeOrDevice(file.getPath())) {
          leftOut.add(line(file.getPath(), "it is no file, but a pipe, a socket or a device"));
        } else if (endsWith(fileName, ENDINGS)) {
          paths.add(file.getPath().toString());
          labels.add(classes.size());
        } else if (endsWith(fileName, OTHER_ENDINGS)) {
          leftOut.add(line(file.getPath(), "it is no JPEG, PNG or TIFF"));
        }
      }
      leftOut.addAll(deadLinks(child.getPath()));
      if (paths.size() == before) {
        boolean isNested = Stream.of(files).anyMatch(FileStatus::isDirectory);
        empty.add(name + (isNested ? " itself (folders in a class are not looked into)" : ""));
      }
      classes.add(name);
    }
    leftOut.addAll(deadLinks(folder));
    if (!empty.isEmpty()) {
      throw UserException.of(
          "training-empty-class",
          PathNames.written(folder),
          "no JPEG, PNG or TIFF lies in " + named(empty),
          "Put pictures there, or remove the folder");
    }
    if (classes.size() < 2) {
      throw UserException.of(
          "training-too-few-classes",
          PathNames.written(folder),
          classes.isEmpty()
              ? "it has no folder of pictures"
              : "its only class is " + classes.get(0),
          "Make a folder of pictures for each of two classes or more");
    }
    return new Corpus(
        List.copyOf(classes),
        paths.toArray(String[]::new),
        labels.stream().mapToInt(Integer::intValue).toArray(),
        leftOut);
  }

  /** Names that can be read in one line: the first ones, and how many more there are. */
  static String named(List<String> names) {
    int more = names.size() - NAMED;
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (more > 0 ? " and %,d more".formatted(more) : "");
  }

  /** A picture, as its name says, that no training put beside its checkpoints. */
  private static boolean isOwnPicture(FileStatus file) {
    String name = file.getPath().getName();
    return !name.startsWith(".")
        && !file.isDirectory()
        && endsWith(name, ENDINGS)
        && !isOfTraining(file);
  }

  private static boolean hasSheets(FileStatus[] files) {
    return Stream.of(files).anyMatch(file -> !file.isDirectory() && isOfTraining(file));
  }

  /** Whether a training puts something of that name beside its checkpoints that is listed here. */
  private static boolean isOfTraining(FileStatus file) {
    String name = file.getPath().getName();
    return file.isDirectory() ? name.equals(BrainFolder.LAST_EPOCH) : Training.isSheet(name);
  }

  /** Hadoop leaves links that lead nowhere out of a local folder's list. */
  private static List<String> deadLinks(Path folder) throws IOException {
    if (!"file".equals(folder.toUri().getScheme())) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    try (DirectoryStream<java.nio.file.Path> links =
        Files.newDirectoryStream(
            java.nio.file.Path.of(folder.toUri().getPath()),
            file -> Files.isSymbolicLink(file) && !Files.exists(file))) {
      for (java.nio.file.Path link : links) {
        if (!link.getFileName().toString().startsWith(".")) {
          lines.add(link + ": it is a link that leads nowhere");
        }
      }
    }
    lines.sort(null);
    return lines;
  }

  /** Whoever opens a pipe waits until somebody writes to it. */
  private static boolean isPipeOrDevice(Path file) {
    if (!"file".equals(file.toUri().getScheme())) {
      return false;
    }
    try {
      return Files.readAttributes(
              java.nio.file.Path.of(file.toUri().getPath()), BasicFileAttributes.class)
          .isOther();
    } catch (IOException | InvalidPathException e) {
      return false; // whoever reads it says why that fails
    }
  }

  private static String line(Path path, String problem) {
    return PathNames.written(path) + ": " + problem;
  }

  private static FileStatus[] sorted(FileSystem fileSystem, Path folder) throws IOException {
    try {
      // A file would be listed as itself.
      if (!fileSystem.getFileStatus(folder).isDirectory()) {
        throw UserException.of(
            "training-images-missing",
            PathNames.written(folder),
            "this is a file, and no folder of classes",
            "Give the folder that holds a folder of pictures per class");
      }
      FileStatus[] children = fileSystem.listStatus(folder);
      Arrays.sort(children);
      return children;
    } catch (FileNotFoundException e) {
      throw UserException.of(
          "training-images-missing",
          PathNames.written(folder),
          "there is no such folder",
          "Check --images",
          e);
    } catch (IOException e) {
      throw UserException.of(
          "training-images-unreadable",
          PathNames.written(folder),
          "its files cannot be listed: " + e.getMessage(),
          "Check the permissions and the connection, or leave it out of --images",
          e);
    }
  }

  private static boolean endsWith(String name, List<String> endings) {
    String lower = name.toLowerCase(Locale.ROOT);
    return endings.stream().anyMatch(lower::endsWith);
  }
}
