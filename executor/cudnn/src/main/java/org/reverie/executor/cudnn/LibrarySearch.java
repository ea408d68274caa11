package org.reverie.executor.cudnn;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks for NVIDIA's libraries where machines keep them: folders somebody names, those that the
 * dynamic loader is told of ({@code /etc/ld.so.conf}), CUDA toolkits, and Python packages ({@code
 * nvidia/(name)/lib} below a {@code site-packages} folder), which is where a machine that was set
 * up for PyTorch has them. Opens no library, so that a machine without any is told so at once.
 */
final class LibrarySearch {
  /** Folders to look into before all others, separated as in a path. */
  static final String VARIABLE = "REVERIE_CUDA_PATH";

  private final Path root;
  private final Map<String, String> environment;
  private final String javaLibraryPath;
  private final String home;
  private List<Path> folders;

  /**
   * @param root of the file system
   * @param environment variables
   * @param javaLibraryPath where Java looks for libraries
   * @param home of the user
   */
  LibrarySearch(Path root, Map<String, String> environment, String javaLibraryPath, String home) {
    this.root = root;
    this.environment = environment;
    this.javaLibraryPath = javaLibraryPath;
    this.home = home;
  }

  /** Looks on this machine. */
  static LibrarySearch here() {
    return new LibrarySearch(
        Path.of("/"),
        System.getenv(),
        System.getProperty("java.library.path", ""),
        System.getProperty("user.home", "/"));
  }

  /** The existing folders that may hold libraries, the first to be tried first. */
  List<Path> folders() {
    if (folders == null) {
      Set<Path> found = new LinkedHashSet<>();
      addAll(found, split(environment.get(VARIABLE)));
      addAll(found, split(environment.get("LD_LIBRARY_PATH")));
      addAll(found, split(javaLibraryPath));
      for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
        for (Path toolkit : split(environment.get(variable))) {
          addToolkit(found, toolkit);
        }
      }
      for (Path packages : pythonPackages()) {
        addAll(found, matches(packages.resolve("nvidia"), "*", "lib"));
        add(found, packages.resolve("torch/lib"));
      }
      addToolkit(found, root.resolve("usr/local/cuda"));
      for (Path toolkit : matches(root.resolve("usr/local"), "cuda-*", "")) {
        addToolkit(found, toolkit);
      }
      for (String folder :
          List.of(
              "usr/local/nvidia/lib64",
              "usr/lib/wsl/lib",
              "usr/lib/x86_64-linux-gnu",
              "usr/lib/aarch64-linux-gnu",
              "usr/lib64",
              "usr/lib",
              "lib64")) {
        add(found, root.resolve(folder));
      }
      addAll(found, loaderFolders());
      folders = List.copyOf(found);
    }
    return folders;
  }

  /** What {@code /etc/ld.so.conf} and the files beside it name; containers put drivers there. */
  private List<Path> loaderFolders() {
    List<Path> files = new ArrayList<>(List.of(root.resolve("etc/ld.so.conf")));
    files.addAll(matches(root.resolve("etc/ld.so.conf.d"), "*.conf", ""));
    List<Path> named = new ArrayList<>();
    for (Path file : files) {
      try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
        lines
            .map(String::strip)
            .filter(line -> line.startsWith("/"))
            .map(this::split)
            .forEach(named::addAll);
      } catch (IOException | UncheckedIOException e) {
        // A file that is not there or may not be read names nothing.
        continue;
      }
    }
    return named;
  }

  /** The folders with Python packages. */
  private Collection<Path> pythonPackages() {
    Set<Path> packages = new LinkedHashSet<>();
    addAll(packages, split(environment.get("PYTHONPATH")));
    List<Path> prefixes = new ArrayList<>();
    prefixes.addAll(split(environment.get("VIRTUAL_ENV")));
    prefixes.addAll(split(environment.get("CONDA_PREFIX")));
    for (Path folder : split(environment.get("PATH"))) {
      for (String name : List.of("python3", "python")) {
        Path python = folder.resolve(name);
        if (folder.getParent() != null && Files.exists(python)) {
          prefixes.add(folder.getParent());
        }
      }
    }
    prefixes.add(root.resolve(relative(home)).resolve(".local"));
    prefixes.add(root.resolve("usr/local"));
    prefixes.add(root.resolve("usr"));
    for (Path prefix : prefixes) {
      for (String kind : List.of("site-packages", "dist-packages")) {
        addAll(packages, matches(prefix.resolve("lib"), "python3*", kind));
        addAll(packages, matches(prefix.resolve("lib64"), "python3*", kind));
      }
    }
    return packages;
  }

  private static void addToolkit(Set<Path> found, Path toolkit) {
    add(found, toolkit.resolve("lib64"));
    add(found, toolkit.resolve("lib"));
    addAll(found, matches(toolkit.resolve("targets"), "*", "lib"));
  }

  private static void addAll(Set<Path> found, Collection<Path> folders) {
    folders.forEach(folder -> add(found, folder));
  }

  private static void add(Set<Path> found, Path folder) {
    if (Files.isDirectory(folder)) {
      found.add(folder.toAbsolutePath().normalize());
    }
  }

  private List<Path> split(String folders) {
    List<Path> split = new ArrayList<>();
    if (folders != null) {
      for (String folder : folders.split(File.pathSeparator)) {
        if (!folder.isBlank()) {
          split.add(folder.startsWith("/") ? root.resolve(relative(folder)) : Path.of(folder));
        }
      }
    }
    return split;
  }

  private static String relative(String path) {
    return path.replaceFirst("^/+", "");
  }

  /** The folders below {@code parent} whose names match, each with {@code inside} behind it. */
  private static List<Path> matches(Path parent, String pattern, String inside) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(parent)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent, pattern)) {
        for (Path path : stream) {
          found.add(path.resolve(inside));
        }
      } catch (IOException e) {
        // A folder that may not be read holds nothing for us.
        return found;
      }
    }
    // The order in which a file system lists them is no reason to prefer one.
    found.sort(null);
    return found;
  }

  /** The first folder that holds all of these files. */
  Optional<Path> folderOf(String... names) {
    return folders().stream()
        .filter(
            folder -> {
              for (String name : names) {
                if (!Files.exists(folder.resolve(name))) {
                  return false;
                }
              }
              return true;
            })
        .findFirst();
  }

  /** The files of a folder whose names match, in the order of their names. */
  static List<Path> files(Path folder, String pattern) {
    return matches(folder, pattern, "");
  }

  /** Where was looked, for people. */
  String description() {
    return folders().stream().map(Path::toString).collect(Collectors.joining(", "));
  }
}
