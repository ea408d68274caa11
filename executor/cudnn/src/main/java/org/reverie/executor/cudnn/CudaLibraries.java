package org.reverie.executor.cudnn;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;

/**
 * NVIDIA's libraries in this process. They are opened by their full paths before JavaCPP's bindings
 * are: the dynamic loader then finds them for the bindings by their names, wherever they lie.
 */
final class CudaLibraries {
  private static final String CUDNN = "libcudnn.so.9";

  private CudaLibraries() {}

  /** A library is missing or does not load; the message names what was looked for and where. */
  static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The version of CUDA that the bindings were made for, such as 13. */
  static int major() {
    Properties properties = org.bytedeco.cuda.presets.cudart.class.getAnnotation(Properties.class);
    for (Platform platform : properties.value()) {
      for (String link : platform.link()) {
        if (link.startsWith("cudart@.")) {
          return Integer.parseInt(link.substring("cudart@.".length()));
        }
      }
    }
    throw new LinkageError("the bindings of CUDA do not say which version they are for");
  }

  /** Loads all that the engine needs. */
  static void load(LibrarySearch search) throws MissingException {
    String driver = "libcuda.so.1";
    Path driverFolder =
        search
            .folderOf(driver)
            .orElseThrow(
                () ->
                    new MissingException(
                        "no NVIDIA driver: %s is in no folder of libraries".formatted(driver),
                        null));
    List<Path> paths = new ArrayList<>();
    paths.add(driverFolder.resolve(driver));
    paths.addAll(required(search, "CUDA's runtime", "libcudart.so." + major()));
    paths.addAll(compiler(search));
    paths.addAll(
        required(search, "cuBLAS", "libcublasLt.so." + major(), "libcublas.so." + major()));
    for (Path path : required(search, "cuDNN", CUDNN)) {
      paths.addAll(LibrarySearch.files(path.getParent(), "libcudnn_*.so.9"));
      paths.add(path);
    }
    open(paths);
    bind(cudart.class, cublas.class, cudnn.class, nvrtc.class);
  }

  /** The compiler of kernels, which runs without a driver, though its bindings do not load so. */
  static List<Path> compiler(LibrarySearch search) throws MissingException {
    List<Path> paths = new ArrayList<>();
    for (Path path : required(search, "NVRTC", "libnvrtc.so." + major())) {
      paths.addAll(LibrarySearch.files(path.getParent(), "libnvrtc-builtins.so." + major() + ".*"));
      paths.add(path);
    }
    return paths;
  }

  /** Whether a library lies among the jars, from where JavaCPP takes it by itself. */
  private static boolean isCarried(String library) {
    return CudaLibraries.class
            .getClassLoader()
            .getResource("org/bytedeco/cuda/" + Loader.getPlatform() + "/" + library)
        != null;
  }

  /** The files of a library; none if it is carried. */
  private static List<Path> required(LibrarySearch search, String what, String... names)
      throws MissingException {
    if (isCarried(names[0])) {
      return List.of();
    }
    Optional<Path> folder = search.folderOf(names);
    if (folder.isEmpty()) {
      throw new MissingException(
          "%s is missing: %s in none of %s; set %s to its folder, or install it (pip install %s)"
              .formatted(
                  what,
                  String.join(" and ", names),
                  search.description(),
                  LibrarySearch.VARIABLE,
                  major() >= 13
                      ? "nvidia-cudnn-cu13 nvidia-cublas nvidia-cuda-nvrtc nvidia-cuda-runtime"
                      : "nvidia-cudnn-cu12 nvidia-cublas-cu12 nvidia-cuda-nvrtc-cu12"
                          + " nvidia-cuda-runtime-cu12"),
          null);
    }
    List<Path> paths = new ArrayList<>();
    for (String name : names) {
      paths.add(folder.get().resolve(name));
    }
    return paths;
  }

  /** Opens libraries in an order in which each finds those it needs. */
  static void open(List<Path> paths) throws MissingException {
    List<Path> waiting = new ArrayList<>(paths);
    waiting.removeIf(path -> !Files.exists(path));
    UnsatisfiedLinkError last = null;
    while (!waiting.isEmpty()) {
      int before = waiting.size();
      for (Path path : List.copyOf(waiting)) {
        try {
          System.load(path.toAbsolutePath().toString());
          waiting.remove(path);
        } catch (UnsatisfiedLinkError e) {
          last = e;
        }
      }
      if (waiting.size() == before) {
        throw new MissingException(
            "%s does not load: %s".formatted(waiting, last.getMessage()), last);
      }
    }
  }

  /** Loads bindings, whose libraries must be open. */
  static void bind(Class<?>... bindings) throws MissingException {
    for (Class<?> binding : bindings) {
      try {
        Loader.load(binding);
      } catch (LinkageError e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new MissingException(
            "the bindings of %s do not load: %s"
                .formatted(binding.getSimpleName(), cause.getMessage()),
            e);
      }
    }
  }
}
