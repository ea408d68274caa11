package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;

class ScaleTest {
  /** Leaves it to the report. */
  private static final RenderJob.Brain NONE = null;

  private static final RenderJob.Brain BUILT_IN = new RenderJob.Brain(null, null, null);

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
    assertBegins("reverie_small, inception_4c/output: ", BUILT_IN, List.of());
  }

  @Test
  void theBrainOfAReportThatIsGoneIsToBeNamed() throws Exception {
    new TinyRenders(folder).render("print");
    Files.delete(folder.resolve("tiny.prototxt"));
    Path report = folder.resolve("print.tif.json");
    UserException refused = assertThrows(UserException.class, () -> table(report, NONE, List.of()));
    assertEquals(
        "Name it by --brain: " + report + " has this path", refused.problems().get(0).remedy());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "this is no picture | this is no JSON",
        "{\"run\": {\"stages\": {}}, \"plan | this is no JSON",
        "{\"run\": {\"stages\": {}}, \"plan\": {}} | this version cannot read it",
        "{} | no report of a render",
        "[] | no report of a render",
      })
  void whatIsNoReportIsTheUsersToMend(String text, String expected) throws Exception {
    Path report = Files.writeString(folder.resolve("x.json"), text);
    UserException refused = assertThrows(UserException.class, () -> table(report, NONE, List.of()));
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
  }

  @Test
  void aPrintIsNoReport() throws Exception {
    new TinyRenders(folder).render("print");
    Path print = folder.resolve("print.tif");
    UserException refused = assertThrows(UserException.class, () -> table(print, NONE, List.of()));
    assertTrue(refused.getMessage().contains("this is no JSON"), refused.getMessage());
  }

  /** The reference engine takes any precision. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT32, onednn, '(float32)'",
    "TF32, reference, '(tf32)'",
  })
  void memoryIsThatOfTheReportsPrecision(String precision, String engine, String told)
      throws Exception {
    new TinyRenders(folder).render("print");
    Path report = folder.resolve("print.tif.json");
    String text = Files.readString(report);
    assertTrue(text.contains("\"FLOAT32\""), text);
    Files.writeString(
        report,
        text.replace("\"FLOAT32\"", '"' + precision + '"')
            .replaceAll("(\"engine\" : \\{\\s+\"name\" : )\"reference\"", "$1\"" + engine + '"'));
    String table = table(report, NONE, List.of());
    assertTrue(table.contains(" bytes per pixel of a window " + told + " in 1 GiB"), table);
  }

  /**
   * A layer that sees 12 px costs next to nothing to dream exactly, as long as nobody counts what
   * passes through the network in every iteration.
   */
  @ParameterizedTest
  @CsvSource({"0.01, ' px, exact '", "1000, ' px, --sync octave '"})
  void aFastDeviceMeetsOncePerOctave(double rate, String expected) throws Exception {
    new TinyRenders(folder).render("print");
    String report = folder.resolve("print.tif.json").toString();
    String table =
        Scale.table(new Scale.Request(NONE, List.of(), rate, 1L << 30, 10, 0, 1, List.of(report)));
    List<String> rows = table.lines().filter(row -> row.startsWith("| 60000 x 40000 px")).toList();
    assertEquals(3, rows.size(), table);
    assertTrue(rows.stream().allMatch(row -> row.contains(expected)), table);
  }

  private void assertBegins(String head, RenderJob.Brain brain, List<String> layers) {
    String table = table(folder.resolve("print.tif.json"), brain, layers);
    assertTrue(table.startsWith(head), table);
  }

  private static String table(Path report, RenderJob.Brain brain, List<String> layers) {
    return Scale.table(
        new Scale.Request(brain, layers, 0, 1L << 30, 10, 0, 1, List.of(report.toString())));
  }
}
