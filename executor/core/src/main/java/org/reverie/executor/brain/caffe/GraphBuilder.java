package org.reverie.executor.brain.caffe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.KeptOut;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;

/**
 * Makes layers out of a definition, as many as can be made. Caffe names blobs and lets layers work
 * in place; here a blob's name is the last layer that wrote it.
 */
final class GraphBuilder {
  private static final int PICTURE_CHANNELS = 3;

  private final Definition definition;
  private final TrainingParts parts;
  private final LayerTranslator translator;
  private final List<Layer> layers = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> makers = new HashMap<>();
  private final Map<String, Obstacle> obstacles = new HashMap<>();
  private final List<KeptOut> keptOut = new ArrayList<>();
  private final List<Problem> mismatches = new ArrayList<>();

  private GraphBuilder(Definition definition, TrainingParts parts, Weights weights) {
    this.definition = definition;
    this.parts = parts;
    this.translator = new LayerTranslator(weights);
  }

  /**
   * Layers, and what did not become one.
   *
   * @param layers in an order in which every layer comes after its inputs
   * @param keptOut in the order of the file
   */
  record Graph(List<Layer> layers, List<KeptOut> keptOut) {}

  /**
   * Why a blob is not there.
   *
   * @param layer that would have made it
   * @param cause of that
   * @param reason of that
   */
  private record Obstacle(String layer, KeptOut.Cause cause, String reason) {}

  /**
   * Builds what can be built.
   *
   * @param scale what the data layer multiplies pictures by; 1 for nothing
   * @throws UserException with all layers whose weights have another shape than the definition says
   */
  static Graph build(Definition definition, TrainingParts parts, Weights weights, float scale) {
    GraphBuilder builder = new GraphBuilder(definition, parts, weights);
    builder.begin(scale);
    for (int i = 0; i < definition.layers().size(); i++) {
      builder.add(i);
    }
    if (!builder.mismatches.isEmpty()) {
      throw new UserException(builder.mismatches);
    }
    return new Graph(List.copyOf(builder.layers), List.copyOf(builder.keptOut));
  }

  private void begin(float scale) {
    int input = append(parts.startName(), List.of(), new Operation.Input(), PICTURE_CHANNELS);
    if (scale != 1) {
      Operation scaled = new Operation.Power(1, scale, 0);
      input = append(parts.startName() + "/scale", List.of(input), scaled, PICTURE_CHANNELS);
    }
    for (Definition.NetworkInput other : definition.inputs()) {
      obstacles.put(
          other.blob(),
          new Obstacle(other.blob(), KeptOut.Cause.INVALID, "it is an input besides the picture"));
    }
    makers.put(parts.startBlob(), input);
    obstacles.remove(parts.startBlob());
  }

  private void add(int index) {
    LayerParameter layer = definition.layers().get(index);
    if (index == parts.start()) {
      for (String label : layer.getTopList().subList(1, layer.getTopCount())) {
        obstacles.put(
            label, new Obstacle(label, KeptOut.Cause.DROPPED, "only training has labels"));
      }
      return;
    }
    String dropped = parts.dropped().get(index);
    if (dropped != null) {
      keptOut.add(new KeptOut(layer.getName(), layer.getType(), KeptOut.Cause.DROPPED, dropped));
      for (String top : layer.getTopList()) {
        // The data layer of the other phase, or an in-place layer of it, fills the same blob.
        if (!makers.containsKey(top)) {
          obstacles.put(top, new Obstacle(layer.getName(), KeptOut.Cause.DROPPED, dropped));
        }
      }
      return;
    }
    try {
      connect(layer);
    } catch (KeptOutException e) {
      keepOut(layer, new Obstacle(layer.getName(), e.kind(), e.getMessage()), e.getMessage());
    } catch (ShapeMismatchException e) {
      mismatches.add(
          new Problem(
              "brain-shape-mismatch",
              definition.file(),
              e.getMessage(),
              "Bring the .caffemodel that belongs to this definition"));
      keepOut(
          layer,
          new Obstacle(layer.getName(), KeptOut.Cause.INVALID, e.getMessage()),
          e.getMessage());
    }
  }

  private void connect(LayerParameter layer) throws KeptOutException, ShapeMismatchException {
    List<Integer> inputs = new ArrayList<>();
    List<Integer> channels = new ArrayList<>();
    for (String bottom : layer.getBottomList()) {
      Obstacle obstacle = obstacles.get(bottom);
      if (obstacle != null) {
        keepOut(
            layer,
            obstacle,
            "it needs " + obstacle.layer() + ", which was kept out: " + obstacle.reason());
        return;
      }
      Integer maker = makers.get(bottom);
      if (maker == null) {
        throw new KeptOutException(
            KeptOut.Cause.INVALID, "it needs blob " + bottom + ", which no layer before it makes");
      }
      inputs.add(maker);
      channels.add(layers.get(maker).channels());
    }
    List<LayerTranslator.Output> outputs = translator.translate(layer, channels);
    for (int i = 0; i < outputs.size(); i++) {
      LayerTranslator.Output output = outputs.get(i);
      String top = layer.getTop(i);
      String name = outputs.size() == 1 ? layer.getName() : layer.getName() + "/" + top;
      List<Integer> indices = output.inputs().stream().map(inputs::get).toList();
      makers.put(top, append(name, indices, output.operation(), output.channels()));
      obstacles.remove(top);
    }
    for (String top : layer.getTopList().subList(outputs.size(), layer.getTopCount())) {
      obstacles.put(
          top,
          new Obstacle(
              layer.getName() + "/" + top,
              KeptOut.Cause.UNSUPPORTED,
              "pooling masks are not made"));
    }
  }

  private void keepOut(LayerParameter layer, Obstacle root, String reason) {
    keptOut.add(new KeptOut(layer.getName(), layer.getType(), root.cause(), reason));
    for (String top : layer.getTopList()) {
      makers.remove(top);
      obstacles.put(top, root);
    }
  }

  /** Adds a layer; a second one of the same name, which Caffe allows, gets a number. */
  private int append(String name, List<Integer> inputs, Operation operation, int channels) {
    String unique = name;
    for (int number = 2; !names.add(unique); number++) {
      unique = name + "#" + number;
    }
    layers.add(new Layer(unique, inputs, operation, channels));
    return layers.size() - 1;
  }
}
