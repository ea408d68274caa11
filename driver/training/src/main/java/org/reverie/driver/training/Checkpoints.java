package org.reverie.driver.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.driver.BrainFolder;

/**
 * Checkpoints in a folder: {@code RVCP}, a version, the request, step, seconds, accuracies,
 * parameters and updater state, then CRC32C of all that; big-endian. The last two are kept, so that
 * one that breaks off costs the steps since the one before.
 */
final class Checkpoints {
  private static final int MAGIC = 0x52564350;
  private static final int VERSION = 1;
  private static final int KEPT = 2;
  private static final int FLOATS_PER_CHUNK = 16_384;
  private static final String FINISHED = "finished";
  private static final String UNFINISHED = ".unfinished";

  private final FileSystem fileSystem;
  private final Path folder;

  Checkpoints(FileSystem fileSystem, Path folder) {
    this.fileSystem = fileSystem;
    this.folder = folder;
  }

  /**
   * Writes one, then removes all but the last two.
   *
   * @throws IOException if it cannot be written; those before are left as they were
   * @throws FSError if it is Hadoop that says so of a local disk
   */
  void write(Checkpoint checkpoint) throws IOException {
    fileSystem.mkdirs(folder);
    Path target = new Path(folder, BrainFolder.CHECKPOINT + "%012d".formatted(checkpoint.step()));
    Path unfinished = target.suffix(UNFINISHED);
    try {
      CRC32C sum = new CRC32C();
      try (DataOutputStream out =
          new DataOutputStream(
              new CheckedOutputStream(
                  new BufferedOutputStream(fileSystem.create(unfinished, true)), sum))) {
        out.writeInt(MAGIC);
        out.writeInt(VERSION);
        byte[] request = checkpoint.request().getBytes(StandardCharsets.UTF_8);
        out.writeInt(request.length);
        out.write(request);
        out.writeLong(checkpoint.step());
        out.writeDouble(checkpoint.seconds());
        out.writeInt(checkpoint.accuracies().size());
        for (double accuracy : checkpoint.accuracies()) {
          out.writeDouble(accuracy);
        }
        write(out, checkpoint.parameters());
        write(out, checkpoint.updater());
        out.writeInt((int) sum.getValue());
      }
      fileSystem.delete(target, false);
      if (!fileSystem.rename(unfinished, target)) {
        throw new IOException(unfinished + " cannot be renamed");
      }
    } catch (IOException | FSError e) {
      removeQuietly(unfinished, e);
      throw e;
    }
    List<Path> all = list();
    for (Path old : all.subList(0, Math.max(0, all.size() - KEPT))) {
      fileSystem.delete(old, false);
    }
  }

  private void removeQuietly(Path path, Throwable reason) {
    try {
      fileSystem.delete(path, false);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** The last one that is whole; empty if there is none. */
  Optional<Checkpoint> last() throws IOException {
    List<Path> all = list();
    for (int i = all.size() - 1; i >= 0; i--) {
      Optional<Checkpoint> found = read(all.get(i));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Notes that what came of a training is written whole. */
  void finish(String training) throws IOException {
    try (OutputStream out = fileSystem.create(finished(), true)) {
      out.write(training.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The training of which all that came was written whole; empty if there is none. */
  Optional<String> finishedTraining() throws IOException {
    try (InputStream in = fileSystem.open(finished())) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Takes back what {@link #finish} noted. */
  void unfinish() throws IOException {
    fileSystem.delete(finished(), false);
  }

  /** Whether one of these files is a checkpoint, whole or not, by its name and how it begins. */
  static boolean isAmong(FileSystem fileSystem, FileStatus[] files) {
    for (FileStatus file : files) {
      // A pipe, which is not to be opened, has no length.
      if (file.isFile()
          && file.getLen() >= Integer.BYTES
          && file.getPath().getName().startsWith(BrainFolder.CHECKPOINT)) {
        try (DataInputStream in = new DataInputStream(fileSystem.open(file.getPath()))) {
          if (in.readInt() == MAGIC) {
            return true;
          }
        } catch (IOException e) {
          continue; // what cannot be read tells nothing
        }
      }
    }
    return false;
  }

  private Path finished() {
    return new Path(folder, FINISHED);
  }

  /** Removes all of them. */
  void clear() throws IOException {
    unfinish();
    for (Path path : list()) {
      fileSystem.delete(path, false);
    }
  }

  private List<Path> list() throws IOException {
    try {
      List<Path> found = new ArrayList<>();
      for (FileStatus file : fileSystem.listStatus(folder)) {
        String name = file.getPath().getName();
        if (name.startsWith(BrainFolder.CHECKPOINT) && !name.endsWith(UNFINISHED)) {
          found.add(file.getPath());
        }
      }
      found.sort(null);
      return found;
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private Optional<Checkpoint> read(Path path) throws IOException {
    long length = fileSystem.getFileStatus(path).getLen();
    CRC32C sum = new CRC32C();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(new BufferedInputStream(fileSystem.open(path)), sum))) {
      if (in.readInt() != MAGIC || in.readInt() != VERSION) {
        return Optional.empty();
      }
      byte[] request = new byte[within(in.readInt(), length)];
      in.readFully(request);
      long step = in.readLong();
      double seconds = in.readDouble();
      Double[] accuracies = new Double[within(in.readInt(), length)];
      for (int i = 0; i < accuracies.length; i++) {
        accuracies[i] = in.readDouble();
      }
      float[] parameters = read(in, length);
      float[] updater = read(in, length);
      int expected = (int) sum.getValue();
      if (in.readInt() != expected) {
        return Optional.empty();
      }
      return Optional.of(
          new Checkpoint(
              new String(request, StandardCharsets.UTF_8),
              step,
              seconds,
              Arrays.asList(accuracies),
              parameters,
              updater));
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  /** A damaged length must not become a giant array. */
  private static int within(int count, long fileLength) throws EOFException {
    if (count < 0 || count > fileLength) {
      throw new EOFException();
    }
    return count;
  }

  private static void write(DataOutputStream out, float[] values) throws IOException {
    out.writeInt(values.length);
    ByteBuffer chunk = ByteBuffer.allocate(FLOATS_PER_CHUNK * Float.BYTES);
    for (int from = 0; from < values.length; from += FLOATS_PER_CHUNK) {
      int count = Math.min(FLOATS_PER_CHUNK, values.length - from);
      chunk.asFloatBuffer().put(values, from, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  private static float[] read(DataInputStream in, long fileLength) throws IOException {
    float[] values = new float[within(in.readInt(), fileLength)];
    byte[] chunk = new byte[FLOATS_PER_CHUNK * Float.BYTES];
    for (int from = 0; from < values.length; from += FLOATS_PER_CHUNK) {
      int count = Math.min(FLOATS_PER_CHUNK, values.length - from);
      in.readFully(chunk, 0, count * Float.BYTES);
      ByteBuffer.wrap(chunk).asFloatBuffer().get(values, from, count);
    }
    return values;
  }
}
