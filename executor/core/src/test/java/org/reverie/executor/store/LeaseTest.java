package org.reverie.executor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.UserException;

@Timeout(30)
class LeaseTest {
  /** Long enough for a busy machine; no test waits for its end. */
  private static final Lease.Timing PATIENT =
      new Lease.Timing(Duration.ofMillis(50), Duration.ofSeconds(25), Duration.ofMillis(20));

  private static final Lease.Timing BRIEF =
      new Lease.Timing(Duration.ofMillis(50), Duration.ofMillis(600), Duration.ofMillis(20));

  private static final Lease.Claim CLAIM = Lease.Claim.ofPrint("prints/sky.tif");

  @TempDir Path folder;
  private Store store;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    store = Store.open(folder.toUri().toString(), new Configuration());
  }

  @Test
  void aRunThatLivesKeepsOthersOutUntilItCloses() throws IOException {
    try (Lease first = acquire(Lease.Holder.self())) {
      UserException held = assertThrows(UserException.class, () -> acquire(Lease.Holder.self()));
      assertEquals("print-in-use", held.problems().get(0).code());
      assertTrue(held.getMessage().startsWith("prints/sky.tif: "), held::getMessage);
      assertTrue(held.getMessage().contains("process " + ProcessHandle.current().pid()));
      assertFalse(first.lost());
    }
    assertFalse(Files.exists(folder.resolve("lease.json")));
    acquire(Lease.Holder.self()).close();
    assertEquals(List.of(), said);
  }

  @Test
  void aDeadProcessOnThisHostIsSucceededAtOnce() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    leave(new Lease.Holder(Lease.Holder.self().host(), process.pid(), 1, "dead"));
    long start = System.nanoTime();
    acquire(Lease.Holder.self()).close();
    assertTrue(System.nanoTime() - start < PATIENT.patience().toNanos());
    assertEquals(1, said.size());
    assertTrue(said.get(0).contains("is dead"), said.get(0));
  }

  @Test
  void aProcessThatGotTheNumberOfADeadOneDoesNotCount() throws IOException {
    Lease.Holder self = Lease.Holder.self();
    leave(new Lease.Holder(self.host(), self.pid(), self.processStart() - 60_000, "dead"));
    acquire(self).close();
  }

  @Test
  void aSilentRunOnAnotherHostIsSucceededAfterAWait() throws IOException {
    leave(new Lease.Holder("elsewhere", 1, 1, "silent"));
    long start = System.nanoTime();
    Lease.acquire(store, CLAIM, Lease.Holder.self(), BRIEF, said::add).close();
    assertTrue(System.nanoTime() - start >= BRIEF.patience().toNanos());
    assertTrue(said.get(0).contains("process 1 on elsewhere"), said.get(0));
  }

  @Test
  void aRunOnAnotherHostWhoseHeartBeatsKeepsUsOut() throws IOException {
    Lease.Holder elsewhere = new Lease.Holder("elsewhere", 1, 1, "busy");
    try (Lease other = acquire(elsewhere)) {
      assertThrows(UserException.class, () -> acquire(Lease.Holder.self()));
      assertFalse(other.lost());
    }
  }

  @Test
  void aHalfWrittenLeaseIsNobodys() throws IOException {
    Files.writeString(folder.resolve("lease.json"), "{\"crc32c\":\"00");
    acquire(Lease.Holder.self()).close();
  }

  @Test
  void whoIsSucceededLearnsOfItAndLeavesTheLeaseAlone() throws Exception {
    try (Lease first = acquire(Lease.Holder.self())) {
      leave(new Lease.Holder("elsewhere", 1, 1, "successor"));
      for (int i = 0; i < 200 && !first.lost(); i++) {
        Thread.sleep(10);
        leave(new Lease.Holder("elsewhere", 1, 1, "successor"));
      }
      assertTrue(first.lost());
    }
    assertTrue(Files.exists(folder.resolve("lease.json")));
  }

  private Lease acquire(Lease.Holder holder) throws IOException {
    return Lease.acquire(store, CLAIM, holder, PATIENT, said::add);
  }

  /** Leaves a lease as a run does that was killed. */
  private void leave(Lease.Holder holder) throws IOException {
    byte[] json = new ObjectMapper().writeValueAsBytes(new Lease.Beat(holder, 3));
    Files.write(folder.resolve("lease.json"), SealedJson.seal(json));
  }
}
