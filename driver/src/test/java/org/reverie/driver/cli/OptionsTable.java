package org.reverie.driver.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.reverie.conf.JobKey;
import org.reverie.conf.Preset;
import org.reverie.conf.Recipe;

/** Every flag of {@code render} with its key in a job file, as Markdown for docs/options.md. */
final class OptionsTable {
  private OptionsTable() {}

  /** The table, a line per flag. */
  static String markdown() {
    Map<String, Object> defaults = Recipe.defaults();
    StringBuilder table = new StringBuilder();
    row(table, "flag", "key in a job file", "default", "what it does");
    row(table, "---", "---", "---", "---");
    row(table, code(JobOptions.JOB + " FILE"), "", "", JobOptions.JOB_DESCRIPTION);
    String presets =
        List.of(Preset.values()).stream()
            .map(preset -> code(preset.word()) + ": " + preset.purpose())
            .collect(Collectors.joining("; "));
    row(
        table,
        code(JobOptions.PRESET + " PRESET"),
        code("preset"),
        code(Preset.PRINT.word()),
        JobOptions.PRESET_DESCRIPTION + " " + presets + ".");
    for (JobKey<?> key : JobKey.all()) {
      String name = key.commandLineName();
      String flag = key.isArgument() || key.isSwitch() ? name : name + " " + key.valueLabel();
      Object value = defaults.get(key.path());
      row(
          table,
          code(flag),
          code(key.path()),
          value == null || key.isSwitch() ? "" : code(value.toString()),
          key.description());
    }
    return table.toString();
  }

  private static void row(StringBuilder table, String... cells) {
    table.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }
}
