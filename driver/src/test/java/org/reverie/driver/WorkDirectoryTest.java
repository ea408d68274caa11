package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.print.PrintFormat;
import org.reverie.tiling.plan.RenderPlan;

class WorkDirectoryTest {
  private static final int RUNS = 40;

  @TempDir Path folder;

  /**
   *
   *
   * <pre>
   *   one  claims  works  lets go |  claims  works  lets go ...
   *   two    claims  works  lets go | claims ...              both in folder/.reverie/work
   * </pre>
   */
  @Test
  void rendersThatBeginAndEndAtOnceInOneFolderDoNotDisturbEachOther() throws Exception {
    TinyRenders renders = new TinyRenders(folder);
    Configuration configuration = Places.configuration();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> both = new ArrayList<>();
      for (String name : List.of("one", "two")) {
        RenderJob job = renders.job(name);
        RenderPlan plan = plan(job, configuration);
        both.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < RUNS; i++) {
                    WorkDirectory.open(
                            job,
                            Places.path(job.print().out(), configuration),
                            plan,
                            configuration,
                            note -> {})
                        .discard();
                  }
                  return null;
                }));
      }
      for (Future<?> one : both) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of("tiny.prototxt"), left.map(f -> f.getFileName().toString()).toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status.json | {\"status\": 200}",
        "plan.json   | {\"plan\": \"a walk\"}",
        "lease.json  | {\"flat\": 3}",
      })
  void aForeignFileInThePlaceOfOursIsKept(String name, String text) throws Exception {
    Path work = Files.createDirectory(folder.resolve("work"));
    Path file = Files.writeString(work.resolve(name), text);
    TinyRenders renders = new TinyRenders(folder);
    for (String how : List.of("", ", fresh: true", ", dry-run: true")) {
      RenderJob job = renders.job("print", "run: {work-dir: " + work + how + "}");
      UserException refused =
          assertThrows(UserException.class, () -> Render.run(job, new Recorder()));
      assertEquals(1, refused.problems().size(), refused::getMessage);
      Problem problem = refused.problems().get(0);
      assertEquals("output-not-ours", problem.code());
      assertEquals(file.toString(), problem.where());
      assertTrue(problem.remedy().contains("--work-dir"), problem.remedy());
      assertThrows(UserException.class, () -> Render.check(job), "a batch tells it up front");
      assertEquals(text, Files.readString(file));
    }
    assertEquals(List.of("tiny.prototxt", "work", "work/" + name), left());
    Files.delete(file);
    renders.render("print", "run: {work-dir: " + work + "}");
    assertTrue(Files.readString(work.resolve("status.json")).contains("finished"));
    renders.render("print", "run: {work-dir: " + work + ", fresh: true}");
  }

  /** Whatever the work directory: the lease of the print lies beside it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "work-dir: %s/work"})
  void aPrintWhoseLeaseCannotBeKeptNeedsAnotherPlace(String run) throws Exception {
    Files.writeString(folder.resolve(".reverie"), "a file where a folder belongs");
    RenderJob job = new TinyRenders(folder).job("print", "run: {" + run.formatted(folder) + "}");
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(job, new Recorder()));
    assertEquals(1, refused.problems().size(), refused::getMessage);
    Problem problem = refused.problems().get(0);
    assertTrue(problem.where().startsWith(folder + "/.reverie/work"), problem::message);
    assertTrue(problem.remedy().contains("--out"), problem::message);
    assertFalse(problem.remedy().contains("--work-dir"), problem::message);
  }

  @Test
  void aRenderIsKeptFromItsPlanToItsPrint() throws Exception {
    RenderJob job = new TinyRenders(folder).job("print");
    Configuration configuration = Places.configuration();
    assertFalse(Render.isKept(job));
    WorkDirectory work =
        WorkDirectory.open(
            job,
            Places.path(job.print().out(), configuration),
            plan(job, configuration),
            configuration,
            note -> {});
    assertTrue(Render.isKept(job));
    work.discard();
    assertFalse(Render.isKept(job));
  }

  @Test
  void aForeignStatusThatCameDuringARenderIsKept() throws Exception {
    Path work = folder.resolve("work");
    renders(() -> Files.writeString(work.resolve("status.json"), "mine"), "work");
    assertEquals("mine", Files.readString(work.resolve("status.json")));
  }

  @Test
  void aForeignFileInOurOwnFolderIsKeptAndTold() throws Exception {
    Path work = folder.resolve(".reverie/work/print.tif");
    List<String> foreign =
        List.of(
            ".reverie/work/print.tif/input/octave-00/round-0000/cat.jpg",
            ".reverie/work/print.tif/notes.txt");
    Recorder recorder =
        renders(
            () -> {
              for (String file : foreign) {
                Files.createDirectories(folder.resolve(file).getParent());
                Files.writeString(folder.resolve(file), "mine");
              }
            },
            "");
    assertEquals(
        foreign,
        left().stream().filter(file -> file.matches(".*(\\.jpg|\\.txt|\\.planes)")).toList());
    String notes = String.join("\n", recorder.notes);
    assertTrue(
        notes.contains(
            work
                + " is not removed, since Reverie did not write all that is there:"
                + " input/octave-00/round-0000/cat.jpg, notes.txt"),
        notes);
    assertEquals(List.of("input", "notes.txt"), Stream.of(work.toFile().list()).sorted().toList());
  }

  /** A render in which something else happens meanwhile. */
  private Recorder renders(Meanwhile meanwhile, String workFolder) {
    Recorder recorder =
        new Recorder() {
          @Override
          public void progress(double done, double total, String what, int retries) {
            try {
              meanwhile.happens();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    TinyRenders renders = new TinyRenders(folder);
    RenderJob job =
        workFolder.isEmpty()
            ? renders.job("print")
            : renders.job("print", "run: {work-dir: " + folder.resolve(workFolder) + "}");
    assertEquals(RenderOutcome.DONE, Render.run(job, recorder));
    return recorder;
  }

  private interface Meanwhile {
    void happens() throws IOException;
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> !file.equals(folder))
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static RenderPlan plan(RenderJob job, Configuration configuration) throws Exception {
    try (RenderInput input = RenderInput.open(job, configuration);
        RenderSession session = RenderSession.inProcess()) {
      return Preparation.of(job, input, PrintFormat.TIFF, session, configuration).plan();
    }
  }
}
