package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.nvrtc.NVRTC_SUCCESS;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCompileProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCreateProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcDestroyProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBIN;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBINSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetErrorString;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetNumSupportedArchs;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetPTX;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetPTXSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLog;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLogSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetSupportedArchs;
import static org.bytedeco.cuda.global.nvrtc.nvrtcVersion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles {@code kernels.cu} with NVRTC, which needs no device, and keeps what it made. Its
 * library must be loaded.
 */
final class KernelCompiler {
  private static final Logger LOG = LoggerFactory.getLogger(KernelCompiler.class);
  private static final String SOURCE = "kernels.cu";

  private final Path cache;

  /**
   * @param cache folder of what was compiled before, made if need be
   */
  KernelCompiler(Path cache) {
    this.cache = cache;
  }

  /** Keeps what it compiles where the user's caches are. */
  static KernelCompiler cached() {
    String caches = System.getenv("XDG_CACHE_HOME");
    Path folder =
        caches == null || caches.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(caches);
    return new KernelCompiler(folder.resolve("reverie").resolve("kernels"));
  }

  /** The compute capabilities that NVRTC makes machine code for, such as 90, ascending. */
  static int[] architectures() {
    int[] count = new int[1];
    check(nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] architectures = new int[count[0]];
    check(nvrtcGetSupportedArchs(architectures), "nvrtcGetSupportedArchs");
    Arrays.sort(architectures);
    return architectures;
  }

  /**
   * The kernels for a type of activations: machine code for the device where NVRTC knows it, else
   * PTX of the newest older generation, which the driver translates.
   *
   * @param capability of the device, such as 90
   */
  byte[] compile(Element element, int capability) {
    int newest = 0;
    for (int architecture : architectures()) {
      if (architecture <= capability) {
        newest = architecture;
      }
    }
    boolean machineCode = newest == capability;
    List<String> options =
        List.of(
            "--gpu-architecture=" + (machineCode ? "sm_" : "compute_") + newest,
            "--std=c++17",
            "-DELEMENT=" + element.ordinal());
    byte[] source = source();
    Path file = cache.resolve(name(source, options));
    try {
      if (Files.isReadable(file)) {
        return Files.readAllBytes(file);
      }
    } catch (IOException e) {
      // What cannot be read is compiled again.
      return translate(source, options, machineCode);
    }
    byte[] compiled = translate(source, options, machineCode);
    keep(file, compiled);
    return compiled;
  }

  static byte[] source() {
    try (InputStream in = KernelCompiler.class.getResourceAsStream(SOURCE)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(byte[] source, List<String> options) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(source);
      digest.update(String.join(" ", options).getBytes(StandardCharsets.UTF_8));
      int[] major = new int[1];
      int[] minor = new int[1];
      check(nvrtcVersion(major, minor), "nvrtcVersion");
      digest.update((major[0] + "." + minor[0]).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A cache that cannot be written costs seconds at the next start and nothing else. */
  private static void keep(Path file, byte[] compiled) {
    try {
      Files.createDirectories(file.getParent());
      Path whole = Files.createTempFile(file.getParent(), "kernels", ".new");
      try {
        Files.write(whole, compiled);
        Files.move(
            whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException e) {
      LOG.warn("compiled kernels cannot be kept in {}", file, e);
    }
  }

  private static byte[] translate(byte[] source, List<String> options, boolean machineCode) {
    try (_nvrtcProgram program = new _nvrtcProgram();
        BytePointer text = new BytePointer(new String(source, StandardCharsets.UTF_8));
        BytePointer name = new BytePointer(SOURCE);
        PointerPointer<BytePointer> arguments =
            new PointerPointer<>(options.toArray(String[]::new))) {
      check(
          nvrtcCreateProgram(
              program, text, name, 0, (PointerPointer<?>) null, (PointerPointer<?>) null),
          "nvrtcCreateProgram");
      try (SizeTPointer size = new SizeTPointer(1)) {
        int status = nvrtcCompileProgram(program, options.size(), arguments);
        if (status != NVRTC_SUCCESS) {
          check(nvrtcGetProgramLogSize(program, size), "nvrtcGetProgramLogSize");
          byte[] log = new byte[(int) size.get()];
          check(nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
          throw new IllegalStateException(
              "the kernels do not compile with %s: %s%n%s"
                  .formatted(
                      options,
                      nvrtcGetErrorString(status).getString(),
                      new String(log, StandardCharsets.UTF_8).trim()));
        }
        check(
            machineCode ? nvrtcGetCUBINSize(program, size) : nvrtcGetPTXSize(program, size),
            "the size of compiled kernels");
        byte[] compiled = new byte[(int) size.get()];
        check(
            machineCode ? nvrtcGetCUBIN(program, compiled) : nvrtcGetPTX(program, compiled),
            "compiled kernels");
        return compiled;
      } finally {
        nvrtcDestroyProgram(program);
      }
    }
  }

  private static void check(int status, String what) {
    if (status != NVRTC_SUCCESS) {
      throw new IllegalStateException(what + ": " + nvrtcGetErrorString(status).getString());
    }
  }
}
