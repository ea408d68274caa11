package org.reverie.driver.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.executor.place.PathNames;

/**
 * The files of a folder of classes.
 *
 * @param classes names of the folders, sorted
 * @param paths of all files that look like pictures by their names, class by class, sorted
 * @param labels index of the class of each path
 */
record Corpus(List<String> classes, String[] paths, int[] labels) {
  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png", ".tif", ".tiff");

  /**
   * Lists a folder; hidden files and folders are no part of it.
   *
   * @throws UserException if there is no such folder, it has fewer than two classes, or a class is
   *     empty
   */
  static Corpus list(FileSystem fileSystem, Path folder) throws IOException {
    List<String> classes = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    for (FileStatus child : sorted(fileSystem, folder)) {
      String name = child.getPath().getName();
      if (!child.isDirectory() || name.startsWith(".")) {
        continue;
      }
      int before = paths.size();
      for (FileStatus file : sorted(fileSystem, child.getPath())) {
        if (file.isFile() && isPicture(file.getPath().getName())) {
          paths.add(file.getPath().toString());
          labels.add(classes.size());
        }
      }
      if (paths.size() == before) {
        empty.add(name);
      }
      classes.add(name);
    }
    if (!empty.isEmpty()) {
      throw UserException.of(
          "training-empty-class",
          PathNames.written(folder),
          "no JPEG, PNG or TIFF lies in " + String.join(", ", empty),
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
        labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private static FileStatus[] sorted(FileSystem fileSystem, Path folder) throws IOException {
    try {
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
    }
  }

  private static boolean isPicture(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && ENDINGS.stream().anyMatch(lower::endsWith);
  }
}
