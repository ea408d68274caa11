package org.reverie.executor.onednn;

import java.util.List;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;

/** Where the derivatives of rectifiers are applied. */
final class Masks {
  private Masks() {}

  /**
   * For every node, the slope of the rectifier whose derivative its gradient is multiplied by once
   * complete; {@link Network#UNRECTIFIED} for none. A rectifier moves as far towards the end as it
   * can: a rectified value that is only concatenated is masked as part of the concat, and one that
   * is only pooled by its maximum is masked by the sign of the maximum, on a quarter of the values
   * or fewer, so that it need not be kept. A normalisation between the two changes nothing: it
   * keeps zeros, and what is zero takes no part in the gradients of its neighbours.
   */
  static float[] of(Network network) {
    List<Node> nodes = network.nodes();
    List<List<Integer>> consumers = network.consumers();
    float[] masks = new float[nodes.size()];
    for (int i = 0; i < masks.length; i++) {
      Node node = nodes.get(i);
      masks[i] = node.slope();
      if (node.operation() instanceof Concat) {
        float slope = masks[node.inputs().get(0)];
        boolean all = !Float.isNaN(slope);
        for (int input : node.inputs()) {
          all &=
              masks[input] == slope
                  && consumers.get(input).size() == 1
                  && nodes.get(input).targets().isEmpty();
        }
        if (all) {
          masks[i] = slope;
          node.inputs().forEach(input -> masks[input] = Network.UNRECTIFIED);
        }
      }
    }
    for (int i = 0; i < masks.length; i++) {
      if (Float.isNaN(masks[i])) {
        continue;
      }
      int last = i;
      if (masks[i] == 0 && consumers.get(i).size() == 1 && nodes.get(i).targets().isEmpty()) {
        int next = consumers.get(i).get(0);
        last = nodes.get(next).operation() instanceof Lrn ? next : i;
      }
      boolean onlyPooled =
          !consumers.get(last).isEmpty()
              && nodes.get(last).targets().isEmpty()
              && consumers.get(last).stream().allMatch(next -> nodes.get(next).isMaxPooling());
      if (onlyPooled) {
        for (int next : consumers.get(last)) {
          masks[next] = masks[i];
        }
        masks[i] = Network.UNRECTIFIED;
      }
    }
    return masks;
  }
}
