package org.reverie.executor.brain.caffe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.LoadedBrain;

/** The brain that ships with the program. */
class BuiltInBrainTest {
  private static final int LARGEST_BYTES = 8_000_000;
  private static final int CLASSES = 40;

  private final LoadedBrain loaded = BuiltInBrain.read();
  private final Brain brain = loaded.brain();

  @Test
  void itIsAlwaysTheSame() {
    assertEquals(brain.hash(), BuiltInBrain.read().brain().hash());
    // Whoever changes the brain changes every picture made with it: say so in the change log.
    assertEquals("40086a17d32afadbb9752be5627177d3cd2934179c93ffc005c42b9ae50f6e05", brain.hash());
    assertEquals(brain.hash(), BrainCodec.decode(BrainCodec.encode(brain)).hash());
  }

  @Test
  void everyLayerWorthDreamingIsThere() {
    assertTrue(brain.preferredLayers().size() >= 6, brain.preferredLayers()::toString);
    brain.preferredLayers().forEach(loaded::layer);
    assertEquals("inception_4c/output", brain.preferredLayers().get(0));
  }

  @Test
  void itKnowsFortyClassesAndIsSmall() throws IOException {
    int classifier = brain.find("classifier/classes").orElseThrow();
    assertEquals(CLASSES, brain.layers().get(classifier).channels());
    BrainDescriptor descriptor = BrainDescriptor.parse("brain.yaml", text("brain.yaml"));
    assertEquals(CLASSES, descriptor.classes().size());
    try (InputStream in = BuiltInBrain.open("brain.caffemodel")) {
      int bytes = in.readAllBytes().length;
      assertTrue(bytes < LARGEST_BYTES, bytes + " bytes");
    }
  }

  @Test
  void itsCardSaysHowWellItSees() throws IOException {
    String card = text("card.md");
    Matcher right = Pattern.compile("([\\d.]+) % of \\d+ pictures that were kept").matcher(card);
    assertTrue(right.find(), card);
    assertTrue(Double.parseDouble(right.group(1)) >= 90, right.group());
    assertTrue(card.contains(brain.hash()), "the card is another brain's");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThrows(FileNotFoundException.class, () -> BuiltInBrain.open("other.yaml"));
  }

  private static String text(String file) throws IOException {
    try (InputStream in = BuiltInBrain.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
