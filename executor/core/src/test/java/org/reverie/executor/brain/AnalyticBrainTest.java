package org.reverie.executor.brain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.executor.brain.Operation.Convolution;

class AnalyticBrainTest {
  private final Brain brain = AnalyticBrain.create();

  private Convolution convolution(String layer) {
    return (Convolution) brain.layers().get(brain.find(layer).orElseThrow()).operation();
  }

  @Test
  void itIsAlwaysTheSame() {
    assertEquals(brain.hash(), AnalyticBrain.create().hash());
    // Whoever changes the brain changes every picture made with it: say so in the change log.
    assertEquals("21d9f107b73789469fa5e1b3f0e0d9ed44156cc38fd6dd3b4ceae02c94083437", brain.hash());
    assertEquals(brain.hash(), BrainCodec.decode(BrainCodec.encode(brain)).hash());
    assertEquals(List.of(AnalyticBrain.WEAVE, AnalyticBrain.GABOR), brain.preferredLayers());
  }

  // 8, 9 and 13 px: the three scales still meet at one size where nothing divides evenly.
  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1", "8, 8, 1, 1", "9, 17, 2, 3", "13, 600, 2, 75", "101, 103, 13, 13"})
  void scalesMeetAtOneSize(int width, int height, int columns, int rows) {
    List<Shape> shapes = brain.shapes(width, height);
    int concat = brain.find("gabor/all").orElseThrow();
    for (int input : brain.layers().get(concat).inputs()) {
      assertEquals(new Shape(48, rows, columns), shapes.get(input));
    }
    int gabor = brain.find(AnalyticBrain.GABOR).orElseThrow();
    assertEquals(new Shape(144, rows, columns), shapes.get(gabor));
    int weave = brain.find(AnalyticBrain.WEAVE).orElseThrow();
    assertEquals(new Shape(32, rows, columns), shapes.get(weave));
  }

  @Test
  void itIsCheap() {
    int edge = 800;
    List<Shape> shapes = brain.shapes(edge, edge);
    double operations = 0;
    for (int i = 0; i < shapes.size(); i++) {
      if (brain.layers().get(i).operation() instanceof Convolution c) {
        // A multiplication and an addition, forward and once more backward to the input.
        operations += 4.0 * shapes.get(i).values() * c.weights().length / c.outputs();
      }
    }
    double perPixel = operations / edge / edge;
    assertTrue(perPixel < 18_500, perPixel + " operations per pixel");
  }

  @Test
  void aTileNeedsLittleAround() {
    ReceptiveFields fields = ReceptiveFields.of(brain);
    assertEquals(8, fields.geometry(brain.find(AnalyticBrain.WEAVE).orElseThrow()).stride());
    assertEquals(64, fields.geometry(brain.find(AnalyticBrain.WEAVE).orElseThrow()).exactHalo());
  }

  @Test
  void stripesAnswerToNothingButStripes() {
    Convolution filters = convolution("gabor/scale1/filters");
    for (int filter = 0; filter < 48; filter++) {
      double sum = 0;
      for (int i = 0; i < 3 * 49; i++) {
        sum += filters.weights()[filter * 3 * 49 + i];
      }
      assertEquals(0, sum, 1e-6, "filter " + filter + " answers to an even grey");
    }
  }

  // Taps of the same formulas evaluated by numpy in float64.
  @Test
  void weightsAreThoseOfThePrototype() {
    Convolution filters = convolution("gabor/scale2/filters");
    assertEquals(0.0035559975, filters.weights()[3 * 7 + 3], 1e-8);
    assertEquals(-0.00043567724, filters.weights()[0], 1e-8);
    assertEquals(-0.0023321235, filters.weights()[((37 * 3 + 2) * 7 + 1) * 7 + 4], 1e-8);
    Convolution forms = convolution("weave/forms");
    assertEquals(-0.01091233896904358, forms.weights()[5 * 25 + 1], 1e-8);
    assertEquals(-0.04028212030043158, form(forms, 7, 60, 3, 2), 1e-8);
    assertEquals(-0.02526270693836491, form(forms, 20, 100, 4, 4), 1e-8);
    assertEquals(-0.001302553577858047, form(forms, 31, 143, 0, 2), 1e-8);
    assertEquals(-0.0010638549828458858, form(forms, 26, 20, 1, 3), 1e-8);
  }

  private static float form(Convolution forms, int form, int stripe, int row, int column) {
    return forms.weights()[((form * 144 + stripe) * 5 + row) * 5 + column];
  }
}
