package org.reverie.executor.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrientationTest {
  @TempDir java.nio.file.Path folder;

  /** The letter F as a camera held in each of the eight ways stores it; upright it is always F. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      textBlock =
          """
          1 : ###|#..|##.|#..
          2 : ###|..#|.##|..#
          3 : ..#|.##|..#|###
          4 : #..|##.|#..|###
          5 : ####|#.#.|#...
          6 : #...|#.#.|####
          7 : ...#|.#.#|####
          8 : ####|.#.#|...#
          """)
  void everyOrientationEndsUpright(int tag, String stored) throws Exception {
    java.nio.file.Path file = folder.resolve("f.tif");
    Files.write(file, TiffSketch.drawing(stored.trim().split("\\|")).shorts(274, tag).bytes());
    try (Picture picture =
        PictureReader.open(
            FileSystem.getLocal(new Configuration()), new Path(file.toUri()), Background.WHITE)) {
      int width = (int) picture.size().width();
      int height = (int) picture.size().height();
      float[] all = new float[3 * width * height];
      picture.readRows(0, height, all);
      StringBuilder upright = new StringBuilder();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          upright.append((char) all[y * width + x]);
        }
        upright.append('|');
      }
      assertEquals("###|#..|##.|#..|", upright.toString());
      assertEquals(tag == 1 ? 1 : 2, picture.notes().size());
    }
  }
}
