package org.reverie.executor.brain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.reverie.conf.Columns;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Elu;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.tiling.LayerGeometry;

/**
 * What a person wants to know of a brain before dreaming with it.
 *
 * @param loaded the brain, and what was kept out of it
 * @param rows its layers without the input, in their order
 * @param parameters numbers that were learnt, or set: weights, biases, slopes, factors
 */
public record BrainCard(LoadedBrain loaded, List<Row> rows, long parameters) {
  private static final List<String> HEADINGS =
      List.of("layer", "what it is", "channels", "stride", "sees", "exact halo");
  private static final int TEXT_COLUMNS = 2;

  /** Of a line of classes. */
  private static final int LINE_COLUMNS = 100;

  public BrainCard {
    rows = List.copyOf(rows);
  }

  /**
   * A layer that can be dreamt.
   *
   * @param layer its name
   * @param kind what it is, for people
   * @param channels of its output
   * @param geometry stride and receptive field, pixels
   * @param preferred whether it is worth dreaming by the brain's own account
   */
  public record Row(
      String layer, String kind, int channels, LayerGeometry geometry, boolean preferred) {}

  /** The card of a brain. */
  public static BrainCard of(LoadedBrain loaded) {
    Brain brain = loaded.brain();
    ReceptiveFields fields = ReceptiveFields.of(brain);
    List<Row> rows = new ArrayList<>();
    long parameters = 0;
    for (int i = 0; i < brain.layers().size(); i++) {
      Layer layer = brain.layers().get(i);
      parameters += parameters(layer.operation());
      if (!(layer.operation() instanceof Input)) {
        rows.add(
            new Row(
                layer.name(),
                kind(layer.operation()),
                layer.channels(),
                fields.geometry(i),
                brain.preferredLayers().contains(layer.name())));
      }
    }
    return new BrainCard(loaded, rows, parameters);
  }

  /**
   * What was measured of some layers, beside what is known of all.
   *
   * @param heading of the column
   * @param cells by the layer's name; {@code -} where a layer has none
   */
  public record Column(String heading, Map<String, String> cells) {
    public Column {
      cells = Map.copyOf(cells);
    }
  }

  /** The card as plain text, lines ended by {@code \n}. */
  public String text() {
    return text(List.of(), List.of());
  }

  /**
   * The same with what was measured.
   *
   * @param measured further columns
   * @param memory what dreaming takes, a line each
   */
  public String text(List<Column> measured, List<String> memory) {
    Brain brain = loaded.brain();
    StringBuilder text = new StringBuilder();
    text.append("brain ").append(brain.name()).append('\n');
    text.append(String.format(Locale.ROOT, "  parameters  %,d\n", parameters));
    text.append(
        String.format(
            Locale.ROOT,
            "  mean        %s (%s)\n",
            Arrays.toString(brain.mean()),
            brain.colourOrder()));
    if (!brain.preferredLayers().isEmpty()) {
      text.append("  dreams      ").append(String.join(", ", brain.preferredLayers())).append('\n');
    }
    text.append("  hash        ").append(brain.hash()).append('\n');
    for (String note : loaded.notes()) {
      text.append("  note        ").append(note).append('\n');
    }
    for (String line : memory) {
      text.append("  memory      ").append(line).append('\n');
    }
    List<String> headings = new ArrayList<>(HEADINGS);
    measured.forEach(column -> headings.add(column.heading()));
    List<List<String>> table = new ArrayList<>();
    table.add(headings);
    for (Row row : rows) {
      List<String> cells = new ArrayList<>(cells(row));
      measured.forEach(column -> cells.add(column.cells().getOrDefault(row.layer(), "-")));
      table.add(cells);
    }
    text.append("\nlayers that can be dreamt (* is worth it)\n");
    appendTable(text, table);
    appendClasses(text);
    appendKeptOut(text, "dropped, since only training needs it", true);
    appendKeptOut(text, "kept out", false);
    return text.toString();
  }

  private static List<String> cells(Row row) {
    boolean bounded = row.geometry().bounded();
    return List.of(
        (row.preferred() ? "* " : "  ") + row.layer(),
        row.kind(),
        Integer.toString(row.channels()),
        row.geometry().stride() + " px",
        bounded ? row.geometry().receptiveField() + " px" : "everything",
        bounded ? row.geometry().exactHalo() + " px" : "-");
  }

  private static void appendTable(StringBuilder text, List<List<String>> table) {
    int columns = table.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : table) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Columns.of(row.get(i)));
      }
    }
    for (List<String> row : table) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String space = " ".repeat(widths[i] - Columns.of(row.get(i)));
        line.append("  ").append(i < TEXT_COLUMNS ? row.get(i) + space : space + row.get(i));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private void appendClasses(StringBuilder text) {
    if (loaded.classes().isEmpty()) {
      return;
    }
    text.append("\nwhat the channels of ")
        .append(rows.get(rows.size() - 1).layer())
        .append(" stand for\n");
    StringBuilder line = new StringBuilder(" ");
    for (int i = 0; i < loaded.classes().size(); i++) {
      String end = i + 1 < loaded.classes().size() ? "," : "";
      String entry = " " + i + " " + Columns.oneLine(loaded.classes().get(i)) + end;
      if (Columns.of(line + entry) > LINE_COLUMNS) {
        text.append(line).append('\n');
        line = new StringBuilder(" ");
      }
      line.append(entry);
    }
    text.append(line).append('\n');
  }

  private void appendKeptOut(StringBuilder text, String heading, boolean dropped) {
    List<KeptOut> layers =
        loaded.keptOut().stream()
            .filter(layer -> (layer.cause() == KeptOut.Cause.DROPPED) == dropped)
            .toList();
    if (layers.isEmpty()) {
      return;
    }
    text.append('\n').append(heading).append('\n');
    List<List<String>> table = new ArrayList<>();
    for (KeptOut layer : layers) {
      table.add(List.of("  " + layer.layer(), layer.type(), layer.reason()));
    }
    int[] widths = new int[TEXT_COLUMNS];
    for (List<String> row : table) {
      for (int i = 0; i < TEXT_COLUMNS; i++) {
        widths[i] = Math.max(widths[i], Columns.of(row.get(i)));
      }
    }
    for (List<String> row : table) {
      for (int i = 0; i < TEXT_COLUMNS; i++) {
        text.append("  ").append(row.get(i)).append(" ".repeat(widths[i] - Columns.of(row.get(i))));
      }
      text.append("  ").append(row.get(TEXT_COLUMNS)).append('\n');
    }
  }

  private static long parameters(Operation operation) {
    if (operation instanceof Convolution c) {
      return (long) c.weights().length + c.bias().length;
    }
    if (operation instanceof Deconvolution d) {
      return (long) d.weights().length + d.bias().length;
    }
    if (operation instanceof Affine a) {
      return (long) a.multipliers().length + a.offsets().length;
    }
    return operation instanceof Prelu p ? p.slopes().length : 0;
  }

  private static String kind(Operation operation) {
    if (operation instanceof Convolution c) {
      return "convolution "
          + window(c.kernelHeight(), c.kernelWidth(), c.strideHeight(), c.strideWidth());
    } else if (operation instanceof Deconvolution d) {
      return "deconvolution "
          + window(d.kernelHeight(), d.kernelWidth(), d.strideHeight(), d.strideWidth());
    } else if (operation instanceof Pooling p) {
      return (p.pool() == Pool.MAX ? "maximum " : "average ")
          + window(p.kernelHeight(), p.kernelWidth(), p.strideHeight(), p.strideWidth());
    } else if (operation instanceof GlobalPooling p) {
      return (p.pool() == Pool.MAX ? "maximum" : "average") + " of all";
    } else if (operation instanceof Relu || operation instanceof Prelu) {
      return "rectifier";
    } else if (operation instanceof Elu) {
      return "exponential rectifier";
    } else if (operation instanceof Sigmoid) {
      return "sigmoid";
    } else if (operation instanceof Tanh) {
      return "hyperbolic tangent";
    } else if (operation instanceof Absolute) {
      return "absolute value";
    } else if (operation instanceof Power) {
      return "power";
    } else if (operation instanceof Affine) {
      return "scale and offset";
    } else if (operation instanceof Lrn) {
      return "normalisation";
    } else if (operation instanceof Eltwise e) {
      return e.combine().name().toLowerCase(Locale.ROOT);
    } else if (operation instanceof Concat) {
      return "concatenation";
    } else if (operation instanceof Slice s) {
      return "channels " + s.from() + " to " + (s.to() - 1);
    } else if (operation instanceof Identity) {
      return "copy";
    }
    throw new AssertionError(operation);
  }

  private static String window(
      int kernelHeight, int kernelWidth, int strideHeight, int strideWidth) {
    String stride =
        strideHeight == strideWidth
            ? Integer.toString(strideHeight)
            : strideHeight + " x " + strideWidth;
    return kernelHeight + " x " + kernelWidth + " / " + stride;
  }
}
