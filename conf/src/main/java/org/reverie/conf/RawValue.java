package org.reverie.conf;

import java.util.List;
import java.util.stream.Collectors;

/** A value as a person wrote it, before its key says what it means. */
sealed interface RawValue {
  /** As people read it. */
  String written();

  /** A flag's value, or a scalar of YAML. */
  record Text(String text) implements RawValue {
    @Override
    public String written() {
      return '"' + text + '"';
    }
  }

  /**
   * What YAML only points at, or a list with such an item; that it is not followed has been told.
   */
  record Alias(String name) implements RawValue {
    @Override
    public String written() {
      return '*' + name;
    }
  }

  /** A list of YAML, or a flag that was given several times. */
  record Many(List<RawValue> items) implements RawValue {
    public Many {
      items = List.copyOf(items);
    }

    @Override
    public String written() {
      return items.stream().map(RawValue::written).collect(Collectors.joining(", ", "[", "]"));
    }
  }
}
