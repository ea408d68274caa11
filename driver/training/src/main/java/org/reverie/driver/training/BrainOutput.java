package org.reverie.driver.training;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.caffe.BrainWriter;

/**
 * Puts a brain into a folder once all of its files are written, so that a disk that fills up
 * meanwhile leaves the brain that was there.
 */
final class BrainOutput {
  /** The card's name in a brain folder. */
  static final String CARD = "card.md";

  private static final String UNFINISHED = "brain.unfinished";

  private final FileSystem fileSystem;
  private final Path unfinished;

  /**
   * @param work a folder on the same disk, for what is not whole yet
   */
  BrainOutput(FileSystem fileSystem, Path work) {
    this.fileSystem = fileSystem;
    unfinished = new Path(work, UNFINISHED);
  }

  /**
   * Writes a brain; files of the same names are replaced.
   *
   * @param folder is made if it is not there
   * @param card for people
   * @throws IOException if it cannot be written; then the folder is as it was. If a file cannot be
   *     put there, those before it are new
   */
  void write(Path folder, Brain brain, BrainWriter.Details details, Optional<String> card)
      throws IOException {
    // First what says how the brain was made: if this breaks off, the rest is known by it.
    List<String> names =
        new ArrayList<>(
            List.of(BrainWriter.DESCRIPTOR, BrainWriter.WEIGHTS, BrainWriter.DEFINITION));
    try {
      BrainWriter.write(fileSystem, unfinished, brain, details);
      if (card.isPresent()) {
        names.add(CARD);
        try (OutputStream stream = fileSystem.create(new Path(unfinished, CARD), true)) {
          stream.write(card.get().getBytes(StandardCharsets.UTF_8));
        }
      }
      fileSystem.mkdirs(folder);
      for (String name : names) {
        Path whole = new Path(unfinished, name);
        Path target = new Path(folder, name);
        fileSystem.delete(target, false);
        if (!fileSystem.rename(whole, target)) {
          throw new IOException(whole + " cannot be renamed");
        }
      }
    } finally {
      fileSystem.delete(unfinished, true);
    }
  }
}
