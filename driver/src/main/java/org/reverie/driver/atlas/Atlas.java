package org.reverie.driver.atlas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Counted;
import org.reverie.conf.Formula;
import org.reverie.conf.Gradient;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.Problem;
import org.reverie.conf.Recipe;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.driver.Inspection;
import org.reverie.driver.Overwriting;
import org.reverie.driver.Places;
import org.reverie.driver.ProgressView;
import org.reverie.driver.Render;
import org.reverie.driver.RenderSession;
import org.reverie.driver.WholeFile;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.PreferredLayers;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.print.PrintTarget;

/**
 * What each part of a brain dreams, side by side. Every cell is a render of its own, in one session
 * and layer by layer, so that engines and compiled windows are shared; a cell that is there already
 * with the same settings is not rendered again. A single window without a border, whose edges meet,
 * shows as much as one with a halo at a fraction of its price.
 */
public final class Atlas {
  private static final List<String> USUAL_STARTS = List.of("noise", "gradient:chromatic");
  private static final List<Integer> USUAL_OCTAVES = List.of(1, 3, 5);

  /** From noise, motifs show later than on a picture. */
  public static final String USUAL_ITERATIONS = "20";

  private static final int USUAL_CELL_PIXELS = 192;
  private static final int CHANNEL_CELL_PIXELS = 128;
  private static final int CHANNEL_COLUMNS = 16;
  private static final int SMALLEST_CELL_PIXELS = 16;

  /**
   * A name of 255 bytes, the most that disks take, must hold what else tells a file from others.
   */
  private static final int LONGEST_SLUG = 120;

  private static final int LARGEST_CELL_PIXELS = 1024;

  /** Longer than any screen, and no more work than a large print. */
  private static final int MOST_CELLS = 20_000;

  /** What a command line calls what is dreamt on. */
  private static final String START = "START";

  private static final String TOO_SMALL = "window-too-small";

  private final AtlasRequest request;
  private final RenderSession session;
  private final AtlasView view;
  private final Configuration configuration = Places.configuration();
  private final Path out;
  private final Path page;
  private final Path folder;
  private final List<String> starts;
  private final List<Integer> octaves;
  private final int cellPixels;
  private final LoadedBrain brain;
  private final List<Part> parts = new ArrayList<>();
  private final Map<Key, Diagram.Cell> cells = new LinkedHashMap<>();

  /**
   * What one row, or one cell of a grid of channels, shows.
   *
   * @param layer as a render's flag names it
   * @param label for people
   * @param slug a file's name may begin with it
   */
  private record Part(String layer, String label, String slug) {}

  /** Tells a cell from the others. */
  private record Key(Part part, int start, int octaves) {}

  private Atlas(AtlasRequest request, RenderSession session, AtlasView view) throws IOException {
    this.request = request;
    this.session = session;
    this.view = view;
    List<Problem> told = problems(request, Set.of());
    if (told.isEmpty()) {
      told = problemsOfFiles(request, Set.of(), session);
    }
    if (!told.isEmpty()) {
      throw new UserException(told);
    }
    out = Places.path(request.out(), configuration);
    String stem = out.getName().substring(0, out.getName().length() - ".png".length());
    page = PathNames.inside(out.getParent(), stem + ".html");
    folder = PathNames.inside(out.getParent(), stem + ".cells");
    boolean channels = request.channels() != null;
    starts = starts(request);
    octaves = octaves(request);
    cellPixels = cellPixels(request);
    RenderJob any = job("auto", 0, octaves.get(0), new Path(folder, "any.png"));
    brain = Render.brain(any, session);
    if (channels) {
      channels();
    } else {
      layers();
    }
    long count = (long) parts.size() * starts.size() * octaves.size();
    if (count > MOST_CELLS) {
      throw UserException.of(
          "too-many-cells",
          "--layer",
          "%,d cells are more than %,d".formatted(count, MOST_CELLS),
          "Choose fewer layers, channels, starts or octaves");
    }
    Set<Problem> problems = new LinkedHashSet<>();
    for (int start = 0; start < starts.size(); start++) {
      check(parts.get(0), start, problems);
    }
    for (Part part : channels ? List.<Part>of() : parts) {
      check(part, 0, problems);
    }
    if (!problems.isEmpty()) {
      throw new UserException(List.copyOf(problems));
    }
    keepOthers();
  }

  /** What is written must be absent or an earlier atlas', and no start may be among it. */
  private void keepOthers() throws IOException {
    List<Path> prints = prints();
    for (int start = 0; start < starts.size(); start++) {
      List<Overwriting.Source> sources =
          Overwriting.sources(
              job(parts.get(0).layer(), start, octaves.get(0), new Path(folder, "any.png")),
              configuration);
      Overwriting.keepApart(List.of(out, page), sources);
      for (Path print : prints) {
        Overwriting.keepApart(Overwriting.beside(print), sources);
      }
    }
    List<Problem> problems = foreign();
    List<Problem> ofCells = new ArrayList<>();
    for (Path print : prints) {
      try {
        Overwriting.checkPrint(print, configuration);
      } catch (UserException e) {
        ofCells.addAll(e.problems());
      }
    }
    problems.addAll(Overwriting.shortened(ofCells, PathNames.written(folder)));
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
  }

  /** What is in the places of the sheet and the page, and neither. */
  private List<Problem> foreign() throws IOException {
    List<Problem> problems = new ArrayList<>();
    Overwriting.keep(out, "atlas", Overwriting::isSheet, problems, configuration);
    Overwriting.keep(page, "page of an atlas", AtlasPage::isOurs, problems, configuration);
    return problems;
  }

  /** The prints of all cells that are there already, or that have something beside their places. */
  private List<Path> prints() throws IOException {
    Set<String> names = names();
    List<Path> prints = new ArrayList<>();
    for (Part part : parts) {
      for (int start = 0; start < starts.size(); start++) {
        for (int octave : octaves) {
          Path print = print(part, start, octave);
          if (Overwriting.beside(print).stream().map(Path::getName).anyMatch(names::contains)) {
            prints.add(print);
          }
        }
      }
    }
    return prints;
  }

  /** What lies in the folder of the cells, listed once for all of them. */
  private Set<String> names() throws IOException {
    try {
      return Stream.of(Places.fileSystem(folder, configuration).listStatus(folder))
          .map(file -> file.getPath().getName())
          .collect(Collectors.toSet());
    } catch (FileNotFoundException e) {
      return Set.of();
    }
  }

  private void check(Part part, int start, Set<Problem> problems) {
    try {
      Render.check(job(part.layer(), start, octaves.get(0), new Path(folder, "any.png")), session);
    } catch (UserException e) {
      problems.addAll(e.problems());
    }
  }

  /**
   * Draws an atlas: the sheet, the page beside it, and a folder with the cells.
   *
   * @return what was made, for people
   * @throws UserException if anything that was given cannot be used
   * @throws org.reverie.driver.StageFailedException if a cell failed for good; the same call goes
   *     on
   */
  public static List<String> draw(AtlasRequest request, AtlasView view) {
    try (RenderSession session = RenderSession.inProcess()) {
      return new Atlas(request, session, view).draw();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> starts(AtlasRequest request) {
    if (!request.starts().isEmpty()) {
      return request.starts();
    }
    return request.channels() == null ? USUAL_STARTS : USUAL_STARTS.subList(0, 1);
  }

  private static List<Integer> octaves(AtlasRequest request) {
    if (!request.octaves().isEmpty()) {
      return request.octaves();
    }
    return request.channels() == null ? USUAL_OCTAVES : List.of(4);
  }

  private static int cellPixels(AtlasRequest request) {
    if (request.cellPixels() > 0) {
      return request.cellPixels();
    }
    return request.channels() == null ? USUAL_CELL_PIXELS : CHANNEL_CELL_PIXELS;
  }

  /**
   * What is wrong with a request by itself, before any file is looked at.
   *
   * @param unread keys that were given and not understood, which has been said
   */
  public static List<Problem> problems(AtlasRequest request, Set<JobKey<?>> unread) {
    List<Problem> problems = new ArrayList<>();
    if (!request.out().toLowerCase(Locale.ROOT).endsWith(".png")) {
      problems.add(
          new Problem(
              "unknown-format",
              "--out",
              '"' + request.out() + "\" is no PNG",
              "Let it end in .png; the page goes beside it"));
    }
    Set<JobKey<?>> wrong = new HashSet<>(unread);
    int cellPixels = cellPixels(request);
    if (cellPixels < SMALLEST_CELL_PIXELS || cellPixels > LARGEST_CELL_PIXELS) {
      problems.add(
          new Problem(
              "out-of-range",
              "--cell",
              "%d is not within %d to %d"
                  .formatted(cellPixels, SMALLEST_CELL_PIXELS, LARGEST_CELL_PIXELS),
              "Give a value in that range"));
      wrong.addAll(List.of(JobKey.WIDTH, JobKey.HEIGHT));
    }
    if (request.channels() != null
        && request.layers().size() != 1
        && !unread.contains(JobKey.LAYERS)) {
      problems.add(
          new Problem(
              "bad-channels",
              "--channels",
              request.layers().isEmpty() ? "needs a layer" : "goes with one layer only",
              "Name it by --layer"));
    }
    if (request.channels() != null) {
      ChannelNumbers.problem(request.channels()).ifPresent(problems::add);
    }
    List<Integer> octaves = octaves(request);
    if (octaves.stream().distinct().count() < octaves.size()) {
      problems.add(
          new Problem("out-of-range", "--octaves", "a number is given twice", "Give each once"));
    }
    Set<Problem> ofJobs = new LinkedHashSet<>(); // which share most of their settings
    for (String start : starts(request)) {
      for (int octave : octaves) {
        // Any layer will do to have all other settings checked.
        JobLayer layer = layer(request, "auto", start, octave, "any.png");
        JobReader.look(List.of(layer), wrong).problems().stream()
            .map(Atlas::asOfAtlas)
            .forEach(ofJobs::add);
      }
    }
    problems.addAll(ofJobs);
    return problems;
  }

  /** What is wrong with a cell's job, where a person gave it. */
  private static Problem asOfAtlas(Problem ofJob) {
    return ofJob.where().equals(JobKey.SOURCE.commandLineName())
        ? new Problem(ofJob.code(), START, ofJob.what(), ofJob.remedy())
        : ofJob;
  }

  /**
   * Looks at what a request names that is not sound itself, so that all mistakes of a command can
   * be told at once.
   *
   * @param unread flags and arguments that were given and are of no use
   * @return what cannot be used of the others
   */
  public static List<Problem> problemsOfFiles(AtlasRequest request, Set<String> unread) {
    try (RenderSession session = RenderSession.inProcess()) {
      return problemsOfFiles(request, unread, session);
    }
  }

  private static List<Problem> problemsOfFiles(
      AtlasRequest request, Set<String> unread, RenderSession session) {
    Configuration configuration = Places.configuration();
    Inspection inspection = new Inspection();
    if (!unread.contains(JobKey.OUT.flag())) {
      inspection.look(
          () -> {
            Path sheet = Places.path(request.out(), configuration);
            PrintTarget.check(Places.fileSystem(sheet, configuration), sheet);
          });
    }
    Set<JobKey<?>> wrong =
        JobKey.all().stream()
            .filter(key -> unread.contains(key.flag()))
            .collect(Collectors.toCollection(HashSet::new));
    wrong.add(JobKey.OUT); // the sheet was looked at, and cells go beside it
    List<String> layers =
        request.layers().isEmpty()
            ? List.of("auto")
            : request.layers().stream().distinct().toList();
    List<String> starts = unread.contains(START) ? USUAL_STARTS : starts(request);
    List<JobLayer> jobs = new ArrayList<>();
    starts.forEach(start -> jobs.add(layer(request, layers.get(0), start, 1, "any.png")));
    layers.forEach(layer -> jobs.add(layer(request, layer, starts.get(0), 1, "any.png")));
    Set<Problem> problems = new LinkedHashSet<>(inspection.problems());
    for (JobLayer job : jobs) {
      JobReader.Reading reading = JobReader.look(List.of(job), wrong);
      problems.addAll(Render.problemsOfFiles(reading, Optional.empty(), List.of(), session));
    }
    return List.copyOf(problems);
  }

  private void layers() {
    List<String> names =
        request.layers().isEmpty()
            ? PreferredLayers.blockEnds(brain.brain())
            : request.layers().stream().distinct().toList();
    for (int i = 0; i < names.size(); i++) {
      parts.add(new Part(names.get(i), names.get(i), "%03d-%s".formatted(i, slug(names.get(i)))));
    }
  }

  private void channels() {
    String layer = request.layers().get(0);
    int index = brain.layer(layer);
    int count = brain.brain().layers().get(index).channels();
    for (int channel : ChannelNumbers.parse(request.channels(), layer, count)) {
      String slug = slug(layer) + "-%04d".formatted(channel);
      String label =
          brain.className(index, channel).map(name -> channel + " " + name).orElse("" + channel);
      parts.add(new Part(layer + ":" + channel, label, slug));
    }
  }

  /**
   * What a layer's files may be called, in ASCII that every disk takes. Names that are cut, or of
   * which letters are lost, are told apart by a checksum.
   */
  static String slug(String layer) {
    String spelt = Spelling.ascii(layer).replaceAll("[^A-Za-z0-9_.-]", "_");
    if (layer.chars().allMatch(letter -> letter < 0x80) && spelt.length() <= LONGEST_SLUG) {
      return spelt;
    }
    CRC32 checksum = new CRC32();
    checksum.update(layer.getBytes(StandardCharsets.UTF_8));
    return "%s-%08x"
        .formatted(spelt.substring(0, Math.min(LONGEST_SLUG, spelt.length())), checksum.getValue());
  }

  private List<String> draw() throws IOException {
    int total = parts.size() * starts.size() * octaves.size();
    long begun = System.nanoTime();
    for (Part part : parts) {
      for (int start = 0; start < starts.size(); start++) {
        for (int octave : octaves) {
          view.progress(progress(part, start, octave, total, begun));
          cells.put(new Key(part, start, octave), cell(part, start, octave));
        }
      }
    }
    Diagram diagram = diagram();
    view.progress("drawing the sheet and the page");
    List<Problem> problems = foreign(); // that came while the cells were dreamt
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
    Sheet.write(diagram, out, recipe(), configuration);
    WholeFile.write(
        page,
        configuration,
        stream -> {
          Writer writer =
              new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
          AtlasPage.write(diagram, configuration, writer);
          writer.flush();
        });
    double seconds = (System.nanoTime() - begun) / 1e9;
    return List.of(
        PathNames.written(out) + ": the sheet",
        PathNames.written(page) + ": the same as a page",
        "%s in %s, %.2f s each"
            .formatted(Counted.of(total, "cell"), span(seconds), seconds / total));
  }

  private String progress(Part part, int start, int octave, int total, long begun) {
    int done = cells.size();
    String text =
        "%d of %s, now %s"
            .formatted(done, Counted.of(total, "cell"), description(part, start, octave));
    if (done == 0) {
      return text;
    }
    double each = (System.nanoTime() - begun) / 1e9 / done;
    return text + ", %.2f s each, %s left".formatted(each, span(each * (total - done)));
  }

  private static String span(double seconds) {
    Duration span = Duration.ofSeconds(Math.round(seconds));
    return span.toMinutes() == 0
        ? span.toSeconds() + " s"
        : span.toMinutes() + " min " + span.toSecondsPart() + " s";
  }

  private Diagram.Cell cell(Part part, int start, int octave) {
    Path print = print(part, start, octave);
    String caption = request.channels() == null ? "" : part.label();
    String description = description(part, start, octave);
    try {
      Render.run(job(part.layer(), start, octave, print), session, ProgressView.silent());
      return new Diagram.Cell(caption, description, print, "");
    } catch (UserException e) {
      // A picture that shrinks below what a high layer can see says nothing against the others.
      if (e.problems().stream().allMatch(problem -> problem.code().equals(TOO_SMALL))) {
        return new Diagram.Cell(caption, description, print, "too small for this layer");
      }
      throw e;
    }
  }

  private Path print(Part part, int start, int octave) {
    return new Path(folder, "%s-start%d-octaves%d.png".formatted(part.slug(), start, octave));
  }

  private String description(Part part, int start, int octave) {
    return "%s from %s, %s".formatted(part.layer(), startName(start), Counted.of(octave, "octave"));
  }

  /** A formula as it is, a picture by its file's name. */
  private String startName(int start) {
    String name = starts.get(start);
    return Formula.of(name).isPresent() ? name : name.substring(name.lastIndexOf('/') + 1);
  }

  private RenderJob job(String layer, int start, int octave, Path print) {
    return JobReader.read(
        List.of(layer(request, layer, starts.get(start), octave, PathNames.written(print))));
  }

  /** One cell's job. */
  private static JobLayer layer(
      AtlasRequest request, String layer, String start, int octave, String print) {
    Map<JobKey<?>, List<String>> flags = new LinkedHashMap<>();
    flags.put(JobKey.ITERATIONS, List.of(USUAL_ITERATIONS));
    flags.putAll(request.settings());
    flags.put(JobKey.SOURCE, List.of(start));
    flags.put(JobKey.OUT, List.of(print));
    String cell = cellPixels(request) + "px";
    flags.put(JobKey.WIDTH, List.of(cell));
    flags.put(JobKey.HEIGHT, List.of(cell));
    flags.put(JobKey.LAYERS, List.of(layer));
    flags.put(JobKey.OCTAVES, List.of(Integer.toString(octave)));
    flags.put(JobKey.BORDER, List.of("wrap"));
    flags.put(JobKey.MASTER, List.of(Render.IN_PROCESS));
    return JobLayer.ofFlags(null, flags);
  }

  private Diagram diagram() {
    RenderJob job = job(parts.get(0).layer(), 0, octaves.get(0), new Path(folder, "any.png"));
    RenderJob.Dream dream = job.dream();
    List<String> lines =
        List.of(
            "%s of step %s per octave, octaves %s times as large as the one before"
                .formatted(
                    Counted.of(dream.iterations(), "iteration"),
                    plain(dream.step()),
                    plain(dream.octaveScale())),
            "cells of %d px, seed %d".formatted(cellPixels, dream.seed()));
    return new Diagram(
        brain.brain().name(),
        lines,
        request.channels() == null ? List.of(table()) : grids(),
        cellPixels);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** A row per layer. */
  private Diagram.Section table() {
    List<List<String>> heads = new ArrayList<>();
    for (int start = 0; start < starts.size(); start++) {
      for (int octave : octaves) {
        heads.add(
            List.of(
                startName(start).replaceFirst("^" + Gradient.PREFIX, ""),
                Counted.of(octave, "octave")));
      }
    }
    List<Diagram.Row> rows = new ArrayList<>();
    for (Part part : parts) {
      List<Diagram.Cell> row = new ArrayList<>();
      for (int start = 0; start < starts.size(); start++) {
        for (int octave : octaves) {
          row.add(cells.get(new Key(part, start, octave)));
        }
      }
      rows.add(new Diagram.Row(part.label(), row));
    }
    return new Diagram.Section("", heads, rows);
  }

  /** All channels together, once for each start and number of octaves. */
  private List<Diagram.Section> grids() {
    List<Diagram.Section> sections = new ArrayList<>();
    for (int start = 0; start < starts.size(); start++) {
      for (int octave : octaves) {
        List<Diagram.Row> rows = new ArrayList<>();
        for (int from = 0; from < parts.size(); from += CHANNEL_COLUMNS) {
          List<Diagram.Cell> row = new ArrayList<>();
          for (Part part : parts.subList(from, Math.min(parts.size(), from + CHANNEL_COLUMNS))) {
            row.add(cells.get(new Key(part, start, octave)));
          }
          rows.add(new Diagram.Row("", row));
        }
        String title =
            "%s, channel by channel, from %s, %s"
                .formatted(request.layers().get(0), startName(start), Counted.of(octave, "octave"));
        sections.add(new Diagram.Section(title, List.of(), rows));
      }
    }
    return sections;
  }

  /** What was drawn, without paths; each cell's own print holds the recipe that makes it again. */
  private String recipe() {
    Brain drawn = brain.brain();
    Map<String, Object> atlas = new LinkedHashMap<>();
    atlas.put("brain", drawn.name());
    atlas.put("brain-hash", drawn.hash());
    atlas.put("layers", parts.stream().map(Part::layer).toList());
    List<String> from = new ArrayList<>();
    for (int start = 0; start < starts.size(); start++) {
      from.add(startName(start));
    }
    atlas.put("starts", from);
    atlas.put("octaves", octaves);
    atlas.put("cell-pixels", cellPixels);
    Map<String, Map<String, Object>> settings =
        Recipe.of(job(parts.get(0).layer(), 0, octaves.get(0), new Path(folder, "any.png")));
    settings.remove("input");
    settings.get("dream").keySet().removeAll(List.of("layers", "octaves"));
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("atlas", atlas);
    whole.put("settings", settings);
    try {
      return new ObjectMapper().writeValueAsString(whole);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a recipe holds text, numbers and lists only", e);
    }
  }
}
