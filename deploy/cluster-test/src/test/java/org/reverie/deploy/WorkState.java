package org.reverie.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.CannotObtainBlockLengthException;
import org.reverie.executor.store.Key;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.Store;

/** What a work directory holds, seen from outside. */
final class WorkState {
  private static final Pattern FILE =
      Pattern.compile("octave-(\\d+)/round-(\\d+)/(\\d+)\\.planes$");
  private static final Pattern MANIFEST = Pattern.compile("octave-(\\d+)-round-(\\d+)\\.json$");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem fileSystem;
  private final Path work;

  /** What was read so far: who watches a render asks all the time, on the cores that it needs. */
  private final Map<Version, JsonNode> read = new HashMap<>();

  WorkState(Storage storage, String name) {
    this.fileSystem = storage.fileSystem();
    this.work = new Path(storage.uri(name + "-work"));
  }

  /** A manifest that a later process writes again is another version: its time is not the same. */
  private record Version(Path path, long modified, long length) {}

  /**
   * A tile of a round whose result is stored to its end.
   *
   * @param kind of the result
   */
  record Tile(Kind kind, int octave, int round, int tile) {}

  /** The rounds that ended: octave and round, and the manifest's content. */
  Map<String, JsonNode> manifests() {
    Map<String, JsonNode> manifests = new TreeMap<>();
    try {
      for (FileStatus file : fileSystem.listStatus(new Path(work, "manifest"))) {
        if (MANIFEST.matcher(file.getPath().getName()).find()) {
          try {
            JsonNode manifest = manifest(file);
            if (manifest.isObject()) {
              manifests.put(name(manifest), manifest);
            }
          } catch (JsonProcessingException | CannotObtainBlockLengthException e) {
            continue; // its writer is not done, or was killed
          }
        }
      }
    } catch (FileNotFoundException e) {
      return manifests; // not begun, or cleared
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return manifests;
  }

  private JsonNode manifest(FileStatus file) throws IOException {
    Version version = new Version(file.getPath(), file.getModificationTime(), file.getLen());
    JsonNode manifest = read.get(version);
    if (manifest == null) {
      try (var in = fileSystem.open(file.getPath())) {
        manifest = JSON.readTree(in.readAllBytes()).path("content");
      }
      read.put(version, manifest);
    }
    return manifest;
  }

  /** The tiles that must not be computed again: whole, and in a round that did not end. */
  Set<Tile> finished() {
    Set<Tile> finished = new TreeSet<>(java.util.Comparator.comparing(Tile::toString));
    Set<String> ended = manifests().keySet();
    Store store = new Store(fileSystem, work);
    for (Kind kind : new Kind[] {Kind.GRADIENT, Kind.RESULT}) {
      Path folder = new Path(work, kind.name().toLowerCase(java.util.Locale.ROOT));
      try {
        var files = fileSystem.listFiles(folder, true);
        while (files.hasNext()) {
          Matcher found = FILE.matcher(files.next().getPath().toString());
          if (found.find()) {
            Tile tile =
                new Tile(
                    kind,
                    Integer.parseInt(found.group(1)),
                    Integer.parseInt(found.group(2)),
                    Integer.parseInt(found.group(3)));
            if (!ended.contains(tile.octave() + "/" + tile.round())
                && store.exists(new Key(kind, tile.octave(), tile.round(), tile.tile()))) {
              finished.add(tile);
            }
          }
        }
      } catch (FileNotFoundException e) {
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return finished;
  }

  JsonNode status() {
    try (var in = fileSystem.open(new Path(work, "status.json"))) {
      return JSON.readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(JsonNode manifest) {
    return manifest.path("octave").asInt() + "/" + manifest.path("round").asInt();
  }
}
