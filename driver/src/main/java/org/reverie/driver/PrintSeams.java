package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Counted;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.seam.SeamReport;
import org.reverie.tiling.seam.SeamReport.Figure;
import org.reverie.tiling.seam.SeamReport.SeamScore;

/**
 * The seam meter held against a finished print: whoever has the file can ask, without the work
 * directory and without this program having made it here.
 */
public final class PrintSeams {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REPORT = ".json";

  private final Configuration configuration = Places.configuration();
  private final Path print;
  private final Optional<JsonNode> report;

  private PrintSeams(String file) throws IOException {
    Path path = Places.path(file, configuration);
    boolean named = path.getName().toLowerCase(Locale.ROOT).endsWith(REPORT);
    if (named) {
      String name = path.getName();
      print =
          PathNames.inside(path.getParent(), name.substring(0, name.length() - REPORT.length()));
    } else {
      print = path;
    }
    report = report(named ? path : RenderReport.path(print), named);
    if (named && !Places.fileSystem(print, configuration).exists(print)) {
      throw UserException.of(
          "missing-print",
          PathNames.written(path),
          "the print that it tells of, " + print.getName() + ", is not beside it",
          "Put both into one folder, or name the print");
    }
  }

  /**
   * Measures a print, and writes the heat map beside it where there is none, or a part of one.
   *
   * @param file a print, whose recipe says where its tiles met, or a print's report
   * @return the figures, for people
   * @throws UserException if there is no print, or nothing says how it was cut
   */
  public static String measure(String file) {
    try {
      return new PrintSeams(file).measure();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String measure() throws IOException {
    try (Picture picture = Prints.open(print, configuration)) {
      RenderPlan plan = plan(picture);
      Rectangle crop = plan.crop();
      if (picture.size().width() != crop.width() || picture.size().height() != crop.height()) {
        throw UserException.of(
            "not-this-print",
            PathNames.written(print),
            "it has %s px, and its recipe made %d x %d px"
                .formatted(picture.size(), crop.width(), crop.height()),
            "Name the print as it was written, not a smaller copy of it");
      }
      SeamReport seams = Seams.measure(plan, new PrintCanvas(picture));
      return text(plan, seams, heatMap(seams));
    }
  }

  /**
   * Draws the heat map, unless the render's own is there, which knows the base as well, or
   * something else, which is kept.
   *
   * @return where it is, or why it is not, for people
   */
  private String heatMap(SeamReport seams) throws IOException {
    Path path = SeamPicture.path(print);
    List<Problem> foreign = new ArrayList<>();
    Overwriting.keep(path, "heat map", SeamPicture::isOurs, foreign, configuration);
    if (!foreign.isEmpty()) {
      return "not drawn: %s is none made by Reverie; move it away, and measure again"
          .formatted(PathNames.written(path));
    }
    if (!SeamPicture.isWhole(path, configuration)) {
      SeamPicture.write(seams, print, configuration);
    }
    return PathNames.written(path);
  }

  /** The plan in the print itself, or in the report beside it. */
  private RenderPlan plan(Picture picture) throws IOException {
    Optional<String> recipe = picture.recipe();
    if (recipe.isEmpty() && report.isPresent()) {
      recipe = Optional.of(report.get().path("plan").toString());
    }
    if (recipe.isEmpty()) {
      throw UserException.of(
          "no-recipe",
          PathNames.written(print),
          "nothing in it, and no report beside it, says how it was cut into tiles",
          "Name a print of this program, with its report beside it if its metadata were removed");
    }
    try {
      return PlanCodec.decode(recipe.get().getBytes(StandardCharsets.UTF_8));
    } catch (UncheckedIOException e) {
      throw UserException.of(
          "foreign-recipe",
          PathNames.written(print),
          "its recipe cannot be read by this version: " + e.getMessage().lines().findFirst().get(),
          "Measure it with the version that made it",
          e);
    }
  }

  private Optional<JsonNode> report(Path path, boolean wanted) throws IOException {
    try (InputStream in = Places.fileSystem(path, configuration).open(path)) {
      JsonNode read = JSON.readTree(in);
      if (read.has("plan")) {
        return Optional.of(read);
      }
    } catch (FileNotFoundException e) {
      if (wanted) {
        throw UserException.of(
            "missing-report",
            PathNames.written(path),
            "there is no such file",
            "Check the path",
            e);
      }
    } catch (JsonProcessingException e) {
      if (wanted) {
        throw UserException.of(
            "no-report", PathNames.written(path), "is not JSON", "Name a print or its report", e);
      }
    }
    if (wanted) {
      throw UserException.of(
          "no-report",
          PathNames.written(path),
          "is no report of a render: it holds no plan",
          "Name a print or its report");
    }
    return Optional.empty();
  }

  private String text(RenderPlan plan, SeamReport seams, String heatMap) {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "%s: %d x %d px, %s, each held against %s, in strips of %d px",
            print.getName(),
            seams.width(),
            seams.height(),
            Counted.of(seams.seams().size(), "seam"),
            Counted.of(seams.controlLines(), "other line"),
            seams.stripPixels()));
    if (!seams.seams().isEmpty()) {
      lines.add("");
      lines.add(line("%-20s %9s %9s %9s %6s %6s", "", "seams", "others", "+-", "z", "render's"));
      for (Figure figure : seams.figures()) {
        lines.add(
            line(
                "%-20s %9.4f %9.4f %9.4f %6.1f %6s",
                figure.name(),
                figure.seam(),
                figure.control(),
                figure.deviation(),
                figure.z(),
                reported(figure.name())));
      }
      lines.add("");
      lines.add("worst seam  " + seam(seams.seams().get(seams.worstSeam())));
      lines.add(line("worst tile  %d, edge of a core %d px", seams.worstTile(), plan.tilePixels()));
      lines.add("heat map    " + heatMap);
      lines.add("");
      // Without its base a print's own edges cannot be told from what tiles did: a cup's rim along
      // a
      // cut was z = 20 in a print, and 7.7 with the base, of which the largest of all is expected.
      lines.add("In the print alone, where edges of the picture along a cut count as well:");
    }
    lines.add(seams.verdict());
    report
        .filter(known -> !seams.seams().isEmpty())
        .ifPresent(
            known -> {
              lines.add("In the render, which knew the picture without its dream:");
              lines.add(known.path("verdict").asText());
            });
    return String.join("\n", lines);
  }

  /** What the render itself measured, on its float canvas against its base. */
  private String reported(String figure) {
    for (JsonNode known : report.map(node -> node.at("/seams/figures")).orElse(JSON.nullNode())) {
      if (known.path("name").asText().equals(figure)) {
        return line("%.1f", known.path("z").asDouble());
      }
    }
    return "";
  }

  private static String seam(SeamScore seam) {
    boolean vertical = seam.across() == Axis.X;
    return line(
        "%s %d, %s %d to %d, between tiles %d and %d: step %.3f (z %.1f), level %.2f (z %.1f),"
            + " detail %.3f (z %.1f), texture %.3f (z %.1f)",
        vertical ? "column" : "row",
        seam.position(),
        vertical ? "rows" : "columns",
        seam.from(),
        seam.to() - 1,
        seam.before(),
        seam.after(),
        seam.step(),
        seam.stepZ(),
        seam.level(),
        seam.levelZ(),
        seam.detail(),
        seam.detailZ(),
        seam.texture(),
        seam.textureZ());
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
