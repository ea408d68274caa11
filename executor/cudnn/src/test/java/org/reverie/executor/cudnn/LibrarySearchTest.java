package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where libraries are looked for, on file systems that are made for the purpose. */
class LibrarySearchTest {
  @TempDir Path root;

  private Path file(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "no library");
  }

  private LibrarySearch search(Map<String, String> environment) {
    return new LibrarySearch(root, environment, "", "/home/artist");
  }

  @Test
  void pythonPackagesOfTheInterpreterOnThePath() throws IOException {
    file("opt/torch/.venv/bin/python3");
    Path runtime =
        file("opt/torch/.venv/lib/python3.12/site-packages/nvidia/cu13/lib/libcudart.so.13");
    Path cudnn =
        file("opt/torch/.venv/lib/python3.12/site-packages/nvidia/cudnn/lib/libcudnn.so.9");
    LibrarySearch search = search(Map.of("PATH", "/bin:/opt/torch/.venv/bin"));
    assertEquals(Optional.of(runtime.getParent()), search.folderOf("libcudart.so.13"));
    assertEquals(Optional.of(cudnn.getParent()), search.folderOf("libcudnn.so.9"));
  }

  @Test
  void systemPythonUserPackagesAndToolkits() throws IOException {
    file("usr/lib/python3/dist-packages/nvidia/cublas/lib/libcublas.so.12");
    file("home/artist/.local/lib/python3.11/site-packages/nvidia/cudnn/lib/libcudnn.so.9");
    file("usr/local/cuda-12.9/targets/x86_64-linux/lib/libcudart.so.12");
    file("usr/lib/x86_64-linux-gnu/libcuda.so.1");
    LibrarySearch search = search(Map.of());
    for (String name :
        List.of("libcublas.so.12", "libcudnn.so.9", "libcudart.so.12", "libcuda.so.1")) {
      assertTrue(search.folderOf(name).isPresent(), name);
    }
  }

  /** Where containers have the driver, and the loader finds it for everybody else. */
  @Test
  void foldersThatTheLoaderIsToldOf() throws IOException {
    Path driver = file("opt/driver/lib/libcuda.so.1").getParent();
    Path other = file("opt/other/libcudart.so.13").getParent();
    Files.writeString(file("etc/ld.so.conf"), "include ld.so.conf.d/*.conf\n/opt/other\n");
    Files.writeString(
        file("etc/ld.so.conf.d/nvidia.conf"), "# the driver\n/nowhere\n  /opt/driver/lib \n");
    assertEquals(Optional.of(driver), search(Map.of()).folderOf("libcuda.so.1"));
    assertEquals(Optional.of(other), search(Map.of()).folderOf("libcudart.so.13"));
  }

  /**
   *
   *
   * <pre>
   *   named by the user   what comes first
   *   LD_LIBRARY_PATH
   *   /usr/local/cuda     what comes last
   * </pre>
   */
  @Test
  void whatSomebodyNamesComesFirst() throws IOException {
    Path toolkit = file("usr/local/cuda/lib64/libnvrtc.so.13").getParent();
    Path loader = file("lib-path/libnvrtc.so.13").getParent();
    Path named = file("named/libnvrtc.so.13").getParent();
    assertEquals(Optional.of(toolkit), search(Map.of()).folderOf("libnvrtc.so.13"));
    Map<String, String> environment = Map.of("LD_LIBRARY_PATH", "/nowhere:/lib-path");
    assertEquals(Optional.of(loader), search(environment).folderOf("libnvrtc.so.13"));
    environment = Map.of("LD_LIBRARY_PATH", "/lib-path", LibrarySearch.VARIABLE, "/named");
    assertEquals(Optional.of(named), search(environment).folderOf("libnvrtc.so.13"));
  }

  @Test
  void librariesThatBelongTogetherComeFromOneFolder() throws IOException {
    file("usr/local/cuda/lib64/libcublas.so.13");
    Path both = file("usr/lib64/libcublas.so.13").getParent();
    file("usr/lib64/libcublasLt.so.13");
    assertEquals(
        Optional.of(both), search(Map.of()).folderOf("libcublasLt.so.13", "libcublas.so.13"));
  }

  @Test
  void withoutADriverTheReasonNamesIt() throws IOException {
    file("usr/lib64/libcudart.so.13");
    CudaMachine machine = CudaMachine.look(search(Map.of()));
    assertTrue(machine.gpus().isEmpty());
    assertTrue(machine.reason().contains("no NVIDIA driver"), machine.reason());
    assertTrue(machine.reason().contains("libcuda.so.1"), machine.reason());
  }

  @Test
  void eachMissingLibraryIsNamedWithWhatInstallsIt() throws IOException {
    int major = CudaLibraries.major();
    file("usr/lib64/libcuda.so.1");
    String[][] missing = {
      {"libcudart.so." + major},
      {"libnvrtc.so." + major},
      {"libcublas.so." + major, "libcublasLt.so." + major},
      {"libcudnn.so.9"}
    };
    for (String[] names : missing) {
      CudaLibraries.MissingException thrown =
          assertThrows(
              CudaLibraries.MissingException.class, () -> CudaLibraries.load(search(Map.of())));
      assertTrue(thrown.getMessage().contains(names[0]), thrown.getMessage());
      assertTrue(thrown.getMessage().contains(LibrarySearch.VARIABLE), thrown.getMessage());
      assertTrue(thrown.getMessage().contains("pip install"), thrown.getMessage());
      assertTrue(thrown.getMessage().contains(root.resolve("usr/lib64").toString()));
      for (String name : names) {
        file("usr/lib64/" + name);
      }
    }
    // All are there, and none of them is a library.
    CudaLibraries.MissingException thrown =
        assertThrows(
            CudaLibraries.MissingException.class, () -> CudaLibraries.load(search(Map.of())));
    assertTrue(thrown.getMessage().contains("does not load"), thrown.getMessage());
    assertFalse(CudaMachine.look(search(Map.of())).reason().isEmpty());
  }
}
