package org.reverie.driver;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.executor.store.CorruptChunkException;
import org.reverie.executor.store.Key;
import org.reverie.executor.store.MissingChunkException;
import org.reverie.executor.store.Store;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;

/**
 * Mends a work directory of which a file is damaged or gone. Whatever vouches for that file is
 * taken back, so that the next pass over the render makes it anew; if what it is made of is gone as
 * well, that pass ends here again, one step nearer to the input. Every step takes a manifest back
 * or leaves a file to be made, so it ends; and the same plan makes the same bytes again.
 */
final class Mending {
  /** A file that does not stay whole is not the render's to mend. */
  private static final int MOST_TIMES = 3;

  private final RenderPlan plan;
  private final Store store;
  private final Map<Key, Integer> times = new HashMap<>();

  Mending(RenderPlan plan, Store store) {
    this.plan = plan;
    this.store = store;
  }

  /**
   * Takes back what cannot be relied on.
   *
   * @param failure of a pass over the render
   * @return what is made anew; empty if the failure is another
   */
  Optional<Key> mend(Throwable failure) throws IOException {
    Optional<Key> key = lost(failure);
    if (key.isEmpty() || times.merge(key.get(), 1, Integer::sum) > MOST_TIMES) {
      return Optional.empty();
    }
    takeBack(key.get());
    return key;
  }

  private static Optional<Key> lost(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof MissingChunkException missing) {
        return Optional.of(missing.key());
      }
      if (cause instanceof CorruptChunkException corrupt) {
        return Key.ofFile(corrupt.file());
      }
    }
    return Optional.empty();
  }

  private void takeBack(Key key) throws IOException {
    store.delete(key);
    switch (key.kind()) {
      case INPUT -> store.deleteManifest(plan.octaves().size(), 0);
      case BASE -> {
        // An open octave makes its bases anew by itself; the notebook makes all before the first.
        reopen(plan.octaves().get(key.octave()));
        if (plan.resampling() == Resampling.NOTEBOOK) {
          reopen(plan.octaves().get(0));
        }
      }
      case STATE, GRADIENT, RESULT -> {
        OctavePlan octave = plan.octaves().get(key.octave());
        int round = madeIn(octave, key);
        if (!reopen(octave) && round >= 0) {
          store.deleteManifest(octave.index(), round);
        }
      }
    }
  }

  /** The round whose manifest vouches for planes; negative for those that every pass looks for. */
  private static int madeIn(OctavePlan octave, Key key) {
    return switch (key.kind()) {
      case STATE ->
          switch (octave.mode()) {
            case WHOLE, ROUNDS -> key.round() - 1;
            case EXACT ->
                key.round() == 0 || key.round() == octave.rounds().size() ? -1 : key.round();
          };
      case GRADIENT, RESULT -> key.round();
      case BASE, INPUT -> throw new AssertionError(key);
    };
  }

  /** If the next octave carries this one on already, everything of this one is made anew. */
  private boolean reopen(OctavePlan octave) throws IOException {
    int marker = octave.rounds().size();
    if (store.readManifest(octave.index(), marker).isEmpty()) {
      return false;
    }
    for (int round = 0; round <= marker; round++) {
      store.deleteManifest(octave.index(), round);
    }
    return true;
  }
}
