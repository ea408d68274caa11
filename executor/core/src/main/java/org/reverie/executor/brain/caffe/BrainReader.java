package org.reverie.executor.brain.caffe;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.KeptOut;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.PreferredLayers;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.TransformationParameter;
import org.reverie.executor.place.PathNames;

/**
 * Reads a brain folder: {@code deploy.prototxt} or the only definition (solvers aside), the only
 * {@code .caffemodel}, and, where they are there, {@code brain.yaml} and a mean picture ({@code
 * .binaryproto}). What Caffe would refuse only because a layer that nobody dreams is strange is
 * kept out instead, with its reason.
 */
public final class BrainReader {
  /** The mean of ImageNet as google/deepdream rounds it: blue, green, red. */
  private static final float[] IMAGENET_MEAN = {104, 116, 122};

  private static final String DEFINITION = ".prototxt";
  private static final String WEIGHTS = ".caffemodel";
  private static final String MEAN = ".binaryproto";
  private static final String PREFERRED_DEFINITION = "deploy.prototxt";
  private static final String RANDOM = "use --random-weights SEED for random ones";

  private final FileSystem fileSystem;
  private final Path path;
  private final List<String> notes = new ArrayList<>();

  private BrainReader(FileSystem fileSystem, Path path) {
    this.fileSystem = fileSystem;
    this.path = path;
  }

  /**
   * Reads a brain.
   *
   * @param fileSystem where it lies
   * @param path a brain folder, or a definition alone, which needs a seed
   * @param randomWeightsSeed seed of random weights for a brain that has none stored; empty to read
   *     the weights, which are then an error to miss
   * @throws UserException if there is no brain, if its files are damaged or do not belong together,
   *     or if there is a seed and the folder has weights
   */
  public static LoadedBrain read(FileSystem fileSystem, Path path, OptionalLong randomWeightsSeed) {
    try {
      return new BrainReader(fileSystem, path).read(randomWeightsSeed);
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Sees to it that there is something to read.
   *
   * @throws UserException {@code brain-missing} if there is not, {@code brain-unreadable} if that
   *     cannot be told
   */
  public static void requireThere(FileSystem fileSystem, Path path) {
    try {
      FileStatus unused = fileSystem.getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Whether a file of that name in a brain's folder is read as a part of the brain. */
  public static boolean isPart(String name) {
    return name.equals(BrainDescriptor.FILE)
        || Stream.of(DEFINITION, WEIGHTS, MEAN).anyMatch(name::endsWith);
  }

  private LoadedBrain read(OptionalLong randomWeightsSeed) throws IOException {
    boolean folder = fileSystem.getFileStatus(path).isDirectory();
    Path home = folder ? path : path.getParent();
    List<Path> files = folder ? files(home) : List.of(path);
    Path definitionFile = folder ? definitionFile(files) : loneDefinition();
    Definition definition =
        Definition.parse(PathNames.written(definitionFile), text(definitionFile));
    TrainingParts parts = TrainingParts.of(definition);
    BrainDescriptor descriptor = descriptor(files);
    TransformationParameter transformation = transformation(definition, parts);
    Weights weights = weights(files, definition, randomWeightsSeed);
    float scale = scale(descriptor, transformation);
    float[] mean = mean(home, files, descriptor, transformation);
    GraphBuilder.Graph graph = GraphBuilder.build(definition, parts, weights, scale);
    requireLayers(definition, graph);
    Brain plain =
        BrainCodec.hashed(
            definition.name().isBlank() ? home.getName() : definition.name(),
            graph.layers(),
            mean,
            descriptor.colourOrder(),
            List.of());
    LoadedBrain loaded = new LoadedBrain(plain, graph.keptOut(), notes, List.of());
    return withPreferredLayers(loaded, descriptor, home);
  }

  private List<Path> files(Path folder) throws IOException {
    return Arrays.stream(fileSystem.listStatus(folder))
        .filter(FileStatus::isFile)
        .map(FileStatus::getPath)
        .sorted()
        .toList();
  }

  private static List<Path> ending(List<Path> files, String ending) {
    return files.stream().filter(file -> file.getName().endsWith(ending)).toList();
  }

  private Path definitionFile(List<Path> files) {
    List<Path> definitions =
        ending(files, DEFINITION).stream()
            .filter(file -> !file.getName().contains("solver"))
            .toList();
    for (Path definition : definitions) {
      if (definition.getName().equals(PREFERRED_DEFINITION)) {
        return definition;
      }
    }
    if (definitions.size() == 1) {
      return definitions.get(0);
    }
    if (definitions.isEmpty()) {
      throw UserException.of(
          "brain-without-definition",
          PathNames.written(path),
          "the folder has no definition (.prototxt)",
          "Put the network's deploy.prototxt there");
    }
    throw UserException.of(
        "brain-with-several-definitions",
        PathNames.written(path),
        "the folder has several definitions: " + names(definitions),
        "Name the one to use deploy.prototxt");
  }

  private Path loneDefinition() {
    if (!path.getName().endsWith(DEFINITION)) {
      throw UserException.of(
          "brain-not-a-folder",
          PathNames.written(path),
          "it is neither a folder nor a .prototxt",
          "Give the folder that holds deploy.prototxt and the .caffemodel");
    }
    return path;
  }

  private BrainDescriptor descriptor(List<Path> files) throws IOException {
    for (Path file : files) {
      if (file.getName().equals(BrainDescriptor.FILE)) {
        return BrainDescriptor.parse(PathNames.written(file), text(file));
      }
    }
    return BrainDescriptor.NONE;
  }

  private Weights weights(List<Path> files, Definition definition, OptionalLong seed)
      throws IOException {
    List<Path> candidates = ending(files, WEIGHTS);
    if (seed.isPresent()) {
      if (!candidates.isEmpty()) {
        throw UserException.of(
            "brain-with-weights",
            "--random-weights",
            "the brain has weights: " + candidates.get(0),
            "Leave the option out, or name the definition (.prototxt) alone as the brain");
      }
      notes.add("All weights are random, from seed " + seed.getAsLong() + ".");
      return new RandomWeights(seed.getAsLong());
    }
    if (candidates.isEmpty()) {
      throw UserException.of(
          "brain-without-weights",
          PathNames.written(path),
          "there are no weights (.caffemodel)",
          "Put them beside the definition, or " + RANDOM);
    }
    if (candidates.size() > 1) {
      throw UserException.of(
          "brain-with-several-weights",
          PathNames.written(path),
          "the folder has several .caffemodel files: " + names(candidates),
          "Leave only the one to use");
    }
    Path file = candidates.get(0);
    StoredWeights weights;
    try (InputStream in = fileSystem.open(file)) {
      weights = StoredWeights.read(PathNames.written(file), in);
    }
    Set<String> defined =
        definition.layers().stream().map(LayerParameter::getName).collect(Collectors.toSet());
    if (weights.layers().stream().noneMatch(defined::contains)) {
      throw UserException.of(
          "brain-weights-of-another",
          PathNames.written(file),
          "none of its layers is in " + definition.file(),
          "Bring the .caffemodel that belongs to this definition");
    }
    return weights;
  }

  private TransformationParameter transformation(Definition definition, TrainingParts parts) {
    return parts.start() < 0
        ? TransformationParameter.getDefaultInstance()
        : Definition.transformation(definition.layers().get(parts.start()));
  }

  private float scale(BrainDescriptor descriptor, TransformationParameter transformation) {
    if (descriptor.scale() != null) {
      return descriptor.scale();
    }
    if (transformation.getScale() != 1) {
      notes.add(
          "Pictures are scaled by " + transformation.getScale() + ", as in the definition's data.");
    }
    return transformation.getScale();
  }

  private float[] mean(
      Path home,
      List<Path> files,
      BrainDescriptor descriptor,
      TransformationParameter transformation)
      throws IOException {
    if (descriptor.mean() != null) {
      return new float[] {
        descriptor.mean().get(0), descriptor.mean().get(1), descriptor.mean().get(2)
      };
    }
    int values = transformation.getMeanValueCount();
    if (values == 1 || values == 3) {
      notes.add("The mean is that of the definition's data.");
      float[] mean = new float[3];
      for (int c = 0; c < 3; c++) {
        mean[c] = transformation.getMeanValue(values == 1 ? 0 : c);
      }
      return mean;
    }
    Optional<Path> image = meanImage(home, files, transformation);
    if (image.isPresent()) {
      notes.add("The mean is the mean per channel of the picture " + image.get().getName() + ".");
      try (InputStream in = fileSystem.open(image.get())) {
        return MeanImage.channelMeans(PathNames.written(image.get()), in);
      }
    }
    boolean reversed = descriptor.colourOrder() == Brain.ColourOrder.RGB;
    notes.add("No mean is given; that of ImageNet is used: blue 104, green 116, red 122.");
    return reversed
        ? new float[] {IMAGENET_MEAN[2], IMAGENET_MEAN[1], IMAGENET_MEAN[0]}
        : IMAGENET_MEAN.clone();
  }

  /**
   * The mean picture that the definition names, if it lies here, or else the only one that does.
   */
  private Optional<Path> meanImage(
      Path home, List<Path> files, TransformationParameter transformation) throws IOException {
    if (transformation.hasMeanFile()) {
      String[] written = transformation.getMeanFile().split("[/\\\\]");
      String name = written.length == 0 ? "" : written[written.length - 1];
      for (Path file : files(home)) {
        if (file.getName().equals(name)) {
          return Optional.of(file);
        }
      }
      notes.add(
          "The definition's mean picture " + transformation.getMeanFile() + " is not beside it.");
    }
    List<Path> images = ending(files, MEAN);
    return images.size() == 1 ? Optional.of(images.get(0)) : Optional.empty();
  }

  private static void requireLayers(Definition definition, GraphBuilder.Graph graph) {
    if (graph.layers().size() > 1) {
      return;
    }
    List<Problem> problems =
        graph.keptOut().stream()
            .filter(layer -> layer.cause() != KeptOut.Cause.DROPPED)
            .limit(3)
            .map(
                layer ->
                    new Problem(
                        "brain-without-layers",
                        definition.file() + ", layer " + layer.layer(),
                        layer.reason(),
                        ""))
            .toList();
    if (problems.isEmpty()) {
      throw UserException.of(
          "brain-without-layers",
          definition.file(),
          "no layer can be dreamt",
          "Give a definition of a convolutional network");
    }
    throw new UserException(problems);
  }

  private static LoadedBrain withPreferredLayers(
      LoadedBrain loaded, BrainDescriptor descriptor, Path home) {
    List<String> preferred;
    if (descriptor.layers() == null) {
      preferred = PreferredLayers.of(loaded.brain());
    } else {
      preferred = descriptor.layers();
      String where = new Path(home, BrainDescriptor.FILE) + ", layers";
      preferred.forEach(layer -> loaded.layer(layer, where));
    }
    Brain brain = loaded.brain();
    return new LoadedBrain(
            new Brain(
                brain.name(),
                brain.layers(),
                brain.mean(),
                brain.colourOrder(),
                preferred,
                brain.hash()),
            loaded.keptOut(),
            loaded.notes(),
            List.of())
        .withClasses(descriptor.classNames());
  }

  private String text(Path file) throws IOException {
    try (InputStream in = fileSystem.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String names(List<Path> files) {
    return files.stream().map(Path::getName).collect(Collectors.joining(", "));
  }

  private static UserException unreadable(Path path, IOException cause) {
    return UserException.of(
        "brain-unreadable",
        PathNames.written(path),
        "it cannot be read: " + cause.getMessage(),
        "Check the permissions and the connection",
        cause);
  }

  private static UserException missing(Path path, FileNotFoundException cause) {
    return UserException.of(
        "brain-missing",
        PathNames.written(path),
        "there is no such folder",
        "Check the path",
        cause);
  }
}
