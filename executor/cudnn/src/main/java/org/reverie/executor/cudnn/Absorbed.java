package org.reverie.executor.cudnn;

import java.util.List;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;

/** Rectifiers that need no bits of their own. */
final class Absorbed {
  private Absorbed() {}

  /**
   * For every node, whether all that read its rectified value apply the rectifier's derivative by
   * themselves, so that no bits are kept for it: a maximum pooling remembers where it found nothing
   * above 0, and a normalisation across channels keeps its input anyway.
   */
  static boolean[] of(Network network) {
    List<Node> nodes = network.nodes();
    List<List<Integer>> consumers = network.consumers();
    boolean[] absorbed = new boolean[nodes.size()];
    for (int i = 0; i < absorbed.length; i++) {
      Node node = nodes.get(i);
      absorbed[i] =
          node.slope() == 0
              && node.targets().isEmpty()
              && !consumers.get(i).isEmpty()
              && consumers.get(i).stream()
                  .map(nodes::get)
                  .allMatch(reader -> reader.isMaxPooling() || normalisesAcross(reader));
    }
    return absorbed;
  }

  private static boolean normalisesAcross(Node node) {
    return node.operation() instanceof Lrn lrn && lrn.region() == LrnRegion.ACROSS_CHANNELS;
  }
}
