package org.reverie.driver;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.place.PathNames;

/** A folder that holds a brain, or a training on its way to one. */
public final class BrainFolder {
  /** The folder in it where a training keeps what it needs to go on, and dreams to look at. */
  public static final String TRAINING = "training";

  /** What the name of a checkpoint there begins with. */
  public static final String CHECKPOINT = "checkpoint-";

  /** The folder there that holds the brain as it was after the last whole epoch. */
  public static final String LAST_EPOCH = "brain";

  private BrainFolder() {}

  /** Reads a brain, or looks whether it is there. */
  public interface Reading<T> {
    /**
     * Reads it.
     *
     * @throws UserException as {@link BrainReader} has them
     */
    T read() throws IOException;
  }

  /**
   * Tells whoever named a folder that is not there what to do about it.
   *
   * @param remedy that names the flag
   * @throws UserException as the reading does, with that remedy where it is {@code brain-missing}
   */
  public static <T> T named(String remedy, Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (UserException e) {
      Problem problem = e.problems().get(0);
      throw problem.code().equals("brain-missing")
          ? UserException.of(problem.code(), problem.where(), problem.what(), remedy, e)
          : e;
    }
  }

  /**
   * Reads a brain.
   *
   * @param path a brain folder, or a definition alone, which needs a seed
   * @param randomWeightsSeed as for {@link BrainReader#read}
   * @throws UserException as {@link BrainReader#read}; {@code brain-unfinished} if the folder holds
   *     a training that has not come to its end, and no brain
   */
  public static LoadedBrain read(FileSystem fileSystem, Path path, OptionalLong randomWeightsSeed)
      throws IOException {
    try {
      return BrainReader.read(fileSystem, path, randomWeightsSeed);
    } catch (UserException e) {
      if (isWithoutDefinition(e) && isInTraining(fileSystem, path)) {
        throw unfinished(fileSystem, path, e);
      }
      throw e;
    }
  }

  private static boolean isWithoutDefinition(UserException refused) {
    return refused.problems().get(0).code().equals("brain-without-definition");
  }

  private static boolean isInTraining(FileSystem fileSystem, Path folder) throws IOException {
    try {
      return Stream.of(fileSystem.listStatus(new Path(folder, TRAINING)))
          .anyMatch(file -> file.getPath().getName().startsWith(CHECKPOINT));
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private static UserException unfinished(FileSystem fileSystem, Path folder, UserException refused)
      throws IOException {
    String remedy =
        "Go on with the command that began it, ./reverie train ... --out "
            + PathNames.written(folder);
    Path lastEpoch = new Path(folder, TRAINING + "/" + LAST_EPOCH);
    if (fileSystem.exists(lastEpoch)) {
      remedy +=
          ", or name "
              + PathNames.written(lastEpoch)
              + ", the brain as it was after the last whole epoch";
    }
    return UserException.of(
        "brain-unfinished",
        PathNames.written(folder),
        "a training is kept there that was stopped before its end, and no brain yet",
        remedy,
        refused);
  }
}
