package org.reverie.driver;

import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.TaskBody;

class InProcessRunnerTest extends TileRunnerContract {
  @Override
  protected TileRunner runner(RenderSetup setup, TaskBody body) {
    return new InProcessRunner(SLOTS, setup, body);
  }
}
