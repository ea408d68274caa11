package org.reverie.executor.onednn;

import org.bytedeco.javacpp.Pointer;

/** What others left in an arena. */
final class StaleMemory {
  private static final int NOTHING = 0xFF;

  private StaleMemory() {}

  /**
   * Fills the arena of an engine's sessions with what is no number, in either element, and spreads
   * through whatever reads it before it is written.
   */
  static void fill(OnednnEngine engine, int width, int height) {
    long bytes = engine.bytesFor(width, height) - ArenaPool.LAYOUT.alignmentBytes();
    ArenaPool.Arena arena = engine.arenas().take(bytes);
    Pointer.memset(new NativeScope.Address(arena.address()), NOTHING, bytes);
    engine.arenas().giveBack(arena);
  }
}
