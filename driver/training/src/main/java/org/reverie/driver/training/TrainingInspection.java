package org.reverie.driver.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.driver.BrainFolder;
import org.reverie.driver.Inspection;
import org.reverie.driver.Overwriting;
import org.reverie.driver.Places;
import org.reverie.driver.TrainingRequest;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.brain.caffe.BrainWriter;
import org.reverie.executor.place.UnwritableException;

/**
 * Looks at everything that a training was given, as far as that can be done before Spark starts and
 * anybody looks at pictures.
 */
final class TrainingInspection {
  private static final String IMAGES = "--images";
  private static final String OUT = "--out";
  private static final String FROM = "--from";
  private static final String FREEZE_TO = "--freeze-to";

  /** What decides whether the network can be built. */
  private static final List<String> OF_NETWORK =
      List.of(FROM, "--architecture", FREEZE_TO, "--size");

  /** Any number will do to see whether a network can be built. */
  private static final int SOME_CLASSES = 2;

  private final TrainingRequest request;
  private final Set<String> unread;
  private final Inspection inspection;
  private final Configuration configuration = Places.configuration();

  private TrainingInspection(TrainingRequest request, Set<String> unread, Inspection inspection) {
    this.request = request;
    this.unread = unread;
    this.inspection = inspection;
  }

  /** What is trained on of the brain to start from, and the hash of all of it. */
  private record Origin(Brain trunk, String hash) {}

  /**
   * Looks at it.
   *
   * @param unread flags that were given and are of no use
   * @param inspection keeps all that cannot be used
   * @return of use where the inspection found nothing; empty where the pictures cannot be listed
   */
  static Optional<TrainingInput> of(
      TrainingRequest request, Set<String> unread, Inspection inspection) {
    return new TrainingInspection(request, unread, inspection).input();
  }

  private Optional<TrainingInput> input() {
    boolean isOutSound = isGiven(OUT, request.out()) && inspection.look(this::requireNoCircle);
    boolean isFromSound =
        isGiven(FROM, request.from()) && inspection.look(this::requireNoCircleOfBrain);
    isOutSound =
        isOutSound
            && (!isFromSound || inspection.look(this::keepFrom))
            && inspection.look(this::keepOtherBrains);
    Optional<Corpus> corpus = Optional.empty();
    if (isGiven(IMAGES, request.images())) {
      isOutSound = isOutSound && inspection.look(this::keepPictures);
      corpus = inspection.read(this::corpus);
    }
    Optional<Origin> origin = isFromSound ? inspection.read(this::origin) : Optional.empty();
    if (origin.isPresent() && isGiven(FREEZE_TO, request.freezeTo())) {
      inspection.look(() -> Network.frozenTo(origin.get().trunk(), request.freezeTo()));
    }
    if ((origin.isPresent() || request.from() == null)
        && Collections.disjoint(unread, OF_NETWORK)) {
      inspection.look(() -> checkNetwork(origin.map(Origin::trunk).orElse(null)));
    }
    if (isOutSound) {
      inspection.look(this::requireWritable);
    }
    return corpus.map(
        files ->
            new TrainingInput(
                files,
                origin.map(Origin::trunk).orElse(null),
                origin.map(Origin::hash).orElse(null)));
  }

  private boolean isGiven(String flag, String value) {
    return value != null && !unread.contains(flag);
  }

  private Path path(String written) {
    return Places.path(written, configuration);
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return Places.fileSystem(path, configuration);
  }

  /**
   * Links must lead somewhere, or nothing could be compared.
   *
   * @throws UserException {@code output-not-writable}
   */
  private void requireNoCircle() throws IOException {
    try {
      Places.identities(path(request.out()));
    } catch (FileSystemLoopException e) {
      throw UserException.of(
          "output-not-writable",
          request.out(),
          "a link on its path leads in a circle",
          "Remove it, or name another --out",
          e);
    }
  }

  /**
   * The same of the brain to start from.
   *
   * @throws UserException {@code brain-unreadable}
   */
  private void requireNoCircleOfBrain() throws IOException {
    try {
      Places.identity(path(request.from()));
    } catch (FileSystemLoopException e) {
      throw UserException.of(
          "brain-unreadable",
          request.from(),
          "this link leads in a circle",
          "Remove it, or name another --from",
          e);
    }
  }

  /**
   * The brain to start from stays.
   *
   * @throws UserException {@code output-is-input}
   */
  private void keepFrom() throws IOException {
    if (Places.identity(path(request.from())).equals(Places.identity(path(request.out())))) {
      throw UserException.of(
          "output-is-input",
          request.out(),
          "this is the brain to start from as well",
          "Name another --out");
    }
  }

  /**
   * A brain in the output's folder may only be one that a training put there, and so may a card.
   *
   * @throws UserException {@code output-is-file}, {@code output-not-ours}
   */
  private void keepOtherBrains() throws IOException {
    Path out = path(request.out());
    FileSystem fileSystem = fileSystem(out);
    FileStatus[] there;
    try {
      there = fileSystem.listStatus(out);
    } catch (FileNotFoundException e) {
      return;
    } catch (IOException e) {
      throw UserException.of(
          "output-not-writable",
          request.out(),
          "what is there cannot be listed: " + e.getMessage(),
          "Check the permissions and the connection, or name another --out",
          e);
    }
    if (Stream.of(there).anyMatch(file -> file.getPath().equals(fileSystem.makeQualified(out)))) {
      throw UserException.of(
          "output-is-file",
          request.out(),
          "the brain goes into a folder, and this is a file",
          "Name another --out");
    }
    // Also where a training is kept beside it: somebody may have put a brain there since.
    if (Stream.of(there)
            .map(file -> file.getPath().getName())
            .anyMatch(name -> name.equals(BrainOutput.CARD) || BrainReader.isPart(name))
        && !isTrained(fileSystem, new Path(out, BrainWriter.DESCRIPTOR))) {
      throw Overwriting.notOurs(out, "brain");
    }
  }

  private static boolean isTrained(FileSystem fileSystem, Path descriptor) throws IOException {
    try (InputStream in = fileSystem.open(descriptor)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .contains(Training.DATA_HASH + ":");
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /**
   * What a training keeps would be a class of its own pictures.
   *
   * @throws UserException {@code output-in-images}, {@code images-in-output}
   */
  private void keepPictures() throws IOException {
    Path images = path(request.images());
    Path out = path(request.out());
    FileStatus[] classes;
    try {
      classes = fileSystem(images).listStatus(images);
    } catch (IOException e) {
      return; // to list the pictures tells it
    }
    Set<String> around = Places.identities(out);
    boolean inside = around.contains(Places.identity(images));
    for (FileStatus folder : classes) {
      // A class may be a link to a folder elsewhere.
      inside |= folder.isDirectory() && around.contains(Places.identity(folder.getPath()));
    }
    if (inside) {
      throw UserException.of(
          "output-in-images",
          request.out(),
          "the brain would lie among the pictures of --images "
              + request.images()
              + ", and what the training keeps would be taken for some of them",
          "Name an --out outside of it");
    }
    if (Places.identities(images).contains(Places.identity(out))) {
      throw UserException.of(
          "images-in-output",
          request.out(),
          "the pictures of --images " + request.images() + " lie in the folder of the brain",
          "Name an --out that does not hold them");
    }
  }

  /**
   * The pictures.
   *
   * @throws UserException as {@link Corpus#list}
   */
  private Corpus corpus() throws IOException {
    Path images = path(request.images());
    return Corpus.list(fileSystem(images), images);
  }

  /**
   * The brain to start from.
   *
   * @throws UserException as {@link BrainFolder#read} and {@link Trunk#of}
   */
  private Origin origin() throws IOException {
    Path folder = path(request.from());
    FileSystem fileSystem = fileSystem(folder);
    Brain brain =
        BrainFolder.named(
                "Check " + FROM, () -> BrainFolder.read(fileSystem, folder, OptionalLong.empty()))
            .brain();
    return new Origin(Trunk.of(brain), brain.hash());
  }

  /**
   * Sees whether the network can be built.
   *
   * @param from what is trained on of the brain to start from; null without one
   * @throws UserException as {@link Network#check}
   */
  private void checkNetwork(Brain from) {
    TrainingInput.network(request, from, SOME_CLASSES, new float[TrainingPicture.CHANNELS]).check();
  }

  /**
   * Makes what a checkpoint needs, and removes it again.
   *
   * @throws UserException {@code output-not-writable}
   */
  private void requireWritable() throws IOException {
    Path work = new Path(path(request.out()), BrainFolder.TRAINING);
    FileSystem fileSystem = fileSystem(work);
    MadeFolders made = new MadeFolders(fileSystem, List.of());
    try {
      made = MadeFolders.before(fileSystem, work);
      if (!fileSystem.mkdirs(work)) {
        throw new IOException("the folder cannot be made");
      }
      Path probe = new Path(work, "probe.unfinished");
      fileSystem.create(probe, true).close();
      fileSystem.delete(probe, false);
    } catch (IOException | FSError e) {
      throw UserException.of(
          "output-not-writable",
          request.out(),
          "no brain can be written there: " + UnwritableException.reason(e),
          "Check the permissions, or name another --out",
          e);
    } finally {
      made.takeBack();
    }
  }
}
