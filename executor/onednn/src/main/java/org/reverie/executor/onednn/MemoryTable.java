package org.reverie.executor.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.reverie.executor.engine.LayerMemory;
import org.reverie.executor.engine.arena.Block;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;

/** Whose a session's blocks are. */
final class MemoryTable {
  private static final int ACTIVATION = 0;
  private static final int GRADIENT = 1;
  private static final int OTHER = 2;

  private MemoryTable() {}

  /**
   * Blocks are named after the nodes they belong to; what belongs to none is the input's.
   *
   * @param network that was written
   * @param blocks of its program
   */
  static List<LayerMemory> of(Network network, List<Block> blocks) {
    long[][] bytes = new long[network.nodes().size()][3];
    for (Block block : blocks) {
      int node = owner(network.nodes(), block.name());
      bytes[node][kind(network.nodes().get(node), block.name())] += block.bytes();
    }
    List<LayerMemory> rows = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      if (Arrays.stream(bytes[i]).sum() > 0) {
        String name = network.nodes().get(i).name();
        rows.add(new LayerMemory(name, bytes[i][ACTIVATION], bytes[i][GRADIENT], bytes[i][OTHER]));
      }
    }
    return rows;
  }

  /** The node with the longest name that ends the block's. */
  private static int owner(List<Node> nodes, String block) {
    int owner = 0;
    int length = 0;
    for (int i = 0; i < nodes.size(); i++) {
      String name = nodes.get(i).name();
      if (name.length() > length && (block.equals(name) || block.endsWith(" " + name))) {
        owner = i;
        length = name.length();
      }
    }
    return owner;
  }

  private static int kind(Node owner, String block) {
    if (block.equals(owner.name())) {
      return ACTIVATION;
    }
    return block.startsWith("gradient of ") ? GRADIENT : OTHER;
  }
}
