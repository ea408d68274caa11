package org.reverie.executor.place;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.hadoop.fs.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathNamesTest {
  @ParameterizedTest
  @CsvSource({
    "file:/prints, dream.tif, /prints/dream.tif",
    "file:/prints, 12:30 dream.tif, /prints/12:30 dream.tif",
    "file:/a:b, c:d, /a:b/c:d",
    "file:/prints, 100%25 {x}.tif, /prints/100%25 {x}.tif",
    "hdfs://host:9000/prints, dream.tif, hdfs://host:9000/prints/dream.tif",
  })
  void aNameMayHoldWhatOtherwisePartsAnAddress(String folder, String name, String expected) {
    Path path = PathNames.inside(new Path(folder), name);
    assertEquals(name, path.getName());
    assertEquals(expected, PathNames.written(path));
    assertEquals(expected + ".json", PathNames.written(PathNames.beside(path, ".json")));
    assertEquals(path, new Path(path.toString()), "as it crosses to executors");
  }
}
