package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.driver.PublishingFileSystem;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobProto;
import org.reverie.executor.brain.caffe.CaffeSchema.BlobShape;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;

/**
 * What people get wrong, from the command line through the whole pipeline: each mistake is status 2
 * and one line on standard error, and leaves nothing where the print would be.
 */
final class CommandFaultsTest {
  private static final String DEFINITION =
      """
      name: "tiny"
      input: "data"
      input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32
      layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
        convolution_param { num_output: 6 kernel_size: 3 stride: 4 } }
      layer { name: "score" type: "InnerProduct" bottom: "conv1" top: "score"
        inner_product_param { num_output: 2 } }
      """;

  /**
   * What a case does not give itself; so small that one that should fail and does not ends soon.
   */
  private static final Map<String, String> QUICK =
      Map.of(
          "--brain", "./brain",
          "--layer", "conv1",
          "--octaves", "1",
          "--iterations", "1",
          "--engine", "reference",
          "--master", "in-process");

  @TempDir Path folder;

  @BeforeEach
  void writeWhatCasesName() throws IOException {
    Path picture = folder.resolve("whole.png");
    ImageIO.write(noise(), "png", picture.toFile());
    byte[] png = Files.readAllBytes(picture);
    Files.write(folder.resolve("truncated.png"), Arrays.copyOf(png, png.length / 2));
    ImageIO.write(noise(), "jpg", folder.resolve("whole.jpg").toFile());
    byte[] jpeg = Files.readAllBytes(folder.resolve("whole.jpg"));
    Files.write(folder.resolve("truncated.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
    BufferedImage two = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      two.setRGB(i % 32, i / 32, i % 32 < 16 ? 0xff0000 : 0x0000ff);
    }
    ImageIO.write(two, "png", folder.resolve("two.png").toFile());
    Files.writeString(folder.resolve("text.jpg"), "this is no picture\n");
    Files.createFile(folder.resolve("empty.tif"));
    Files.writeString(folder.resolve("file"), "not a folder");
    Files.createDirectories(folder.resolve("nothing"));
    Files.createDirectories(folder.resolve("prints"));
    Files.writeString(folder.resolve("typo.yaml"), "dream:\n  octavess: 3\n");
    Files.writeString(folder.resolve("broken.yaml"), "dream: [1, 2\n");
    byte[] weights = weights().toByteArray();
    brain("brain", weights);
    brain("truncated", Arrays.copyOf(weights, weights.length / 2));
    Files.delete(brain("weightless", weights));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "./missing.png --out ./prints/x.tif | there is no such file",
        "./text.jpg --out ./prints/x.tif | no JPEG, PNG or TIFF",
        "./empty.tif --out ./prints/x.tif | the file is empty",
        "./nothing --out ./prints/x.tif | nothing: this is a folder",
        "./truncated.png --out ./prints/x.tif | truncated.png: ",
        "./truncated.jpg --out ./prints/x.tif | truncated.jpg: ",
        "noise --out ./prints/x.tif | Give --width",
        "noise --width 0in --out ./prints/x.tif | less than a pixel",
        "noise --width -3in --out ./prints/x.tif | \"-3in\" is not a length",
        "noise --width 40 --out ./prints/x.tif | without a unit",
        "noise --width 40km --out ./prints/x.tif | unknown unit",
        "noise --width 4000in --out ./prints/x.tif | more than 500,000 pixels",
        "noise --width 4in --dpi 0 --out ./prints/x.tif | --dpi",
        "./whole.png --crop 0,0,65,9 --out ./prints/x.tif | --crop",
        "./whole.png --layer conv2 --out ./prints/x.tif | The nearest names are conv1",
        "./whole.png --layer score --out ./prints/x.tif | score",
        "./whole.png --layer conv1:6 --out ./prints/x.tif | has channels 0 to 5, and no 6",
        "./whole.png --layer conv1:1*2+99 --out ./prints/x.tif | --layer: layer conv1 of brain",
        "./whole.png --layer conv1:one --out ./prints/x.tif | Write layer:17, or a weighted set",
        "./whole.png --layer conv2:1 --out ./prints/x.tif | The nearest names are conv1",
        "./whole.png --brain ./weightless --out ./prints/x.tif | --random-weights",
        "./whole.png --brain ./truncated --out ./prints/x.tif | weights.caffemodel",
        "./whole.png --brain ./nowhere --out ./prints/x.tif | nowhere",
        "./whole.png --brain ./nothing --out ./prints/x.tif | nothing",
        "./whole.png --job ./typo.yaml --out ./prints/x.tif | Did you mean dream.octaves?",
        "./whole.png --job ./broken.yaml --out ./prints/x.tif | broken.yaml",
        "./whole.png --job ./empty.tif --out ./prints/x.tif | empty.tif: is empty",
        "./whole.png --job ./whole.jpg --out ./prints/x.tif | whole.jpg: is a picture that holds no"
            + " recipe",
        "./whole.png --job ./truncated.png --out ./prints/x.tif | truncated.png: ",
        "./whole.png --job ./nothing --out ./prints/x.tif | nothing",
        "./whole.png --out ./file/x.tif | file/x.tif",
        "./whole.png --out /proc/x.tif | /proc/x.tif",
        "./whole.png --out ./prints | --out",
        "./whole.png --out ./prints/x.gif | Let it end in .tif",
        "./whole.png --out ./prints/x.png --depth float | float needs a TIFF",
        "./whole.png --out ./prints/x.tif --work-dir ./file/work | --work-dir",
        "./whole.png --out ./prints/x.tif --work-dir /proc/work | --work-dir",
        "./whole.png --tile 3 --out ./prints/x.tif | stride of 4 px",
        "./whole.png --tile 16 --overlap 32 --out ./prints/x.tif | overlap of 32",
        "./whole.png --tile 0 --out ./prints/x.tif | --tile",
        "noise --width 2400px --memory 63m --out ./prints/x.tif | --memory",
        "noise --width 2400px --memory 64m --halo 1200 --out ./prints/x.tif | 64 MiB hold no tile",
        "./whole.png --objective guide --out ./prints/x.tif | --guide",
        "./whole.png --objective guide --guide ./missing.png --out ./prints/x.tif | no such file",
        "./whole.png --objective guide --guide ./text.jpg --out ./prints/x.tif | no JPEG, PNG or"
            + " TIFF",
        "./whole.png --objective guide --guide-mask ./two.png --guide #ff0000=noise --out"
            + " ./prints/x.tif | are #0000ff, which has no guide",
        "./whole.png --objective guide --guide-mask ./two.png --guide #ff0000=noise --guide"
            + " #00ff00=noise --out ./prints/x.tif | no pixel of #00ff00",
        "./whole.png --objective guide --guide-mask ./two.png --guide #ff0000=noise --guide"
            + " #0000ff=noise --guide #00ff00=noise --out ./prints/x.tif | the mask has no colour"
            + " but those of the other guides",
        "./whole.png --objective guide --guide-mask ./missing.png --guide #ff0000=noise --out"
            + " ./prints/x.tif | no such file",
        "./whole.png --objective guide --guide-mask ./text.jpg --guide #ff0000=noise --out"
            + " ./prints/x.tif | no JPEG, PNG or TIFF",
        "noise --width 64px --height 20px --objective guide --guide-mask ./two.png --guide"
            + " #ff0000=noise --guide #0000ff=noise --out ./prints/x.tif | does not fit a print of",
        "./whole.png --objective guide --guide #ff0000=noise --out ./prints/x.tif | --guide-mask",
        "./whole.png --objective guide --guide noise --guide noise --out ./prints/x.tif |"
            + " guides of regions need a mask",
        "./whole.png --objective guide --guide-mask ./two.png --guide noise --out ./prints/x.tif |"
            + " Write it as #rrggbb=noise",
        "./whole.png --objective guide --guide-mask ./two.png --guide FF0000=noise --guide"
            + " #0000ff=noise --out ./prints/x.tif | Write it as #FF0000=noise",
        "./whole.png --engine referance --out ./prints/x.tif | Choose auto or one of",
        "./whole.png --out elsewhere://there/x.tif | no connector for elsewhere",
      })
  void isStatus2WithOneLineAndNoPrint(String line, String expected) throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(2, run(terminal, line.trim().split(" +")), terminal::err);
    assertEquals(1, terminal.err().lines().count(), terminal::err);
    assertTrue(terminal.err().startsWith("reverie: "), terminal::err);
    assertTrue(terminal.err().contains(expected), terminal::err);
    assertFalse(terminal.err().contains("Exception"), terminal::err);
    assertFalse(terminal.err().contains("file:"), terminal::err);
    assertEquals(List.of(), prints());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--brain ./brain --octaves 0 | --octaves: 0 is not within 1 to 10000",
        "--brain ./brain --cell 5000 | --cell: 5000 is not within 16 to 1024",
        "--brain ./brain --channels all | --channels: needs a layer",
        "--brain ./brain --layer conv1 --channels 4-9 | has channels 0 to 5, and no 9",
        "--brain ./brain --layer conv2 | The nearest names are conv1",
        "--brain ./brain --iterations 0 | --iterations",
        "--brain ./nowhere | nowhere",
        "./missing.png --brain ./brain | there is no such file",
      })
  void anAtlasTellsThemToo(String line, String expected) throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    List<String> arguments = new ArrayList<>(List.of("atlas", "--out", file("./prints/a.png")));
    for (String word : line.trim().split(" +")) {
      arguments.add(file(word));
    }
    assertEquals(2, reverie(terminal).run(arguments.toArray(new String[0])).code(), terminal::err);
    assertEquals(1, terminal.err().lines().count(), terminal::err);
    assertTrue(terminal.err().contains(expected), terminal::err);
    assertEquals(List.of(), prints());
  }

  @Test
  void anAtlasIsDrawnAnewWhereAskedFor() throws IOException {
    String line =
        "atlas noise --brain ./brain --layer conv1 --cell 16 --octaves 1 --iterations 1"
            + " --out ./prints/a.png";
    List<String> arguments = new ArrayList<>();
    for (String word : line.split(" ")) {
      arguments.add(file(word));
    }
    for (int time = 0; time < 2; time++) {
      TestTerminal terminal = new TestTerminal(false, 80);
      String[] words = arguments.toArray(new String[0]);
      assertEquals(0, reverie(terminal).run(words).code(), terminal::err);
      Path cell;
      try (Stream<Path> cells = Files.list(folder.resolve("prints/a.cells"))) {
        cell = cells.filter(file -> file.toString().endsWith(".png")).findFirst().orElseThrow();
      }
      FileTime old = FileTime.fromMillis(1_000_000);
      assertTrue(Files.getLastModifiedTime(cell).compareTo(old) > 0, "drawn");
      Files.setLastModifiedTime(cell, old);
      arguments.add("--fresh");
    }
  }

  @Test
  void severalMistakesOfAJobAreToldAtOnce() throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    String line = "noise --width 0in --iterations 0 --tile 0 --out ./prints/x.gif";
    assertEquals(2, run(terminal, line.split(" ")));
    assertEquals(4, terminal.err().lines().count(), terminal::err);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "./missing.png --brain ./nowhere --out ./file/x.tif | missing.png nowhere file",
        "./missing.png --brain ./nowhere | missing.png nowhere --out",
        "./missing.png --brain ./nowhere --engine warp --out ./prints/x.tif |"
            + " missing.png nowhere warp",
        "./whole.png --brain ./nowhere --engine warp --tile 0 --out ./prints/x.tif |"
            + " --tile nowhere warp",
        "./whole.png --brain ./nowhere --random-weights x --out ./prints/x.tif |"
            + " --random-weights nowhere",
        "--brain ./nowhere --out ./file/x.tif | INPUT nowhere file",
        "./missing.png --tile 0 --layer conv2 --out ./prints/x.tif | --tile missing.png conv2",
        "./whole.png --mean 1,2 --layer conv2 --layer conv3 --layer conv1:9 --out ./prints/x.tif |"
            + " --mean conv2 conv3 channels",
        "./whole.png --dpi x --layer conv2=0 --out ./prints/x.tif | --dpi weight nearest",
        "./whole.png --dpi x --layer conv2 --layer conv2 --out ./prints/x.tif |"
            + " --dpi twice nearest",
        "./whole.png --dpi x --brain ./nowhere --layer conv2 --out ./prints/x.tif | --dpi nowhere",
        "./whole.png --dpi x --random-weights x --layer conv2 --out ./prints/x.tif |"
            + " --dpi --random-weights",
        "./missing.png --objective guide --guide ./text.jpg --layer conv2 --out ./prints/x.tif |"
            + " missing.png text.jpg conv2",
        "./missing.png --job ./whole.jpg --out ./prints/x.tif | recipe missing.png",
        "--job ./truncated.png --dpi x | truncated.png --dpi",
        "--job ./nowhere.yaml --dpi x | nowhere.yaml --dpi",
        "./missing.png --job ./broken.yaml | broken.yaml missing.png",
        "--job ./nothing | nothing",
        "./whole.png --objective guide --guide #ff0000=no.jpg --guide #zz=no2.jpg --guide-mask"
            + " ./mask.png --out ./prints/x.tif | #zz no.jpg mask.png",
        "./whole.png --objective guide --guide #ff0000=no.jpg --out ./prints/x.tif |"
            + " --guide-mask no.jpg",
        "./whole.png --guide no.jpg --out ./prints/x.tif | --objective no.jpg",
        "./whole.png --layer xx=0.5 --layer zork --layer conv1:7 --out ./prints/x.tif |"
            + " xx zork channels",
        "./whole.png --objective guide --guide #ff0000=gradient:linear:#12 --guide #00ff00=color:red"
            + " --guide #0000ff=no.jpg --guide-mask ./mask.png --out ./prints/x.tif |"
            + " gradient:linear:#12 color:red no.jpg mask.png",
        "./whole.png --objective guide --guide ./whole.png --out ./whole.png | input guide",
        "./whole.png --dpi x --objective guide --guide ./whole.png --out ./whole.png |"
            + " --dpi input guide",
      })
  void missingFilesAreToldWithAllElse(String line, String expected) throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(2, run(terminal, line.trim().split(" +")), terminal::err);
    String[] words = expected.split(" ");
    assertEquals(words.length, terminal.err().lines().count(), terminal::err);
    for (String word : words) {
      assertTrue(terminal.err().contains(word), () -> word + " in " + terminal.err());
    }
    assertEquals(List.of(), prints());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "./missing.png --widht 3in --dpi x --out ./prints/x.gif |"
            + " --width? --dpi missing.png x.gif",
        "--widht 3in ./missing.png --dpi x --out ./prints/x.gif |"
            + " --width? --dpi missing.png x.gif",
        "--frehs ./missing.png --out ./file/x.tif | --fresh? missing.png file",
        "--zork ./missing.png --out ./file/x.tif | --zork missing.png file",
        "--zork 3 ./missing.png --out ./file/x.tif | --zork missing.png file",
        "./missing.png --zork 3 --zork=4 --job ./typo.yaml --out ./prints/x.tif |"
            + " --zork --zork octavess missing.png",
        "./missing.png --dpi --out ./prints/x.gif | --dpi missing.png x.gif",
        "./missing.png --out ./prints/x.gif --dpi | --dpi missing.png x.gif",
        "./whole.png --tile 5 --tile 6 --layer conv2 --out ./prints/x.tif | --tile conv2",
        "./whole.png ./two.png --zork --layer conv2 --out ./prints/x.tif | --zork two.png conv2",
        "./whole.png --fresh=yes --layer conv2 --out ./prints/x.tif | --fresh conv2",
        // What was meant is not said to be missing as well.
        "./missing.png --oot ./prints/x.tif | --out? missing.png",
        "./missing.png --out | --out missing.png",
        "noise --widht 3in --out ./file/x.tif | --width? file",
        "--jbo ./job.yaml --dpi 0 | --job? --dpi",
        "./whole.png --brian ./nowhere --layer conv2 --brain --out ./prints/x.tif |"
            + " --brain? value",
      })
  void aFlagThatIsNotUnderstoodHidesNothing(String line, String expected) throws IOException {
    missingFilesAreToldWithAllElse(line, expected);
  }

  /** The commands without a job tell all that is wrong with their flags and files as well. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bench --brain ./nowhere --json ./file/x.json --engine warp | nowhere --json --engine",
        "bench --brain ./brain --layer conv2 --json ./whole.png | conv2 whole.png",
        "bench --size 0 --brain ./nowhere --json ./file/x.json | --size nowhere --json",
        "bench --sise 9 --brain ./nowhere | --size? nowhere",
        "bench --size --brain ./brain --layer conv2 | --size conv2",
        "bench --brain ./nowhere --random-weights x --json ./file/x.json |"
            + " --random-weights nowhere --json",
        "bench --layer --brain ./nowhere | --layer nowhere",
        "bench --rounds 0 --brain ./brain --layer | --rounds --layer",
        "check --size 0 --brain ./nowhere | --size nowhere",
        "bench --size 0 --brain none --layer nope | --size reverie_small",
        "check --brain none --layer nope | reverie_small",
        "brain none --layer nope | reverie_small",
        "brain none --random-weights 3 | without",
        "check --engine warp --brain ./nowhere | warp nowhere",
        "brain ./nowhere --random-weights x | --random-weights nowhere",
        "brain ./nowhere --layer | --layer nowhere",
        "brain ./brain --layer conv2 --zork | conv2 --zork",
        "atlas ./missing.png ./text.jpg --brain ./nowhere --cell 5 --out ./prints/a.png |"
            + " --cell missing.png text.jpg nowhere",
        "atlas ./missing.png --brain ./nowhere --engine warp --out ./file/a.png |"
            + " missing.png nowhere warp a.png",
        "atlas ./missing.png --brain ./brain --layer conv2 --layer conv3 --iterations x --out"
            + " ./prints/a.png | missing.png conv2 conv3 --iterations",
        "atlas color:red --brain ./nowhere --out ./prints/a.png | START nowhere",
        "check --zork --brain ./brain --layer conv2 | --zork conv2",
        "check --master lokal --brain ./nowhere | --master",
        "check --size 0 --master spark://127.0.0.1:1 --brain ./nowhere | --size",
        "scale ./a.json ./b.json --brain ./nowhere | a.json b.json nowhere",
        "scale ./a.json ./a.json | a.json",
        "scale ./a.json --brain ./brain --layer conv2 --rate x | a.json conv2 --rate",
        "scale ./whole.png --rate 0 | whole.png --rate",
        "scale --brain ./nowhere | REPORT nowhere",
        "scale ./a.json --linkk 3 | --link? a.json",
      })
  void commandsWithoutAJobTellThemAtOnceToo(String line, String expected) throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    String[] arguments = Stream.of(line.trim().split(" +")).map(this::file).toArray(String[]::new);
    assertEquals(2, reverie(terminal).run(arguments).code(), terminal::err);
    String[] words = expected.split(" ");
    assertEquals(words.length, terminal.err().lines().count(), terminal::err);
    for (String word : words) {
      assertTrue(terminal.err().contains(word), () -> word + " in " + terminal.err());
    }
    assertEquals(List.of(), prints());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "render ./whole.png --brain ./nowhere --out ./prints/x.tif | Check --brain",
        "render ./whole.png --brain ./nowhere --random-weights x --out ./prints/x.tif | Check --brain",
        "render ./whole.png --job ./nowhere.yaml --out ./prints/x.tif | Check --job",
        "bench --brain ./nowhere | Check --brain",
        "check --brain ./nowhere | Check --brain",
        "atlas --brain ./nowhere --out ./prints/a.png | Check --brain",
        "brain ./nowhere | Check DIR",
        "brain ./nowhere --random-weights 3 | Check DIR",
      })
  void whatIsNotThereIsToldWithItsFlag(String line, String remedy) throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    String[] arguments = Stream.of(line.trim().split(" +")).map(this::file).toArray(String[]::new);
    assertEquals(2, reverie(terminal).run(arguments).code(), terminal::err);
    assertTrue(terminal.err().strip().endsWith(remedy), terminal::err);
  }

  /** Nor does a job file in the place of what is written, with or without a mistake in its text. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "./missing.png --job ./x.tif.json --brain ./nowhere --out ./x.tif |"
            + " job missing.png nowhere",
        "./missing.png --job ./x.tif.json --dpi y --out ./x.tif | --dpi job missing.png",
        "./whole.png --job ./x.tif.json --out ./x.tif | job",
      })
  void aJobFileThatWouldBeLostHidesNothing(String line, String expected) throws IOException {
    Path file = Files.writeString(folder.resolve("x.tif.json"), "dream: {octaves: 1}\n");
    missingFilesAreToldWithAllElse(line, expected);
    assertEquals("dream: {octaves: 1}\n", Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", dpi: x"})
  void norDoesABatchFileThatWouldBeLost(String mistake) throws IOException {
    Path file = folder.resolve("one.tif.json");
    Files.writeString(
        file,
        """
        works:
          - name: One
            input.source: %s
            print: {out: %s%s}
            brain.path: %s
        """
            .formatted(file("./missing.png"), file("./one.tif"), mistake, file("./nowhere")));
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(2, batch(terminal, file), terminal::err);
    assertEquals(mistake.isEmpty() ? 3 : 4, terminal.err().lines().count(), terminal::err);
    for (String word : List.of("is the batch file", "missing.png", "nowhere")) {
      assertTrue(terminal.err().contains(word), () -> word + " in " + terminal.err());
    }
  }

  @Test
  void norDoesItBeforeTheWorksOfABatch() throws IOException {
    Path file = folder.resolve("night.yaml");
    Files.writeString(
        file,
        """
        works:
          - name: One
            input.source: %s
            print: {out: one.gif, dpi: x}
        """
            .formatted(file("./missing.png")));
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(
        2, batch(terminal, file, "--frehs", "--stop-at", "25:00", "--report"), terminal::err);
    assertEquals(6, terminal.err().lines().count(), terminal::err);
    for (String word :
        List.of("--fresh?", "--report", "--stop-at", "x", "one.gif", "missing.png")) {
      assertTrue(terminal.err().contains(word), () -> word + " in " + terminal.err());
    }
  }

  /** What the cases above are wrong against: the same files, used rightly. */
  @Test
  void withoutAMistakeThereIsAPrint() throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    String line = "./whole.png --out ./prints/x.tif --tile 16";
    assertEquals(0, run(terminal, line.split(" ")), terminal::err);
    assertEquals(
        List.of("x.tif", "x.tif.json", "x.tif.progress.jsonl", "x.tif.seams.png"), prints());
  }

  /** A print names no files: that they are lacking is told with all else, and nothing for it. */
  @Test
  void whatAPrintDoesNotNameIsToldWithAllElse() throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(0, run(terminal, "./whole.png", "--out", "./prints/x.tif"), terminal::err);
    List<String> job = new ArrayList<>(List.of("render", "--job", file("./prints/x.tif")));
    job.addAll(List.of("--master", "in-process", "--out", file("./prints/y.gif")));
    TestTerminal again = new TestTerminal(false, 80);
    assertEquals(2, reverie(again).run(job.toArray(String[]::new)).code(), again::err);
    assertEquals(
        List.of("INPUT: is missing", "--out: ", "--brain: is missing"),
        again
            .err()
            .lines()
            .map(line -> line.replaceAll("^reverie: (.*?: (is missing)?).*", "$1"))
            .toList());
  }

  /** The built-in brain is taken in place of the print's where it is asked for. */
  @Test
  void thePrintOfABrainIsTheJobOfTheBuiltInOne() throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(0, run(terminal, "./whole.png", "--out", "./prints/x.tif"), terminal::err);
    List<String> job = new ArrayList<>(List.of("render", "--job", file("./prints/x.tif")));
    job.addAll(List.of(file("./whole.png"), "--master", "in-process", "--engine", "onednn"));
    job.addAll(List.of("--dry-run", "--layer", "auto", "--out", file("./prints/y.tif")));
    TestTerminal without = new TestTerminal(false, 80);
    assertEquals(2, reverie(without).run(job.toArray(String[]::new)).code(), without::err);
    assertTrue(without.err().contains("--brain: is missing"), without::err);
    assertTrue(without.err().contains("or write --brain none"), without::err);
    job.addAll(List.of("--brain", "none"));
    TestTerminal none = new TestTerminal(false, 80);
    assertEquals(0, reverie(none).run(job.toArray(String[]::new)).code(), none::err);
    assertTrue(
        (none.out() + none.err()).contains("by another brain than the built-in one: by "),
        () -> none.out() + none.err());
  }

  /** A print is read before it is written, so that its own job is the same command again. */
  @ParameterizedTest
  @ValueSource(strings = {"", ".json"})
  void aPrintIsItsOwnJob(String ending) throws IOException {
    Path print = folder.resolve("prints").resolve("x.tif");
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(0, run(terminal, "./whole.png", "--out", "./prints/x.tif"), terminal::err);
    final byte[] before = Files.readAllBytes(print);
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(print, old);
    List<String> again =
        List.of("./whole.png", "--job", "./prints/x.tif" + ending, "--out", "./prints/x.tif");
    assertEquals(0, run(terminal, again.toArray(String[]::new)), terminal::err);
    assertTrue((terminal.out() + terminal.err()).contains("is there already"), terminal::err);
    assertEquals(old, Files.getLastModifiedTime(print));
    List<String> fresh = new ArrayList<>(again);
    fresh.add("--fresh");
    assertEquals(0, run(terminal, fresh.toArray(String[]::new)), terminal::err);
    assertNotEquals(old, Files.getLastModifiedTime(print));
    assertArrayEquals(before, Files.readAllBytes(print));
    Files.copy(print, folder.resolve("prints").resolve("y.tif.seams.png"));
    String[] other = {
      "./whole.png", "--job", "./prints/y.tif.seams.png", "--out", "./prints/y.tif"
    };
    assertEquals(2, run(terminal, other), terminal::err);
    assertTrue(terminal.err().contains("is the job file"), terminal::err);
  }

  /** Java's own paths would take one of the two slashes. */
  @Test
  void aJobFileAPrintAndItsReportMayLieOnAnotherFileSystem() throws IOException {
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, "print: {out: '%s'}\n".formatted(object("./prints/x.tif")));
    Map<String, String> settings = PublishingFileSystem.settings("no such name");
    settings.forEach((key, value) -> System.setProperty("spark.hadoop." + key, value));
    try {
      for (String job : List.of("./job.yaml", "./prints/x.tif", "./prints/x.tif.json")) {
        TestTerminal terminal = new TestTerminal(false, 80);
        List<String> words = new ArrayList<>(List.of(object("./whole.png"), "--job", object(job)));
        if (!job.endsWith(".yaml")) {
          words.addAll(List.of("--out", object("./prints/x.tif")));
        }
        assertEquals(0, run(terminal, words.toArray(String[]::new)), () -> job + terminal.err());
      }
      String missing = object("./none.yaml");
      TestTerminal terminal = new TestTerminal(false, 80);
      assertEquals(2, run(terminal, "./whole.png", "--job", missing, "--out", "./prints/y.tif"));
      assertTrue(terminal.err().contains(missing + ": there is no such file"), terminal::err);
      String home = object("./prints");
      terminal = new TestTerminal(false, 80);
      assertEquals(2, run(terminal, "./whole.png", "--job", home, "--out", "./prints/y.tif"));
      assertTrue(terminal.err().contains(home + ": is a folder"), terminal::err);
    } finally {
      settings.keySet().forEach(key -> System.clearProperty("spark.hadoop." + key));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".json"})
  void thePrintOfACropIsTheJobOfTheWhole(String ending) throws IOException {
    TestTerminal terminal = new TestTerminal(false, 80);
    String crop = "./whole.png --crop 0,0,20,10 --out ./prints/x.png";
    assertEquals(0, run(terminal, crop.split(" ")), terminal::err);
    File print = folder.resolve("prints/x.png").toFile();
    assertEquals(20, ImageIO.read(print).getWidth());
    String whole = "./whole.png --job ./prints/x.png%s --crop none --out ./prints/x.png";
    assertEquals(0, run(terminal, whole.formatted(ending).split(" ")), terminal::err);
    assertEquals(64, ImageIO.read(print).getWidth());
    assertEquals(48, ImageIO.read(print).getHeight());
  }

  /** 64 MiB hold windows of about 1100 px of this brain. */
  @ParameterizedTest
  @CsvSource({"--tile 2000, A tile of 2000 px", "'', A tile of 2400 px"})
  void memoryMakesTilesSmallerAndSaysSo(String tile, String expected) {
    TestTerminal terminal = new TestTerminal(false, 80);
    String line = "noise --width 2400px --memory 64m --dry-run --out ./prints/x.tif " + tile;
    assertEquals(0, run(terminal, line.strip().split(" ")), terminal::err);
    assertTrue(
        terminal.err().contains(expected + " and its halo do not fit into 64 MiB (--memory)"),
        () -> terminal.err() + terminal.out());
    Matcher core = Pattern.compile("core (\\d+) px").matcher(terminal.err() + terminal.out());
    assertTrue(core.find(), () -> terminal.err() + terminal.out());
    int pixels = Integer.parseInt(core.group(1));
    assertTrue(pixels > 500 && pixels < 1200, core::group);
  }

  /** {@code batch} with the flags that say nothing but yes. */
  @Test
  void batchPlansRendersAndStartsOver() throws IOException {
    Path file = folder.resolve("night.yaml");
    Files.writeString(
        file,
        """
        defaults:
          brain.path: %s
          dream: {layers: [conv1], iterations: 1, octaves: 1}
          run: {engine: reference}
          input.source: %s
        works:
          - name: One
            print.out: %s
        """
            .formatted(file("./brain"), file("./whole.png"), file("./prints/one.tif")));
    TestTerminal planned = new TestTerminal(false, 80);
    assertEquals(0, batch(planned, file, "--dry-run", "--master", "in-process"), planned::err);
    assertTrue((planned.out() + planned.err()).contains("64 x 48 px"), planned::err);
    assertEquals(List.of(), prints());
    for (String[] flags :
        new String[][] {{"--master", "in-process"}, {"--master", "in-process", "--fresh"}}) {
      TestTerminal terminal = new TestTerminal(false, 80);
      assertEquals(0, batch(terminal, file, flags), terminal::err);
      assertTrue(prints().contains("one.tif"), () -> terminal.out() + terminal.err());
    }
  }

  /** Hadoop's local file system tells by an Error of its own. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullAtTheStartIsStatus3() throws IOException {
    Path log = folder.resolve("prints").resolve("x.tif.progress.jsonl");
    Path full = Path.of("/dev/full");
    Files.createSymbolicLink(log, full);
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(full);
    TestTerminal terminal = new TestTerminal(false, 80);
    try {
      assertEquals(3, run(terminal, "./whole.png", "--out", "./prints/x.tif"), terminal::err);
    } finally {
      // Hadoop sets those of what it creates, and a superuser may.
      if (!permissions.equals(Files.getPosixFilePermissions(full))) {
        Files.setPosixFilePermissions(full, permissions);
      }
    }
    assertTrue(
        terminal
            .err()
            .contains("x.tif.progress.jsonl cannot be written: No space left on device. Make room"),
        terminal::err);
    assertTrue(terminal.err().contains("To resume: "), terminal::err);
    Files.delete(log);
    assertEquals(0, run(terminal, "./whole.png", "--out", "./prints/x.tif"), terminal::err);
  }

  @Test
  void theLongestNameThatIsTakenCanBeWritten() {
    String name = "x".repeat(233) + ".tif";
    TestTerminal terminal = new TestTerminal(false, 80);
    assertEquals(0, run(terminal, "./whole.png", "--out", "./prints/" + name), terminal::err);
    assertEquals(2, run(terminal, "./whole.png", "--out", "./prints/xx" + name), terminal::err);
    assertTrue(terminal.err().contains("one: File name too long. Take"), terminal::err);
  }

  /** Hadoop takes what stands before a colon for a scheme, if it is let. */
  @Test
  void namesMayHoldAColon() throws IOException {
    Path picture = Files.copy(folder.resolve("whole.png"), folder.resolve("a:b.png"));
    Path out = folder.resolve("prints").resolve("12:30 dream.tif");
    TestTerminal terminal = new TestTerminal(false, 80);
    int status =
        run(
            terminal,
            picture.toString(),
            "--guide",
            picture.toString(),
            "--objective",
            "guide",
            "--out",
            out.toString());
    assertEquals(0, status, terminal::err);
    assertEquals(
        List.of("12:30 dream.tif", "12:30 dream.tif.json", "12:30 dream.tif.progress.jsonl"),
        prints());
    assertFalse(Files.exists(folder.resolve("prints/.reverie")));
  }

  private int batch(TestTerminal terminal, Path file, String... flags) {
    List<String> arguments = new ArrayList<>(List.of("batch", file.toString()));
    arguments.addAll(List.of(flags));
    return reverie(terminal).run(arguments.toArray(new String[0])).code();
  }

  /** Runs {@code render} with these words; those that start with ./ are files of the case. */
  private int run(TestTerminal terminal, String... words) {
    List<String> arguments = new ArrayList<>(List.of("render"));
    for (String word : words) {
      arguments.add(file(word));
    }
    QUICK.forEach(
        (flag, value) -> {
          if (!arguments.contains(flag)) {
            arguments.addAll(List.of(flag, file(value)));
          }
        });
    return reverie(terminal).run(arguments.toArray(new String[0])).code();
  }

  private static Reverie reverie(TestTerminal terminal) {
    Pipeline pipeline = new Pipeline();
    return new Reverie(pipeline, pipeline, pipeline, terminal.terminal(), log -> {});
  }

  private String object(String word) {
    return PublishingFileSystem.path(Path.of(file(word))).toString();
  }

  private String file(String word) {
    return word.startsWith("./") ? folder.resolve(word.substring(2)).toString() : word;
  }

  /** The print and what goes with it; what .reverie keeps is none. */
  private List<String> prints() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("prints"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(".reverie"))
          .sorted()
          .toList();
    }
  }

  /** Writes a brain's folder, and names the file with its weights. */
  private Path brain(String name, byte[] weights) throws IOException {
    Path brain = Files.createDirectories(folder.resolve(name));
    Files.writeString(brain.resolve("deploy.prototxt"), DEFINITION);
    Files.writeString(brain.resolve("brain.yaml"), "mean: [104, 116, 122]\n"); // else a note
    return Files.write(brain.resolve("weights.caffemodel"), weights);
  }

  private static NetParameter weights() {
    BlobProto.Builder kernel =
        BlobProto.newBuilder()
            .setShape(BlobShape.newBuilder().addDim(6).addDim(3).addDim(3).addDim(3));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 6 * 3 * 9; i++) {
      kernel.addData((float) random.nextDouble(-1, 1));
    }
    BlobProto.Builder bias = BlobProto.newBuilder().setShape(BlobShape.newBuilder().addDim(6));
    for (int i = 0; i < 6; i++) {
      bias.addData(0);
    }
    LayerParameter.Builder layer =
        LayerParameter.newBuilder()
            .setName("conv1")
            .setType("Convolution")
            .addBlobs(kernel)
            .addBlobs(bias);
    return NetParameter.newBuilder().setName("tiny").addLayer(layer).build();
  }

  /** Compresses badly, so that half of its file is half of the picture. */
  private static BufferedImage noise() {
    BufferedImage picture = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 64 * 48; i++) {
      picture.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
    }
    return picture;
  }
}
