package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BuiltInBrain;
import org.reverie.tiling.plan.RenderPlan;

final class AutoHaloTest {
  /** Halos of other versions lie in the same file: another form of key needs another version. */
  @Test
  void aHaloIsKeptUnderBrainLayersAndWeights() {
    LoadedBrain brain = BuiltInBrain.read();
    BrainChoice choice =
        new BrainChoice(
            brain,
            List.of(
                new RenderPlan.Target(5, "a/layer", List.of(), 1),
                new RenderPlan.Target(12, "another", List.of(), 0.25)));
    assertEquals("2/" + brain.brain().hash() + "/5*1.0+12*0.25", AutoHalo.key(choice));
  }
}
