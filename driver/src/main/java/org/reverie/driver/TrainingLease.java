package org.reverie.driver;

import java.io.IOException;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.store.Lease;
import org.reverie.executor.store.Store;

/** One training's claim to a brain that it writes; trainings know no more of leases. */
public final class TrainingLease implements AutoCloseable {
  private final Lease lease;

  private TrainingLease(Lease lease) {
    this.lease = lease;
  }

  /**
   * Claims a brain for this process.
   *
   * @param fileSystem where it lies
   * @param brain its folder
   * @param say told, in words for a person, what is waited for or taken over
   * @throws org.reverie.conf.UserException {@code training-in-use} if a training that lives has it
   */
  public static TrainingLease acquire(FileSystem fileSystem, Path brain, Consumer<String> say)
      throws IOException {
    Path work = fileSystem.makeQualified(new Path(brain, BrainFolder.TRAINING));
    return new TrainingLease(
        Lease.acquire(new Store(fileSystem, work), Lease.Claim.ofTraining(brain), say));
  }

  /** Whether another run has taken its place, because this one seemed dead to it. */
  public boolean lost() {
    return lease.lost();
  }

  /** Lets others have the brain. */
  @Override
  public void close() throws IOException {
    lease.close();
  }
}
