package org.reverie.conf;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.reverie.conf.RenderJob.Crop;
import org.reverie.conf.RenderJob.Guide;
import org.reverie.conf.RenderJob.Halo;
import org.reverie.conf.RenderJob.WeightedChannel;
import org.reverie.conf.RenderJob.WeightedLayer;

/**
 * How the value of a key is written.
 *
 * @param label stands for the value in the help, such as {@code LENGTH}; empty for a switch
 * @param words all values, or those that are words; for the help and for completion
 * @param optional whether a job may do without a value
 * @param reader understands what was written
 * @param writer turns a value into text, a number, a boolean or a list of those, which the reader
 *     understands; null becomes {@code auto} where that is a word, and is not written else
 * @param <T> what the job record holds
 */
record ValueType<T>(
    String label,
    List<String> words,
    boolean optional,
    Reader<T> reader,
    Function<T, Object> writer) {
  static final String AUTO = "auto";

  /** Stands for all channels of a layer whose name has a colon of its own. */
  private static final String ALL_CHANNELS = "all";

  private static final Pattern REGION = Pattern.compile("(#[0-9a-fA-F]{6})=(.*)");
  private static final Pattern LENGTH_PATTERN =
      Pattern.compile("([0-9]*\\.?[0-9]+(?:[eE]-?[0-9]+)?)\\s*([a-zA-Z\"]*)");
  private static final Pattern MEMORY_PATTERN =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([kmgt]?)(i?b)?");
  private static final String MEMORY_UNITS = "kmgt";
  private static final String WHOLE_NUMBER = "[+-]?[0-9]+";

  /** Understands what was written. */
  @FunctionalInterface
  interface Reader<T> {
    T read(RawValue raw) throws MalformedValueException;
  }

  /** Understands one word or number. */
  @FunctionalInterface
  private interface TextReader<T> {
    T read(String text) throws MalformedValueException;
  }

  static ValueType<String> text(String label) {
    return scalar(label, text -> text, text -> text);
  }

  static ValueType<Integer> whole() {
    return scalar("N", ValueType::parseInteger, n -> n);
  }

  static ValueType<Long> seed() {
    return scalar("N", ValueType::parseLong, n -> n);
  }

  static ValueType<Double> number() {
    return scalar("X", ValueType::parseDouble, ValueType::plain);
  }

  static ValueType<Boolean> toggle() {
    return scalar(
        "",
        text -> {
          if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
          }
          throw new MalformedValueException("neither true nor false", "Write true or false");
        },
        on -> on);
  }

  static ValueType<Length> length() {
    return scalar("LENGTH", ValueType::parseLength, Length::toString);
  }

  static ValueType<Long> memory() {
    return scalar("MEMORY", ValueType::parseMemory, ValueType::writeMemory);
  }

  static ValueType<String> colour() {
    return scalar(
        "#RRGGBB",
        text -> {
          if (!text.matches("#[0-9a-fA-F]{6}")) {
            throw new MalformedValueException(
                "not a colour", "Write it as '#rrggbb', such as '#ffffff', in quotes");
          }
          return text.toLowerCase(Locale.ROOT);
        },
        text -> text);
  }

  /** One of a few words, each with its meaning. */
  static <T> ValueType<T> choice(Map<String, T> meanings) {
    Map<String, T> byWord = new LinkedHashMap<>(meanings);
    List<String> words = List.copyOf(byWord.keySet());
    return new ValueType<>(
        String.join("|", words),
        words,
        false,
        one(
            text -> {
              T meaning = byWord.get(text.toLowerCase(Locale.ROOT));
              if (meaning == null) {
                List<String> near = Nearest.to(text, words, 3);
                throw new MalformedValueException(
                    "not one of " + String.join(", ", words),
                    near.isEmpty()
                        ? "Write one of these"
                        : "Did you mean " + String.join(" or ", near) + "?");
              }
              return meaning;
            }),
        value ->
            byWord.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow());
  }

  static ValueType<Integer> sync() {
    return new ValueType<>(
        "octave|N",
        List.of("octave"),
        false,
        one(
            text -> {
              if (text.equals("octave")) {
                return 0;
              }
              int iterations = parseInteger(text);
              if (iterations == 0) {
                throw new MalformedValueException("no number of steps", "Write 1 or more");
              }
              return iterations;
            }),
        n -> n == 0 ? "octave" : n);
  }

  static ValueType<Halo> halo() {
    return new ValueType<>(
        "auto|exact|N",
        List.of(AUTO, "exact"),
        false,
        one(
            text ->
                switch (text) {
                  case AUTO -> new Halo(Halo.Kind.AUTO, 0);
                  case "exact" -> new Halo(Halo.Kind.EXACT, 0);
                  default -> new Halo(Halo.Kind.GIVEN, parseInteger(text));
                }),
        halo ->
            switch (halo.kind()) {
              case AUTO -> AUTO;
              case EXACT -> "exact";
              case GIVEN -> halo.pixels();
            });
  }

  static ValueType<Crop> crop() {
    return list(
        "X,Y,W,H",
        raw -> {
          List<Long> numbers = new ArrayList<>();
          for (RawValue item : items(raw)) {
            if (!(item instanceof RawValue.Text text) || !text.text().matches(WHOLE_NUMBER)) {
              throw notFourNumbers();
            }
            numbers.add(parseLong(text.text()));
          }
          if (numbers.size() != 4) {
            throw notFourNumbers();
          }
          return new Crop(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
        },
        crop -> List.of(crop.x(), crop.y(), crop.width(), crop.height()));
  }

  private static MalformedValueException notFourNumbers() {
    return new MalformedValueException(
        "not four whole numbers",
        "Write the left, the top, the width and the height, such as 0,0,600,400");
  }

  static ValueType<List<Double>> mean() {
    return list(
        "A,B,C",
        raw -> {
          List<Double> numbers = new ArrayList<>();
          for (RawValue item : items(raw)) {
            numbers.add(parseDouble(textOf(item)));
          }
          return List.copyOf(numbers);
        },
        numbers -> numbers.stream().map(ValueType::plain).toList());
  }

  static ValueType<List<WeightedLayer>> layers() {
    return list(
        "NAME[:CHANNELS][=WEIGHT]",
        raw -> {
          if (raw instanceof RawValue.Text text && text.text().equals(AUTO)) {
            return List.of();
          }
          List<WeightedLayer> layers = new ArrayList<>();
          for (RawValue item : items(raw)) {
            layers.add(parseLayer(textOf(item)));
          }
          return List.copyOf(layers);
        },
        layers -> layers.isEmpty() ? AUTO : layers.stream().map(ValueType::writeLayer).toList());
  }

  /** One for everywhere, or several with the colours of their regions. */
  static ValueType<List<Guide>> guides() {
    return new ValueType<>(
        "[#RRGGBB=]IMAGE",
        List.of(),
        true,
        raw -> {
          // A gradient's stops have commas between them, so that one text is one guide.
          List<RawValue> items = raw instanceof RawValue.Many many ? many.items() : List.of(raw);
          List<Guide> guides = new ArrayList<>();
          for (RawValue item : items) {
            String text = textOf(item);
            if (text.equals(JobKey.NONE)) {
              throw new MalformedValueException(
                  "none beside guides", "Give none alone; a file of that name is ./none");
            }
            Matcher matcher = REGION.matcher(text);
            guides.add(
                matcher.matches()
                    ? new Guide(matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2))
                    : new Guide(null, text));
          }
          return List.copyOf(guides);
        },
        guides -> {
          if (guides == null || guides.isEmpty()) {
            return null;
          }
          List<String> texts =
              guides.stream()
                  .map(
                      one ->
                          one.region() == null ? one.source() : one.region() + "=" + one.source())
                  .toList();
          return texts.size() == 1 ? texts.get(0) : texts;
        });
  }

  static ValueType<List<List<Integer>>> rolls() {
    return list(
        "[[X,Y],...]",
        raw -> {
          List<List<Integer>> rolls = new ArrayList<>();
          for (RawValue item : items(raw)) {
            if (!(item instanceof RawValue.Many pair) || pair.items().size() != 2) {
              throw new MalformedValueException(
                  "not a list of pairs",
                  "Write one [x, y] per iteration, such as [[3, -5], [0, 12]]");
            }
            rolls.add(
                List.of(
                    parseInteger(textOf(pair.items().get(0))),
                    parseInteger(textOf(pair.items().get(1)))));
          }
          return List.copyOf(rolls);
        },
        rolls -> rolls);
  }

  /** As this type, but {@code auto} is a value too: null, for which the planner has a rule. */
  ValueType<T> orAuto() {
    List<String> withAuto = new ArrayList<>(List.of(AUTO));
    withAuto.addAll(words);
    return new ValueType<>(
        AUTO + "|" + label,
        List.copyOf(withAuto),
        true,
        raw ->
            raw instanceof RawValue.Text text && text.text().equals(AUTO) ? null : reader.read(raw),
        value -> value == null ? AUTO : writer.apply(value));
  }

  /**
   * As this type, but a job may do without, and {@code none} says so where a job file or a print
   * below gives a value. A recipe leaves the key out then, as where nothing was said.
   */
  ValueType<T> orNone() {
    List<String> withNone = new ArrayList<>(List.of(JobKey.NONE));
    withNone.addAll(words);
    return new ValueType<>(
        JobKey.NONE + "|" + label,
        List.copyOf(withNone),
        true,
        raw ->
            raw instanceof RawValue.Text text && text.text().equals(JobKey.NONE)
                ? null
                : reader.read(raw),
        value -> value == null ? null : writer.apply(value));
  }

  /** As this type, but a job may do without. */
  ValueType<T> orNothing() {
    return new ValueType<>(
        label, words, true, reader, value -> value == null ? null : writer.apply(value));
  }

  private static <T> ValueType<T> scalar(
      String label, TextReader<T> reader, Function<T, Object> writer) {
    return new ValueType<>(label, List.of(), false, one(reader), writer);
  }

  private static <T> ValueType<T> list(String label, Reader<T> reader, Function<T, Object> writer) {
    return new ValueType<>(label, List.of(), false, reader, writer);
  }

  private static <T> Reader<T> one(TextReader<T> reader) {
    return raw -> reader.read(textOf(raw));
  }

  private static String textOf(RawValue raw) throws MalformedValueException {
    if (raw instanceof RawValue.Text text) {
      return text.text();
    }
    throw new MalformedValueException("a list where one value belongs", "Give one value");
  }

  /** The items of a list, which a flag writes as YAML or with commas between them. */
  private static List<RawValue> items(RawValue raw) throws MalformedValueException {
    if (raw instanceof RawValue.Many many) {
      return many.items();
    }
    String text = textOf(raw).strip();
    if (text.startsWith("[")) {
      return YamlText.list(text);
    }
    List<RawValue> items = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      items.add(new RawValue.Text(part.strip()));
    }
    return items;
  }

  private static int parseInteger(String text) throws MalformedValueException {
    long value = parseLong(text);
    if (value != (int) value) {
      throw new MalformedValueException("too large a number", "Give at most " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  private static long parseLong(String text) throws MalformedValueException {
    if (!text.matches(WHOLE_NUMBER)) {
      throw new MalformedValueException("not a whole number", "Write digits only, such as 4");
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new MalformedValueException("too large a number", "Give at most " + Long.MAX_VALUE, e);
    }
  }

  private static double parseDouble(String text) throws MalformedValueException {
    if (!text.matches("[+-]?[0-9]*\\.?[0-9]+([eE][+-]?[0-9]+)?")) {
      throw new MalformedValueException("not a number", "Write it as 1.4, with a point");
    }
    return Double.parseDouble(text);
  }

  private static Length parseLength(String text) throws MalformedValueException {
    Matcher matcher = LENGTH_PATTERN.matcher(text.strip());
    if (!matcher.matches()) {
      throw new MalformedValueException(
          "not a length", "Write a number and in, mm, cm or px, such as 18in");
    }
    String symbol = matcher.group(2).toLowerCase(Locale.ROOT);
    if (symbol.isEmpty()) {
      throw new MalformedValueException(
          "a length without a unit", "Write " + text + "px, or one of in, mm, cm behind it");
    }
    for (Length.Unit unit : Length.Unit.values()) {
      if (unit.symbol().equals(symbol)) {
        double value = Double.parseDouble(matcher.group(1));
        if (!Double.isFinite(value)) {
          throw new MalformedValueException("too large a length", "Give a smaller one");
        }
        return new Length(value, unit);
      }
    }
    throw new MalformedValueException(
        "a length in an unknown unit", "Write in, mm, cm or px behind the number");
  }

  private static long parseMemory(String text) throws MalformedValueException {
    Matcher matcher = MEMORY_PATTERN.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new MalformedValueException(
          "not an amount of memory", "Write a number and m or g, such as 8g");
    }
    int shift = 10 * (MEMORY_UNITS.indexOf(matcher.group(2)) + 1);
    if (matcher.group(2).isEmpty()) {
      shift = 0;
    }
    BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << shift));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new MalformedValueException("more memory than there can be", "Give a smaller amount");
    }
    // Bytes of which there are enough may be meant, and a recipe writes such as are no whole KiB.
    boolean bare = matcher.group(2).isEmpty() && matcher.group(3) == null;
    if (bare && bytes.compareTo(BigDecimal.valueOf(JobRules.MIN_MEMORY_BYTES)) < 0) {
      throw new MalformedValueException(
          "an amount of memory without a unit", "Write m or g behind it, such as 8g");
    }
    return bytes.longValue();
  }

  private static String writeMemory(long bytes) {
    int unit = -1;
    long amount = bytes;
    while (amount > 0 && amount % 1024 == 0 && unit < MEMORY_UNITS.length() - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + (unit < 0 ? "" : MEMORY_UNITS.substring(unit, unit + 1));
  }

  private static WeightedLayer parseLayer(String text) throws MalformedValueException {
    int equals = text.lastIndexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    if (name.isBlank()) {
      throw new MalformedValueException(
          "a layer without a name", "Write a layer's name, or name=weight");
    }
    double weight = equals < 0 ? 1 : parseDouble(text.substring(equals + 1));
    int colon = name.lastIndexOf(':');
    if (colon < 0) {
      return new WeightedLayer(name, weight);
    }
    if (name.substring(0, colon).isBlank()) {
      throw new MalformedValueException(
          "channels without a layer", "Write the layer's name before the colon");
    }
    return new WeightedLayer(
        name.substring(0, colon), parseChannels(name.substring(colon + 1)), weight);
  }

  /** Such as {@code 17} or {@code 17*1.0+42*0.5}; none for {@code all}. */
  private static List<WeightedChannel> parseChannels(String text) throws MalformedValueException {
    if (text.equals(ALL_CHANNELS)) {
      return List.of();
    }
    List<WeightedChannel> channels = new ArrayList<>();
    for (String part : text.split("\\+", -1)) {
      int times = part.indexOf('*');
      String channel = times < 0 ? part : part.substring(0, times);
      if (!channel.strip().matches("[0-9]+")) {
        throw new MalformedValueException(
            "a layer with channels that cannot be read: \"" + text + '"',
            "Write layer:17, or a weighted set such as layer:17*1.0+42*0.5; a layer whose name has"
                + " a colon is layer:all");
      }
      channels.add(
          new WeightedChannel(
              parseInteger(channel.strip()),
              times < 0 ? 1 : parseDouble(part.substring(times + 1).strip())));
    }
    return List.copyOf(channels);
  }

  private static String writeLayer(WeightedLayer layer) {
    StringBuilder text = new StringBuilder(layer.name());
    if (!layer.channels().isEmpty()) {
      text.append(':').append(writeChannels(layer.channels()));
    } else if (layer.name().contains(":")) {
      text.append(':').append(ALL_CHANNELS);
    }
    if (layer.weight() != 1 || layer.name().contains("=")) {
      text.append('=').append(plain(layer.weight()));
    }
    return text.toString();
  }

  /** As {@link #layers} reads them behind a layer's colon. */
  private static String writeChannels(List<WeightedChannel> channels) {
    return channels.stream()
        .map(one -> one.channel() + (one.weight() == 1 ? "" : "*" + plain(one.weight())))
        .collect(Collectors.joining("+"));
  }

  /** A whole number without a point, so that 300 is not written as 300.0. */
  private static Object plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? (Object) (long) value
        : (Object) value;
  }
}
