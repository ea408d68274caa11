package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many kills on every file system: {@code mvn verify -Pchaos}. */
@ExtendWith(OnCluster.class)
@EnabledIfSystemProperty(named = "chaos.kills", matches = "[1-9]\\d*")
class ChaosTest {
  private static final int KILLS = Integer.getInteger("chaos.kills", 0);
  private static final List<Supplier<Storage>> STORAGES =
      List.of(() -> Storage.file("chaos"), Storage::hdfs, Storage::s3);

  @Test
  void everyRandomKillIsSurvived() throws IOException {
    LocalCluster cluster = OnCluster.cluster();
    Path table = Folders.TARGET.resolve("chaos.md");
    Files.writeString(
        table,
        "| on | killed | seed | tiles stored then | rounds ended | tiles of the broken round kept |"
            + " dreamt twice | same bytes | seconds |\n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    byte[] undisturbed;
    try (Storage file = Storage.file("chaos-local")) {
      List<String> options = List.of("--master", "local[2]", "--driver-memory", "512m");
      Process local =
          cluster.submit(options, Renders.command(file, "local"), Kill.path("chaos-local.log"));
      assertEquals(0, LocalCluster.wait(local, 400), () -> Kill.log("chaos-local.log"));
      undisturbed = Renders.print(file, "local");
    }
    for (Supplier<Storage> opening : STORAGES) {
      try (Storage storage = opening.get()) {
        for (int kill = 0; kill < KILLS; kill++) {
          long seed = 1000 + kill;
          Kill.Victim[] victims = Kill.Victim.values();
          Kill.Victim victim = victims[new Random(seed * 31).nextInt(victims.length)];
          Kill.Outcome outcome = new Kill(cluster, storage, victim, seed).run(undisturbed);
          Files.writeString(
              table,
              String.format(
                  Locale.ROOT,
                  "| %s | %s | %d | %d | %d | %d | %d | yes | %.0f |%n",
                  storage.name(),
                  victim.name().toLowerCase(Locale.ROOT),
                  seed,
                  outcome.tilesBefore(),
                  outcome.manifestsKept(),
                  outcome.kept(),
                  outcome.storedTwice(),
                  outcome.seconds()),
              StandardOpenOption.APPEND);
        }
      }
    }
  }
}
