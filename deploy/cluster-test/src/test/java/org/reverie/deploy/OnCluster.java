package org.reverie.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts one cluster for all tests of this JVM: two workers, each with two cores and two GPUs. One
 * render in local mode archives the classes that all others load.
 */
final class OnCluster implements BeforeAllCallback {
  private static LocalCluster cluster;
  private static Undisturbed undisturbed;

  static LocalCluster cluster() {
    return cluster;
  }

  static Undisturbed undisturbed() {
    return undisturbed;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    assumeTrue(Files.exists(Folders.jar()), "mvn package makes the jar");
    context
        .getRoot()
        .getStore(ExtensionContext.Namespace.GLOBAL)
        .getOrComputeIfAbsent(OnCluster.class, key -> start());
  }

  private static AutoCloseable start() {
    Folders.anew("logs");
    JavaOptions.withoutArchive();
    Path tools = Folders.anew("tools");
    try {
      // A machine with four GPUs, as far as anybody asks.
      Path smi = tools.resolve("nvidia-smi");
      Files.writeString(smi, "#!/bin/sh\nprintf '0\\n1\\n2\\n3\\n'\n");
      if (!smi.toFile().setExecutable(true)) {
        throw new IOException("cannot make " + smi + " a program");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cluster =
        LocalCluster.start(
            "cluster",
            Map.of("PATH", tools + ":" + System.getenv("PATH")),
            "--workers 2 --cores 2 --memory 2g --gpus 2".split(" "));
    undisturbed = Undisturbed.render(cluster, Storage.file("undisturbed"));
    JavaOptions.withArchive();
    return cluster;
  }
}
