package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.executor.engine.NumpyArray;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintAssembler;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.print.StandardProfile;
import org.reverie.tiling.Rectangle;

/**
 * One step of google/deepdream through the whole pipeline, file to file, against states that an
 * independent program computed: in one window, and cut into tiles that meet after every iteration.
 */
class NotebookStepTest {
  private static final float[] MEAN = {104, 116, 122};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{tile: 512}",
        "{tile: 40, halo: exact}",
      })
  void stepsAsTheOracleDoes(String tiles) throws IOException {
    for (JsonNode golden : dreams()) {
      // Tiled, one octave is enough in every build: every render opens its engine anew.
      boolean all = tiles.contains("512") || System.getProperty("reverie.full") != null;
      int octaves = all ? 3 : 1;
      for (int octave = 0; octave < octaves; octave++) {
        JsonNode states = golden.get("states").get(octave);
        for (int t = 0; t < 3; t++) {
          JsonNode roll = golden.get("rolls_xy").get(3 * octave + t);
          NumpyArray before = array(states.get(t));
          if (isPicture(before)) {
            assertStep(golden, before, array(states.get(t + 1)), roll, tiles);
          }
        }
      }
    }
  }

  /** Detail may lead beyond 0..255 at the start of an octave; a picture's file cannot. */
  private static boolean isPicture(NumpyArray state) {
    int plane = state.width() * state.height();
    for (int i = 0; i < state.values().length; i++) {
      float value = state.values()[i] + MEAN[i / plane];
      if (value < 0 || value > 255) {
        return false;
      }
    }
    return true;
  }

  private void assertStep(
      JsonNode golden, NumpyArray before, NumpyArray after, JsonNode roll, String tiles)
      throws IOException {
    write(before, folder.resolve("in.tif"));
    String job =
        """
        preset: notebook
        input: {source: %s}
        print: {out: %s, depth: float}
        brain: {path: %s}
        dream: {layers: [%s], octaves: 1, iterations: 1, rolls: [%s]}
        tiles: %s
        run: {engine: %s, master: in-process, fresh: true}
        """
            .formatted(
                folder.resolve("in.tif"),
                folder.resolve("out.tif"),
                SharedFolder.of("brains/" + golden.get("brain").asText()),
                golden.get("end").asText(),
                roll,
                tiles,
                System.getProperty("reverie.engine", "auto"));
    RenderJob read = JobReader.read(List.of(JobLayer.ofYaml("test", job)));
    assertEquals(RenderOutcome.DONE, Render.run(read, new Recorder()));
    float[] printed = read(folder.resolve("out.tif"), after);
    double sum = 0;
    for (int i = 0; i < printed.length; i++) {
      sum += Math.abs(printed[i] - after.values()[i]);
    }
    double mean = sum / printed.length;
    assertTrue(mean < 0.01, golden.get("brain") + " " + tiles + ": off by " + mean);
  }

  private static void write(NumpyArray state, Path file) throws IOException {
    PrintSpecification specification =
        PrintSpecification.of(
            PrintFormat.TIFF,
            state.width(),
            state.height(),
            RenderJob.Depth.FLOAT,
            72,
            StandardProfile.srgb(),
            "");
    int plane = state.width() * state.height();
    float[] picture = new float[3 * plane];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < plane; i++) {
        picture[(2 - c) * plane + i] = state.values()[c * plane + i] + MEAN[c];
      }
    }
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    try (PrintAssembler assembler =
        PrintAssembler.begin(
            local, new org.apache.hadoop.fs.Path(file.toUri()), specification, file.getParent())) {
      for (int piece = 0; piece < specification.pieces(); piece++) {
        Rectangle part = specification.piece(piece);
        assertEquals(1, specification.pieces(), part.toString());
        assembler.append(PieceEncoder.encode(specification, piece, picture));
      }
      assembler.finish();
    }
  }

  private static float[] read(Path file, NumpyArray like) throws IOException {
    int plane = like.width() * like.height();
    float[] picture = new float[3 * plane];
    FileSystem local = FileSystem.getLocal(new Configuration(false));
    try (Picture print =
        PictureReader.open(
            local, new org.apache.hadoop.fs.Path(file.toUri()), Background.parse("#ffffff"))) {
      print.readRows(0, like.height(), picture);
    }
    float[] canvas = new float[3 * plane];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < plane; i++) {
        canvas[c * plane + i] = picture[(2 - c) * plane + i] - MEAN[c];
      }
    }
    return canvas;
  }

  private static List<JsonNode> dreams() throws IOException {
    List<JsonNode> dreams = new ArrayList<>();
    new ObjectMapper()
        .readTree(SharedFolder.of("golden/cases.json").toFile())
        .get("cases")
        .forEach(
            golden -> {
              if (golden.get("kind").asText().equals("dream")) {
                dreams.add(golden);
              }
            });
    return dreams;
  }

  private static NumpyArray array(JsonNode name) throws IOException {
    return NumpyArray.read(SharedFolder.of("golden/" + name.asText()));
  }
}
