package org.reverie.executor.cudnn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;

/**
 * Matrix products that read the same values, as the branches of an inception do. Backward they are
 * one: their gradients lie beside each other in one tensor, and its product with all of their
 * weights is the sum that would otherwise be read and written again for each.
 *
 * @param readers the nodes of the products
 * @param outputs channels of each
 */
record JoinedProducts(List<Integer> readers, List<Integer> outputs) {
  /** Kernels take packs of at most so many channels, and bits by so many. */
  private static final int PACK = 8;

  JoinedProducts {
    readers = List.copyOf(readers);
    outputs = List.copyOf(outputs);
  }

  /**
   * For every node that two or more products read whose gradients have to pass a rectifier in any
   * case, which puts them where they belong.
   *
   * @param absorbed see {@link Absorbed}
   */
  static Map<Integer, JoinedProducts> of(Network network, boolean[] absorbed) {
    List<Node> nodes = network.nodes();
    List<List<Integer>> consumers = network.consumers();
    Map<Integer, JoinedProducts> joined = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      List<Integer> readers = new ArrayList<>();
      List<Integer> outputs = new ArrayList<>();
      for (int reader : consumers.get(i)) {
        Node node = nodes.get(reader);
        if (node.isPointwiseConvolution()
            && node.isRectified()
            && !absorbed[reader]
            && node.targets().isEmpty()
            && ((Convolution) node.operation()).outputs() % PACK == 0) {
          readers.add(reader);
          outputs.add(((Convolution) node.operation()).outputs());
        }
      }
      if (readers.size() > 1) {
        joined.put(i, new JoinedProducts(readers, outputs));
      }
    }
    return joined;
  }

  /** Channels of all. */
  int channels() {
    return outputs.stream().mapToInt(Integer::intValue).sum();
  }

  /** The part of a tensor with all channels that belongs to one of the readers. */
  Tensor part(Tensor all, int reader) {
    int index = readers.indexOf(reader);
    int first = outputs.subList(0, index).stream().mapToInt(Integer::intValue).sum();
    return all.slice(first, outputs.get(index));
  }

  /** All products as one. */
  Convolution product(Network network) {
    int inputs = ((Convolution) network.nodes().get(readers.get(0)).operation()).inputs();
    float[] weights = new float[Math.multiplyExact(channels(), inputs)];
    float[] bias = new float[channels()];
    int first = 0;
    for (int reader : readers) {
      Convolution own = (Convolution) network.nodes().get(reader).operation();
      System.arraycopy(own.weights(), 0, weights, first * inputs, own.weights().length);
      System.arraycopy(own.bias(), 0, bias, first, own.outputs());
      first += own.outputs();
    }
    return new Convolution(inputs, channels(), 1, 1, 1, 1, 0, 0, 1, 1, 1, weights, bias);
  }
}
