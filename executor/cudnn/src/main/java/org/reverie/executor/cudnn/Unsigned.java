package org.reverie.executor.cudnn;

import java.util.List;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;

/** Nodes whose values are never below 0, which order like whole numbers without a sign. */
final class Unsigned {
  private Unsigned() {}

  /** For every node, whether its values are never below 0. */
  static boolean[] of(Network network) {
    List<Node> nodes = network.nodes();
    boolean[] unsigned = new boolean[nodes.size()];
    for (int i = 0; i < unsigned.length; i++) {
      Node node = nodes.get(i);
      unsigned[i] =
          node.slope() == 0
              || keepsSigns(node.operation())
                  && node.inputs().stream().allMatch(input -> unsigned[input]);
    }
    return unsigned;
  }

  private static boolean keepsSigns(Operation operation) {
    return operation instanceof Pooling
        || operation instanceof GlobalPooling
        || operation instanceof Lrn
        || operation instanceof Concat
        || operation instanceof Slice
        || operation instanceof Identity;
  }
}
