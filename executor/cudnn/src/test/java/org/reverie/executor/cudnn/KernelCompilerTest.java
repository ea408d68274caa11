package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.cuda.global.nvrtc;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * NVRTC compiles for any device without having one; skipped where it is not installed. {@code
 * REVERIE_CUDA_PATH} may name its folder.
 */
class KernelCompilerTest {
  /** ELF, and what CUDA's machine code says it is for. */
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  /** One device per generation: Turing, Ampere, its small ones, Ada, Hopper, Blackwell. */
  private static final int[] GENERATIONS = {75, 80, 86, 89, 90, 100, 120};

  /** Why there is no NVRTC; null if there is one. */
  private static String missing;

  @TempDir Path cache;

  @BeforeAll
  static void loadNvrtc() throws IOException {
    LibrarySearch search = LibrarySearch.here();
    int major = CudaLibraries.major();
    try {
      List<Path> libraries = new ArrayList<>();
      // The bindings of NVRTC load those of the driver and the runtime, none of which it calls.
      for (String name : new String[] {"libcuda.so.1", "libcudart.so." + major}) {
        Optional<Path> folder = search.folderOf(name);
        libraries.add(folder.isPresent() ? folder.get().resolve(name) : emptyLibrary(name));
      }
      libraries.addAll(CudaLibraries.compiler(search));
      CudaLibraries.open(libraries);
      CudaLibraries.bind(nvrtc.class);
    } catch (CudaLibraries.MissingException e) {
      missing = e.getMessage();
    }
  }

  /** Surefire counts no test of a class that is skipped as a whole. */
  @BeforeEach
  void requireNvrtc() {
    Assumptions.assumeTrue(missing == null, missing);
  }

  static Path emptyLibrary(String name) throws IOException {
    Path library = Files.createDirectories(Path.of("target", "empty")).resolve(name);
    List<String> command =
        List.of(
            "g++",
            "-shared",
            "-fPIC",
            "-Wl,-soname," + name,
            "-o",
            library.toString(),
            "-x",
            "c++",
            "/dev/null");
    EmulatedDevice.compile(command);
    return library;
  }

  @ParameterizedTest
  @EnumSource(Element.class)
  void compilesForEveryGeneration(Element element) {
    List<Integer> known = new ArrayList<>();
    for (int architecture : KernelCompiler.architectures()) {
      known.add(architecture);
    }
    // All three types on one device, one type on all devices: the rest differs by neither.
    int[] generations = element == Element.BFLOAT16 ? GENERATIONS : new int[] {90};
    for (int generation : generations) {
      Assumptions.assumeTrue(known.contains(generation), "NVRTC knows " + known);
      byte[] code = new KernelCompiler(cache).compile(element, generation);
      assertArrayEquals(ELF, head(code));
      String text = new String(code, StandardCharsets.ISO_8859_1);
      for (String kernel : kernels()) {
        assertTrue(text.contains(kernel), "sm_" + generation + " has no " + kernel);
      }
    }
  }

  private static byte[] head(byte[] code) {
    byte[] head = new byte[4];
    System.arraycopy(code, 0, head, 0, 4);
    return head;
  }

  /** The names that {@code kernels.cu} declares to the programs that run it. */
  private static List<String> kernels() {
    String source = new String(KernelCompiler.source(), StandardCharsets.UTF_8);
    List<String> names = new ArrayList<>();
    String lists = source.substring(source.indexOf("#define PAIRED_KERNELS"));
    int single = lists.indexOf("#define SINGLE_KERNELS");
    Matcher matcher = Pattern.compile("X\\((\\w+)\\)").matcher(lists);
    while (matcher.find()) {
      String name = matcher.group(1);
      if (name.equals("X")) {
        continue;
      }
      if (matcher.start() < single) {
        names.add(name + "_1");
        names.add(name + "_v");
      } else {
        names.add(name);
      }
    }
    assertTrue(names.containsAll(List.of("copy_1", "combine_v", "advance")), names.toString());
    return names;
  }

  /** A device newer than NVRTC gets PTX, which its driver translates. */
  @Test
  void unknownDeviceGetsPtx() {
    byte[] code = new KernelCompiler(cache).compile(Element.FLOAT32, 999);
    String text = new String(code, StandardCharsets.US_ASCII);
    assertTrue(text.contains(".target sm_"), "no PTX: " + text.substring(0, 80));
    assertTrue(text.contains(".entry advance"), "no kernel");
  }

  @Test
  void whatWasCompiledIsKept() throws IOException {
    byte[] first = new KernelCompiler(cache).compile(Element.FLOAT32, 90);
    List<Path> kept;
    try (Stream<Path> files = Files.list(cache)) {
      kept = files.toList();
    }
    assertEquals(1, kept.size());
    assertArrayEquals(first, Files.readAllBytes(kept.get(0)));
    // Read, not compiled again.
    Files.write(kept.get(0), new byte[] {1, 2, 3});
    assertArrayEquals(new byte[] {1, 2, 3}, new KernelCompiler(cache).compile(Element.FLOAT32, 90));
  }

  /** A cache that cannot be written is no reason not to dream. */
  @Test
  void aCacheThatIsNoFolderDoesNotMatter() throws IOException {
    Path file = Files.createFile(cache.resolve("file"));
    byte[] code = new KernelCompiler(file).compile(Element.FLOAT32, 90);
    assertArrayEquals(ELF, head(code));
  }
}
