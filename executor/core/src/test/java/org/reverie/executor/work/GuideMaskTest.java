package org.reverie.executor.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.tiling.Border;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.resample.SourceArea;

/** A mask of 4 x 2, whose regions are drawn as digits. */
class GuideMaskTest {
  private static final GuideMask MASK =
      GuideMask.decode(new GuideMask(4, 2, new byte[] {0, 1, 2, 3, 4, 5, 6, 7}).encode());

  private static RenderPlan plan(Border border, Size input, SourceArea source) {
    return new RenderPlan(
        RenderPlan.VERSION,
        Map.of(),
        0,
        1,
        Resampling.PHOTOGRAPHIC,
        "",
        "",
        input,
        source,
        new Size(8, 4),
        new Rectangle(0, 0, 8, 4),
        100,
        8,
        List.of(),
        border,
        true,
        1,
        1,
        0,
        0,
        0,
        8,
        "",
        null,
        null);
  }

  private static String drawn(byte[] regions, int width) {
    StringBuilder drawing = new StringBuilder();
    for (int i = 0; i < regions.length; i++) {
      drawing.append(regions[i]).append((i + 1) % width == 0 ? "\n" : "");
    }
    return drawing.toString();
  }

  @Test
  void everyOctaveSeesTheWholeMask() {
    Size input = new Size(40, 20);
    RenderPlan plan = plan(Border.MIRROR, input, SourceArea.whole(input));
    Size octave = new Size(8, 4);
    byte[] whole = MASK.read(plan, octave, octave.bounds(), Roll.NONE);
    assertEquals("00112233\n00112233\n44556677\n44556677\n", drawn(whole, 8));
    byte[] part = MASK.read(plan, octave, new Rectangle(3, 1, 4, 2), Roll.NONE);
    assertEquals("1223\n5667\n", drawn(part, 4));
    Size small = new Size(2, 1);
    // The centres of two pixels lie on the borders of the mask's: the one behind counts.
    assertEquals("57\n", drawn(MASK.read(plan, small, small.bounds(), Roll.NONE), 2));
  }

  @Test
  void whatThePrintCutsOffTheInputItCutsOffTheMask() {
    Size input = new Size(40, 20);
    RenderPlan plan = plan(Border.MIRROR, input, new SourceArea(10, 0, 20, 20));
    Size octave = new Size(4, 4);
    byte[] whole = MASK.read(plan, octave, octave.bounds(), Roll.NONE);
    assertEquals("1122\n1122\n5566\n5566\n", drawn(whole, 4));
  }

  @Test
  void beyondTheInputTheMaskIsMirrored() {
    Size input = new Size(40, 20);
    RenderPlan plan = plan(Border.MIRROR, input, new SourceArea(-10, 0, 60, 20));
    Size octave = new Size(6, 1);
    byte[] whole = MASK.read(plan, octave, octave.bounds(), Roll.NONE);
    assertEquals("445677\n", drawn(whole, 6));
  }

  @Test
  void aWrappedFrameIsRolled() {
    Size input = new Size(40, 20);
    RenderPlan plan = plan(Border.WRAP, input, SourceArea.whole(input));
    Size octave = new Size(4, 2);
    byte[] rolled = MASK.read(plan, octave, octave.bounds(), new Roll(1, -3));
    assertEquals("7456\n3012\n", drawn(rolled, 4));
    byte[] beyond = MASK.read(plan, octave, new Rectangle(3, 1, 3, 2), Roll.NONE);
    assertEquals("745\n301\n", drawn(beyond, 3));
    assertArrayEquals(
        MASK.read(plan, octave, new Rectangle(-1, -1, 3, 2), Roll.NONE),
        MASK.read(plan, octave, new Rectangle(3, 1, 3, 2), Roll.NONE));
  }
}
