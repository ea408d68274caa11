package org.reverie.executor.cudnn;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Libraries of our own in place of NVIDIA's, so that the code that calls them runs without a GPU:
 * the same names and functions, on the processor, with checks of what they are given ({@code
 * standin.h} says more). They are made with a C++ compiler where the property {@code
 * reverie.stand-ins} names a folder, which {@code REVERIE_CUDA_PATH} must name too.
 */
public final class StandIns {
  private static final String PROPERTY = "reverie.stand-ins";

  private static final List<String> SOURCES =
      List.of(
          "standin.h",
          "device.cpp",
          "runtime.cpp",
          "compiler.cpp",
          "products.cpp",
          "cudnn.h",
          "convolutions.cpp",
          "graphs.cpp",
          "convolutions.map");

  private static boolean made;

  private StandIns() {}

  /** Whether this process is to use them. */
  static boolean areUsed() {
    return System.getProperty(PROPERTY) != null;
  }

  /** Makes them unless they are there; skips the test where there is no C++ compiler. */
  static synchronized void makeIfUsed() {
    if (areUsed() && !made) {
      make(Path.of(System.getProperty(PROPERTY)));
      made = true;
    }
  }

  /** Makes them in a folder, the only argument. */
  public static void main(String[] arguments) {
    make(Path.of(arguments[0]));
  }

  private static void make(Path folder) {
    try {
      Path stamp = folder.resolve("made-of");
      String digest = digest();
      if (Files.exists(stamp) && Files.readString(stamp).equals(digest)) {
        return;
      }
      Files.createDirectories(folder);
      for (String source : SOURCES) {
        Files.write(folder.resolve(source), contents(source));
      }
      int major = CudaLibraries.major();
      library(folder, "libcuda.so.1", null, "device.cpp");
      library(folder, "libcudart.so." + major, null, "runtime.cpp");
      library(folder, "libnvrtc.so." + major, null, "compiler.cpp");
      library(folder, "libcublasLt.so." + major, null, "products.cpp");
      library(folder, "libcublas.so." + major, null);
      library(folder, "libcudnn_graph.so.9", "convolutions.map", "convolutions.cpp", "graphs.cpp");
      for (String part : List.of("libcudnn_cnn.so.9", "libcudnn_ops.so.9", "libcudnn_adv.so.9")) {
        library(folder, part, null);
      }
      library(folder, "libcudnn.so.9", null);
      Files.writeString(stamp, digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes a library, whose symbols bear versions as NVIDIA's do.
   *
   * @param versions a file of the folder, or null if all symbols have the library's name
   * @param sources files of the folder; none for a library without functions
   */
  private static void library(Path folder, String name, String versions, String... sources)
      throws IOException {
    Path map = folder.resolve(versions == null ? name + ".map" : versions);
    if (versions == null) {
      Files.writeString(map, name + " { global: *; };\n");
    }
    List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-O3", "-march=native"));
    command.addAll(List.of("-shared", "-fPIC", "-pthread", "-fvisibility=hidden"));
    command.addAll(List.of("-Wall", "-Wextra", "-Werror", "-DCUDA_MAJOR=" + CudaLibraries.major()));
    command.add("-Wl,-soname," + name);
    // The driver's library has no versions.
    boolean driver = name.equals("libcuda.so.1");
    if (!driver) {
      command.add("-Wl,--version-script=" + map);
    }
    command.addAll(List.of("-o", folder.resolve(name).toString()));
    if (sources.length == 0) {
      command.addAll(List.of("-x", "c++", "/dev/null"));
    } else {
      Stream.of(sources).forEach(source -> command.add(folder.resolve(source).toString()));
      if (!driver) {
        command.add(folder.resolve("libcuda.so.1").toString());
      }
      command.add("-ldl");
    }
    EmulatedDevice.compile(command);
  }

  private static byte[] contents(String source) throws IOException {
    try (InputStream in = StandIns.class.getResourceAsStream("standin/" + source)) {
      return in.readAllBytes();
    }
  }

  /** Of the sources, and of the processor, whose instructions the libraries use. */
  private static String digest() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String source : SOURCES) {
        digest.update(contents(source));
      }
      Path processor = Path.of("/proc/cpuinfo");
      if (Files.isReadable(processor)) {
        try (Stream<String> lines = Files.lines(processor)) {
          lines
              .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
              .findFirst()
              .ifPresent(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
        }
      }
      digest.update((byte) CudaLibraries.major());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
