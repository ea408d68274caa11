package org.reverie.driver.atlas;

import java.util.List;
import java.util.Map;
import org.reverie.conf.JobKey;

/**
 * What an atlas is to show.
 *
 * @param layers as {@code --layer} of a render takes them; none for every block's output
 * @param channels {@code all}, or numbers and ranges such as {@code 0-31,40}; null for the layers
 *     as they are
 * @param starts formulas and pictures; none for noise and a gradient, of channels noise alone
 * @param octaves numbers of octaves, each a cell of its own; none for a few
 * @param cellPixels edge of a cell; 0 for the usual one
 * @param settings what all cells share, as flags of a render
 * @param out the sheet, a PNG; the page and the folder of cells lie beside it
 */
public record AtlasRequest(
    List<String> layers,
    String channels,
    List<String> starts,
    List<Integer> octaves,
    int cellPixels,
    Map<JobKey<?>, List<String>> settings,
    String out) {
  public AtlasRequest {
    layers = List.copyOf(layers);
    starts = List.copyOf(starts);
    octaves = List.copyOf(octaves);
    settings = Map.copyOf(settings);
  }
}
