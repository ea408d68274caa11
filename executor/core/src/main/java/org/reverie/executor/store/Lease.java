package org.reverie.executor.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.executor.place.PathNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run's claim to a work directory, a print, the report of a batch or a training: {@code
 * lease.json} names host, process and a heartbeat. A dead process' lease is free at once on its own
 * host; from another host its heartbeat is watched. It spares two runs needless work; on a file
 * system where two can create one file (S3) it is advisory, and harmless to ignore, since identical
 * runs write identical bytes.
 */
public final class Lease implements AutoCloseable {
  static final String FILE = "lease.json";
  private static final int FIRST_BEAT_TRIES = 10;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private final Store store;
  private final Claim claim;
  private final Path file;
  private final Holder self;
  private final ScheduledExecutorService heart;
  private long beats;
  private volatile boolean lost;

  private Lease(Store store, Claim claim, Holder self) {
    this.store = store;
    this.claim = claim;
    this.file = new Path(store.root(), FILE);
    this.self = self;
    this.heart =
        Executors.newSingleThreadScheduledExecutor(
            beat -> {
              Thread thread = new Thread(beat, "lease");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * What only one run may have at a time.
   *
   * @param code of the problem that another run has it
   * @param place for people
   * @param what another run does there
   * @param flag that names another place
   */
  public record Claim(String code, String place, String what, String flag) {
    /** The state of a render. */
    public static Claim ofWork(Path folder) {
      return new Claim(
          "work-dir-in-use",
          PathNames.written(folder),
          "another run is working here",
          "--work-dir");
    }

    /** A print that a render will write. */
    public static Claim ofPrint(String print) {
      return new Claim("print-in-use", print, "another run is making this print", "--out");
    }

    /** A brain and what its training keeps. */
    public static Claim ofTraining(Path brain) {
      return new Claim(
          "training-in-use",
          PathNames.written(brain),
          "another run is training this brain",
          "--out");
    }

    /** The report of a batch. */
    public static Claim ofReport(Path folder) {
      return new Claim(
          "report-in-use",
          PathNames.written(folder),
          "another batch keeps its report here",
          "--report");
    }
  }

  /**
   * Claims something for this process.
   *
   * @param store of the folder that the lease lies in
   * @param say told, in words for a person, what is waited for or taken over
   * @throws UserException if a run that lives holds it
   */
  public static Lease acquire(Store store, Claim claim, Consumer<String> say) throws IOException {
    return acquire(store, claim, Holder.self(), Timing.PRODUCTION, say);
  }

  static Lease acquire(Store store, Claim claim, Holder self, Timing timing, Consumer<String> say)
      throws IOException {
    Lease lease = new Lease(store, claim, self);
    try {
      lease.claim(timing, say);
    } catch (IOException | RuntimeException e) {
      lease.heart.shutdownNow();
      throw e;
    }
    return lease;
  }

  /** Whether another run has taken its place, because this one seemed dead to it. */
  public boolean lost() {
    return lost;
  }

  /** Frees what was claimed. */
  @Override
  public void close() throws IOException {
    heart.shutdownNow();
    synchronized (this) {
      if (read().filter(this::own).isPresent()) {
        store.fileSystem().delete(file, false);
      }
    }
  }

  private void claim(Timing timing, Consumer<String> say) throws IOException {
    Optional<Beat> found = readPatiently(timing);
    if (found.isPresent()) {
      Holder holder = found.get().holder();
      if (holder.host().equals(self.host())) {
        if (holder.isAlive()) {
          throw held(holder);
        }
        say.accept("the run that held " + claim.place() + " (" + holder + ") is dead; going on");
      } else {
        say.accept(
            "%s holds %s; waiting up to %d s for its heartbeat"
                .formatted(holder, claim.place(), timing.patience().toSeconds()));
        watch(found.get(), timing);
      }
    }
    beatFirst();
    // Another may have claimed it in the same moment: the one who wrote last has it.
    pause(timing.settle());
    Optional<Beat> now = readPatiently(timing);
    if (now.isPresent() && !own(now.get())) {
      throw held(now.get().holder());
    }
    long period = timing.heartbeat().toMillis();
    heart.scheduleWithFixedDelay(this::beatOrLose, period, period, TimeUnit.MILLISECONDS);
  }

  /** Returns when the holder seems dead or has let go. Clocks of two hosts are not compared. */
  private void watch(Beat before, Timing timing) throws IOException {
    long deadline = System.nanoTime() + timing.patience().toNanos();
    while (System.nanoTime() < deadline) {
      pause(timing.settle());
      Optional<Beat> now = readPatiently(timing);
      if (now.isEmpty()) {
        return;
      }
      if (!now.get().equals(before)) {
        throw held(now.get().holder());
      }
    }
  }

  /** Another run that ends may remove a folder as it is made for this one's file. */
  private void beatFirst() throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        beat();
        return;
      } catch (FileNotFoundException | NoSuchFileException e) {
        if (tries == FIRST_BEAT_TRIES) {
          throw e;
        }
      }
    }
  }

  private synchronized void beat() throws IOException {
    store.write(file, SealedJson.seal(JSON.writeValueAsBytes(new Beat(self, beats++))));
  }

  private synchronized void beatOrLose() {
    if (heart.isShutdown()) {
      return;
    }
    try {
      Optional<Beat> now = read();
      if (now.isPresent() && !own(now.get())) {
        lost = true;
        heart.shutdown();
      } else {
        beat();
      }
    } catch (IOException | RuntimeException e) {
      // The next beat may get through; a file system that is gone will stop the render by itself.
      LOG.warn("no heartbeat in {}", file, e);
    }
  }

  private boolean own(Beat beat) {
    return beat.holder().run().equals(self.run());
  }

  /** A holder rewrites its file; what is half written is read again before it counts as nothing. */
  private Optional<Beat> readPatiently(Timing timing) throws IOException {
    Optional<Beat> beat = read();
    for (int i = 0; i < 3 && beat.isEmpty() && store.readBytes(file).isPresent(); i++) {
      pause(timing.settle());
      beat = read();
    }
    return beat;
  }

  private Optional<Beat> read() throws IOException {
    Optional<byte[]> bytes = store.readBytes(file);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(SealedJson.open(bytes.get(), file), Beat.class));
    } catch (CorruptChunkException e) {
      return Optional.empty();
    }
  }

  private UserException held(Holder holder) {
    return UserException.of(
        claim.code(),
        claim.place(),
        claim.what() + ": " + holder,
        "Wait for it, stop it, or give another " + claim.flag());
  }

  private static void pause(Duration duration) throws IOException {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a lease", e);
    }
  }

  /**
   * A process that holds or wants a lease.
   *
   * @param host name of its machine
   * @param pid its number there
   * @param processStart when it started, milliseconds since 1970, since numbers are used again; 0
   *     if unknown
   * @param run tells two runs in one process apart
   */
  record Holder(String host, long pid, long processStart, String run) {
    /** Clocks of processes are derived from the machine's, which may be set meanwhile. */
    private static final long TOLERANCE_MILLISECONDS = 2000;

    static Holder self() {
      ProcessHandle process = ProcessHandle.current();
      return new Holder(hostName(), process.pid(), start(process), UUID.randomUUID().toString());
    }

    boolean isAlive() {
      Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
      if (process.isEmpty()) {
        return false;
      }
      long start = start(process.get());
      return processStart == 0
          || start == 0
          || Math.abs(start - processStart) <= TOLERANCE_MILLISECONDS;
    }

    private static long start(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        // Such a machine has no name in its own tables; its pids still tell its processes apart.
        return "localhost";
      }
    }

    @Override
    public String toString() {
      return "process " + pid + " on " + host;
    }
  }

  /** The file's content: a holder, and a count that grows while it lives. */
  record Beat(Holder holder, long beats) {}

  /**
   * How long things take.
   *
   * @param heartbeat between beats
   * @param patience without a beat, after which a holder on another host counts as dead
   * @param settle between two looks
   */
  record Timing(Duration heartbeat, Duration patience, Duration settle) {
    static final Timing PRODUCTION =
        new Timing(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMillis(200));
  }
}
