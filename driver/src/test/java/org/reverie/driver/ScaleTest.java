package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.RenderJob;

class ScaleTest {
  private static final RenderJob.Brain NONE = new RenderJob.Brain(null, null, null);

  @TempDir Path folder;

  @Test
  void whatIsNotNamedIsTakenFromTheReport() throws Exception {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("print", "dream: {layers: ['conv1:1*0.5+2', conv2=2], octaves: 1}");
    RenderJob.Brain same =
        new RenderJob.Brain(folder.resolve("tiny.prototxt").toString(), 3L, null);
    RenderJob.Brain other =
        new RenderJob.Brain(folder.resolve("tiny.prototxt").toString(), 4L, null);
    assertBegins("tiny, conv1 + conv2: ", NONE, List.of());
    assertBegins("tiny, conv1 + conv2: ", same, List.of());
    assertBegins("tiny, conv1: ", NONE, List.of("conv1"));
    assertBegins("tiny, conv1: ", other, List.of("conv1"));
  }

  private void assertBegins(String head, RenderJob.Brain brain, List<String> layers) {
    String table =
        Scale.table(
            new Scale.Request(
                brain,
                layers,
                0,
                1L << 30,
                10,
                0,
                1,
                folder.resolve("print.tif.json").toString(),
                List.of()));
    assertTrue(table.startsWith(head), table);
  }
}
