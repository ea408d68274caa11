package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A render that is killed (SIGKILL) at a moment drawn from a seed, and carried on by the same
 * command.
 *
 * @param cluster that runs it
 * @param storage of input, work directory and print
 * @param undisturbed the same render, which nothing happened to
 * @param victim what is killed
 * @param seed of the moment
 */
record Kill(
    LocalCluster cluster, Storage storage, Undisturbed undisturbed, Victim victim, long seed) {
  private static final int MOST_SECONDS = 400;

  enum Victim {
    DRIVER,
    EXECUTOR,
    BOTH
  }

  /**
   * What came of it.
   *
   * @param tilesBefore stored when it was killed
   * @param storedTwice tiles that were computed twice
   * @param resumption empty where the command itself went on
   * @param seconds from the first command to the print
   */
  record Outcome(
      int tilesBefore, int storedTwice, Optional<Resumption> resumption, double seconds) {}

  /**
   * How the same command carried it on.
   *
   * @param kept finished tiles of the round that was broken off
   * @param manifestsKept rounds that had ended
   * @param secondsToTile from the command to the first tile that was not there before
   * @param bytesToTile what was read from the storage meanwhile; empty if it does not tell
   */
  record Resumption(int kept, int manifestsKept, double secondsToTile, OptionalLong bytesToTile) {}

  /** Runs it; fails unless the print has the same bytes and no finished tile was dreamt twice. */
  Outcome run() {
    long start = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    // Some tiles are left, so that there is something to kill. Not Random, which draws nearly the
    // same of neighbouring seeds where the bound is a power of two, as 32 here.
    int moment = 3 + random.nextInt(undisturbed.tiles() - 6);
    String name =
        "%s-%s-%d"
            .formatted(storage.name(), victim.name().toLowerCase(java.util.Locale.ROOT), seed);
    List<String> command = Renders.command(storage, name);
    WorkState work = new WorkState(storage, name);
    cluster.forget();

    Process first = submit(command, name + "-first.log");
    assertTrue(
        Moments.await(MOST_SECONDS, () -> cluster.stored().size() >= moment || !first.isAlive()),
        "no progress");
    assertTrue(first.isAlive(), () -> "ended before it was killed: " + log(name + "-first.log"));
    List<ProcessHandle> executors = cluster.executors();
    if (victim != Victim.DRIVER) {
      executors.get(random.nextInt(executors.size())).destroyForcibly();
    }
    int tilesBefore;
    Optional<Resumption> resumption = Optional.empty();
    Set<WorkState.Tile> kept = Set.of();
    Map<String, JsonNode> before = Map.of();
    Map<String, JsonNode> after = new HashMap<>();
    if (victim == Victim.EXECUTOR) {
      tilesBefore = cluster.stored().size();
      assertEquals(0, LocalCluster.wait(first, MOST_SECONDS), () -> log(name + "-first.log"));
    } else {
      first.destroyForcibly();
      LocalCluster.wait(first, 20);
      assertTrue(
          Moments.await(60, () -> executors.stream().noneMatch(ProcessHandle::isAlive)),
          "executors outlive their driver");
      tilesBefore = cluster.stored().size();
      kept = work.finished();
      before = work.manifests();
      AtomicBoolean done = new AtomicBoolean();
      Thread watcher =
          new Thread(
              () -> {
                while (!done.get()) {
                  after.putAll(work.manifests());
                  Moments.pause(30);
                }
              });
      OptionalLong bytesBefore = storage.read();
      long again = System.nanoTime();
      Process second = submit(command, name + "-second.log");
      Moments.await(MOST_SECONDS, () -> cluster.stored().size() > tilesBefore || !second.isAlive());
      double secondsToTile = (System.nanoTime() - again) / 1e9;
      OptionalLong bytes = storage.read();
      resumption =
          Optional.of(
              new Resumption(
                  kept.size(),
                  before.size(),
                  secondsToTile,
                  bytes.isPresent()
                      ? OptionalLong.of(bytes.getAsLong() - bytesBefore.getAsLong())
                      : bytes));
      // From now on, since it reads as well; manifests stay until the print is written.
      watcher.start();
      storage.shaken().run();
      int status = LocalCluster.wait(second, MOST_SECONDS);
      done.set(true);
      join(watcher);
      assertEquals(0, status, () -> log(name + "-second.log"));
      assertTrue(log(name + "-second.log").contains("carrying on"), "it started over");
    }
    assertArrayEquals(
        undisturbed.print(), Renders.print(storage, name), name + " is another picture");

    for (Map.Entry<String, JsonNode> ended : before.entrySet()) {
      assertEquals(ended.getValue(), after.get(ended.getKey()), "a round was run again");
    }
    for (WorkState.Tile tile : kept) {
      // In the second octave the manifest tells of results only; the gradients of its first round
      // are in the logs.
      if (tile.octave() == 0 || tile.kind() == org.reverie.executor.store.Kind.RESULT) {
        JsonNode manifest = after.get(tile.octave() + "/" + tile.round());
        assertTrue(
            numbers(manifest.path("reused")).contains(tile.tile()),
            () -> tile + " was finished; " + manifest);
      }
    }
    List<String> twice = twice(cluster.stored());
    assertEquals(List.of(), twice, "dreamt twice");
    return new Outcome(tilesBefore, twice.size(), resumption, (System.nanoTime() - start) / 1e9);
  }

  private Process submit(List<String> command, String log) {
    List<String> options = new ArrayList<>(List.of("--master", cluster.master()));
    options.addAll(executors(2));
    options.addAll(storage.options());
    return cluster.submit(options, command, path(log));
  }

  /** As many executors of one core. */
  static List<String> executors(int count) {
    return List.of(
        "--conf",
        "spark.cores.max=" + count,
        "--executor-cores",
        "1",
        "--executor-memory",
        "512m",
        "--driver-memory",
        "512m");
  }

  static Path path(String log) {
    return Folders.TARGET.resolve("logs").resolve(log);
  }

  static String log(String name) {
    return LocalCluster.text(path(name));
  }

  private static Set<Integer> numbers(JsonNode array) {
    Set<Integer> numbers = new HashSet<>();
    array.forEach(number -> numbers.add(number.asInt()));
    return numbers;
  }

  private static List<String> twice(List<String> stored) {
    Set<String> seen = new HashSet<>();
    return stored.stream().filter(line -> !seen.add(line)).toList();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
