package org.reverie.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many kills on every file system: {@code mvn verify -Pchaos}. A part of them, such as {@code
 * -Dchaos.on=hdfs -Dchaos.first=1005 -Dchaos.kills=5}, adds its rows to the table of the others.
 */
@ExtendWith(OnCluster.class)
@EnabledIfSystemProperty(named = "chaos.kills", matches = "[1-9]\\d*")
class ChaosTest {
  private static final int KILLS = Integer.getInteger("chaos.kills", 0);
  private static final long FIRST_SEED = Long.getLong("chaos.first", 1000);
  private static final List<String> ON =
      List.of(System.getProperty("chaos.on", "file,hdfs,s3a").split(","));
  private static final Map<String, Supplier<Storage>> STORAGES =
      Map.of("file", () -> Storage.file("chaos"), "hdfs", Storage::hdfs, "s3a", Storage::s3);
  private static final String HEAD =
      "| on | killed | seed | tiles stored then | rounds ended | tiles of the broken round kept |"
          + " dreamt twice | same bytes | seconds to the next tile | kB read until then |"
          + " seconds in all |\n"
          + "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  private static final Map<String, Storage> OPEN = new TreeMap<>();

  @AfterAll
  static void close() {
    OPEN.values().forEach(Storage::close);
  }

  static Stream<Arguments> kills() {
    return ON.stream()
        .flatMap(
            storage ->
                Stream.iterate(FIRST_SEED, seed -> seed + 1)
                    .limit(KILLS)
                    .map(seed -> Arguments.of(storage, seed)));
  }

  @ParameterizedTest
  @MethodSource("kills")
  void aRandomKillIsSurvived(String on, long seed) throws IOException {
    Storage storage = OPEN.computeIfAbsent(on, name -> STORAGES.get(name).get());
    Kill.Victim[] victims = Kill.Victim.values();
    Kill.Victim victim = victims[new Random(seed * 31).nextInt(victims.length)];
    Kill.Outcome outcome =
        new Kill(OnCluster.cluster(), storage, OnCluster.undisturbed(), victim, seed).run();
    Path rows = Files.createDirectories(Folders.TARGET.resolve("chaos-rows"));
    Files.writeString(rows.resolve(on + "-" + seed), row(storage, victim, seed, outcome));
    StringBuilder table = new StringBuilder(HEAD);
    try (Stream<Path> files = Files.list(rows)) {
      for (Path row : files.sorted().toList()) {
        table.append(Files.readString(row));
      }
    }
    Files.writeString(Folders.TARGET.resolve("chaos.md"), table);
  }

  private static String row(Storage storage, Kill.Victim victim, long seed, Kill.Outcome outcome) {
    Optional<Kill.Resumption> resumption = outcome.resumption();
    return String.join(
        " | ",
        "| " + storage.name(),
        victim.name().toLowerCase(Locale.ROOT),
        "" + seed,
        "" + outcome.tilesBefore(),
        resumption.map(r -> "" + r.manifestsKept()).orElse(""),
        resumption.map(r -> "" + r.kept()).orElse(""),
        "" + outcome.storedTwice(),
        "yes",
        resumption.map(r -> String.format(Locale.ROOT, "%.1f", r.secondsToTile())).orElse(""),
        resumption.map(Kill.Resumption::bytesToTile).orElse(OptionalLong.empty()).stream()
            .mapToObj(bytes -> "" + bytes / 1000)
            .findFirst()
            .orElse(""),
        String.format(Locale.ROOT, "%.0f |%n", outcome.seconds()));
  }
}
