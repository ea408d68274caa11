package org.reverie.conf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads a job's YAML (JSON is YAML too) as keys with the values as they were written and the lines
 * they stand on. Values are not interpreted here: {@code 8} and {@code "8"} are the same.
 */
final class YamlText {
  private static final YAMLFactory FACTORY = new YAMLFactory();

  private final String source;
  private final String section;
  private final String list;
  private final List<Item> items = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Integer> lineOfPath = new HashMap<>();
  private boolean inside;
  private boolean whole = true;

  private YamlText(String source, String section, String list) {
    this.source = source;
    this.section = section;
    this.list = list;
  }

  /**
   * A key of a file.
   *
   * @param path names of the nested keys, joined by points
   * @param line where it stands, from 1
   * @param value null where there is none
   */
  record Entry(String path, int line, RawValue value) {}

  /**
   * What a text holds.
   *
   * @param entries in the order of the text
   * @param problems what is wrong with the text itself
   * @param whole whether the text was read to its end
   */
  record Content(List<Entry> entries, List<Problem> problems, boolean whole) {}

  /**
   * One of a list of jobs.
   *
   * @param line where it starts, from 1
   * @param content its keys, as if it were a text of its own
   */
  record Item(int line, Content content) {}

  /**
   * A text with a list of jobs.
   *
   * @param content everything but the list
   * @param items the list, in the order of the text
   */
  record Listing(Content content, List<Item> items) {}

  /**
   * Reads nested keys.
   *
   * @param source names the text in problems
   * @param text YAML
   */
  static Content read(String source, String text) {
    return read(source, text, "");
  }

  /**
   * Reads the keys of one section of a text that holds others too, as if it were the text.
   *
   * @param section name of an outermost key, or empty for all
   */
  static Content read(String source, String text, String section) {
    return new YamlText(source, section, "").read(text);
  }

  /**
   * Reads nested keys and, under one of the outermost, a list of jobs.
   *
   * @param list name of that key
   */
  static Listing readListing(String source, String text, String list) {
    YamlText reading = new YamlText(source, "", list);
    return new Listing(reading.read(text), List.copyOf(reading.items));
  }

  private Content read(String text) {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        readFields(parser, "");
        if (parser.nextToken() != null) {
          stop(line(parser), "a second document", "Keep one");
        }
      } else if (first != null && first != JsonToken.VALUE_NULL) {
        stop(
            line(parser),
            "a job file holds keys and values",
            "Write lines such as dream.iterations: 10");
      }
    } catch (JsonProcessingException | MarkedYAMLException e) {
      rejectSyntax(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content();
  }

  private Content content() {
    return new Content(List.copyOf(entries), List.copyOf(problems), whole);
  }

  /** Reads a list, as a flag writes it: {@code [[3, -5], [0, 12]]}. */
  static List<RawValue> list(String text) throws MalformedValueException {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == JsonToken.START_ARRAY) {
        YamlText reading = new YamlText("", "", "");
        List<RawValue> items = reading.readItems(parser, "", new ArrayList<>());
        if (reading.problems.isEmpty() && parser.nextToken() == null) {
          return items;
        }
      }
      throw new MalformedValueException("not a list", "Write it in brackets, such as [1, 2]");
    } catch (JsonProcessingException | MarkedYAMLException e) {
      throw new MalformedValueException("not a list", "Close every bracket", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a line of a source is named in a problem. */
  static String where(String path, String source, int line) {
    return path + " (" + source + " line " + line + ")";
  }

  private void readFields(YAMLParser parser, String prefix) throws IOException {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_OBJECT;
        token = parser.nextToken()) {
      String path = prefix + parser.getCurrentName();
      int line = line(parser);
      JsonToken value = parser.nextToken();
      if (prefix.isEmpty() && !section.isEmpty() && !inside) {
        if (path.equals(section) && value == JsonToken.START_OBJECT) {
          inside = true;
          readFields(parser, "");
          inside = false;
        } else {
          parser.skipChildren();
        }
        continue;
      }
      if (value == JsonToken.START_OBJECT) {
        readFields(parser, path + ".");
        continue;
      }
      if (!list.isEmpty() && path.equals(list) && value == JsonToken.START_ARRAY) {
        readJobs(parser);
        continue;
      }
      RawValue raw = readValue(parser, path);
      Integer earlier = lineOfPath.putIfAbsent(path, line);
      if (earlier == null) {
        entries.add(new Entry(path, line, raw));
      } else {
        problems.add(
            new Problem(
                "duplicate-key",
                where(path, source, line),
                "stands on line " + earlier + " already",
                "Keep one of the two"));
      }
    }
  }

  private void readJobs(YAMLParser parser) throws IOException {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      int line = line(parser);
      if (token == JsonToken.START_OBJECT) {
        YamlText item = new YamlText(source, "", "");
        item.readFields(parser, "");
        items.add(new Item(line, item.content()));
      } else {
        parser.skipChildren();
        reject(
            "wrong-type",
            line,
            "an item of " + list + " holds no keys",
            "Write keys and values behind the dash, such as - input.source: sky.jpg");
      }
    }
  }

  private RawValue readValue(YAMLParser parser, String path) throws IOException {
    JsonToken token = parser.currentToken();
    if (parser.isCurrentAlias()) {
      problems.add(
          new Problem(
              "job-file-syntax",
              where(path, source, line(parser)),
              "the alias *" + parser.getText() + " is not followed",
              "Write the value out"));
      return new RawValue.Alias(parser.getText());
    }
    if (token == JsonToken.START_ARRAY) {
      List<RawValue> items = readItems(parser, path, new ArrayList<>());
      return items.stream()
          .filter(RawValue.Alias.class::isInstance)
          .findFirst()
          .orElseGet(() -> new RawValue.Many(items));
    }
    return token == JsonToken.VALUE_NULL ? null : new RawValue.Text(parser.getText());
  }

  private List<RawValue> readItems(YAMLParser parser, String path, List<RawValue> items)
      throws IOException {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      RawValue item = null;
      int line = line(parser);
      if (token == JsonToken.START_OBJECT) {
        parser.skipChildren();
      } else {
        item = readValue(parser, path);
      }
      if (item == null) {
        problems.add(
            new Problem(
                "wrong-type",
                where(path, source, line),
                "an item of the list is no value",
                "Write plain values, such as [a, b]"));
      } else {
        items.add(item);
      }
    }
    return items;
  }

  private void rejectSyntax(Exception e) {
    int line = 0;
    String what = e.getMessage();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
        line = marked.getProblemMark().getLine() + 1;
        what = marked.getProblem();
      }
    }
    if (line == 0 && e instanceof JsonProcessingException json && json.getLocation() != null) {
      line = json.getLocation().getLineNr();
      what = json.getOriginalMessage().lines().findFirst().orElse("not YAML");
    }
    stop(line, "not YAML: " + what, "Mend the line or the one before it");
  }

  /** Rejects the text from here on. */
  private void stop(int line, String what, String remedy) {
    whole = false;
    reject("job-file-syntax", line, what, remedy);
  }

  private void reject(String code, int line, String what, String remedy) {
    problems.add(new Problem(code, source + " line " + line, what, remedy));
  }

  private static int line(YAMLParser parser) {
    return parser.getTokenLocation().getLineNr();
  }
}
