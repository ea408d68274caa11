package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JobKeyTest {
  @Test
  void namesAreUniqueAndDescriptionsAreSentences() {
    List<JobKey<?>> keys = JobKey.all();
    assertEquals(keys.size(), keys.stream().map(JobKey::path).distinct().count());
    assertEquals(keys.size(), keys.stream().map(JobKey::flag).distinct().count());
    for (JobKey<?> key : keys) {
      assertTrue(key.path().matches("[a-z]+\\.[a-z]+(-[a-z]+)*"), key::path);
      assertTrue(key.description().matches("[A-Z].*\\."), key::description);
    }
  }

  @Test
  void sectionsAreThoseOfTheRecordInItsOrder() {
    assertEquals(List.of("input", "print", "brain", "dream", "tiles", "run"), JobKey.sections());
  }

  @Test
  void thereIsOneKeyForEveryFieldOfTheRecord() {
    Map<String, Integer> fields = new TreeMap<>();
    for (var section : RenderJob.class.getRecordComponents()) {
      fields.put(section.getName(), section.getType().getRecordComponents().length);
    }
    Map<String, Integer> keys = new TreeMap<>();
    JobKey.all().forEach(key -> keys.merge(key.section(), 1, Integer::sum));
    assertEquals(fields, keys);
  }

  @ParameterizedTest
  @CsvSource({
    "18in, 300, 5400",
    "450 mm, 300, 5315",
    "30cm, 300, 3543",
    "5400px, 72, 5400",
    "0.5in, 300, 150",
    ".5IN, 300, 150",
    "1e2mm, 254, 1000",
  })
  void lengthsBecomePixels(String text, double dpi, long pixels) throws Exception {
    Length length = ValueType.length().reader().read(new RawValue.Text(text));
    assertEquals(pixels, length.pixels(dpi));
  }

  @ParameterizedTest
  @CsvSource({
    "8g, 8589934592, 8g",
    "512m, 536870912, 512m",
    "1.5G, 1610612736, 1536m",
    "8GiB, 8589934592, 8g",
    "8gb, 8589934592, 8g",
    "1t, 1099511627776, 1t",
    "100000001, 100000001, 100000001",
    "123b, 123, 123",
    "0b, 0, 0",
  })
  void memoryIsCountedInPowersOfTwo(String text, long bytes, String written) throws Exception {
    ValueType<Long> type = ValueType.memory();
    assertEquals(bytes, type.reader().read(new RawValue.Text(text)));
    assertEquals(written, type.writer().apply(bytes));
  }
}
