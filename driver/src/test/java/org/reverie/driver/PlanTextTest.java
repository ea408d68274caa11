package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.PlanRequest;
import org.reverie.tiling.plan.Planner;
import org.reverie.tiling.plan.RenderPlan;

class PlanTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "width: 600px              | 600 x 400 px at 300 dpi: 2.00 x 1.33 in, 8 bits per sample, dithered",
        "width: 600px, dpi: 299.5  | 600 x 400 px at 299.5 dpi: 2.00 x 1.34 in, 8 bits per sample, dithered",
        "width: 50mm, bleed: 3mm   | 661 x 464 px at 300 dpi: 56.0 x 39.3 mm with 3mm of bleed on every side, 8 bits per sample, dithered",
        "height: 5cm               | 886 x 591 px at 300 dpi: 7.50 x 5.00 cm, 8 bits per sample, dithered",
        "width: 600px, bleed: 0px  | 600 x 400 px at 300 dpi: 2.00 x 1.33 in, 8 bits per sample, dithered",
        "width: 6in, preview: true | 225 x 150 px at 37.5 dpi: 6.00 x 4.00 in, 8 bits per sample, dithered",
        "width: 600px, dither: none               | 600 x 400 px at 300 dpi: 2.00 x 1.33 in, 8 bits per sample, not dithered",
        "width: 600px, dither: noise, depth: 16   | 600 x 400 px at 300 dpi: 2.00 x 1.33 in, 16 bits per sample, too fine to need dither",
        "width: 600px, dither: none, depth: float | 600 x 400 px at 300 dpi: 2.00 x 1.33 in, float per sample, too fine to need dither",
      })
  void sizeResolutionBleedAndSamplesAreSaid(String print, String said) {
    String text = PlanText.of(plan("{out: a.tif, " + print + "}"), 0, "the only one", 1 << 20);
    assertEquals("print    " + said, text.lines().findFirst().orElseThrow());
  }

  private static RenderPlan plan(String print) {
    return Planner.plan(
        new PlanRequest(
            JobReader.read(
                List.of(JobLayer.ofYaml("job", "{input.source: a.jpg, print: " + print + "}"))),
            new Size(600, 400),
            8,
            "",
            "",
            new LayerGeometry(16, 305),
            128,
            new RenderPlan.BrainFacts("b", "", List.of(0f, 0f, 0f), true, List.of(), "", ""),
            new RenderPlan.EngineFacts("e", "FLOAT32", "", 1),
            (width, height) -> 321L * width * height,
            20L << 30,
            false));
  }
}
