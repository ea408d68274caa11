package org.reverie.driver;

import java.util.List;
import org.reverie.conf.RenderJob;

public final class Cards {
  private Cards() {}

  public static String of(RenderJob.Brain brain, List<String> layers) {
    return "";
  }
}
