package org.reverie.tiling.plan;

import java.util.List;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Frame;
import org.reverie.tiling.lattice.Windows;

/**
 * One octave of a render.
 *
 * @param index 0 is the smallest
 * @param size of its canvas
 * @param active the part that is dreamt: everything, but for the larger octaves of a crop
 * @param mode how its tiles meet
 * @param rolls one per iteration, the same for all tiles
 * @param rounds what runs between meetings, in order
 */
public record OctavePlan(
    int index, Size size, Rectangle active, Mode mode, List<Roll> rolls, List<RoundPlan> rounds) {
  private static final int SMALLEST_COMPILED_ANEW = 512;

  /** How the tiles of an octave meet. */
  public enum Mode {
    /** The octave is one window and meets nobody. */
    WHOLE,
    /** Every iteration passes through the store: {@code sync: 1}. */
    EXACT,
    /** Tiles run the iterations of a round by themselves, then neighbours are blended. */
    ROUNDS
  }

  public OctavePlan {
    rolls = List.copyOf(rolls);
    rounds = List.copyOf(rounds);
    if (rounds.stream().mapToInt(RoundPlan::iterations).sum() != rolls.size()) {
      throw new IllegalArgumentException("rounds of octave " + index + " miss iterations");
    }
  }

  /** Whether everything is dreamt, not what a crop needs alone. */
  public boolean isWhole() {
    return active.equals(size.bounds());
  }

  /** Iterations in all. */
  public int iterations() {
    return rolls.size();
  }

  /**
   * The windows of every round. Those as short as a round's own lattice allows waste no pixels on
   * the longest piece there could be; small ones keep their sizes over all rounds, to be compiled
   * once.
   *
   * @param frame of the octave
   * @param tilePixels longest edge of a core
   */
  public List<Windows> windows(Frame frame, int tilePixels) {
    boolean own = rounds.size() == 1 || tilePixels >= SMALLEST_COMPILED_ANEW;
    return rounds.stream()
        .map(
            round ->
                own
                    ? Windows.forLattice(frame, round.lattice())
                    : Windows.forCores(frame, tilePixels))
        .toList();
  }

  /** The rolls of one round's iterations. */
  public List<Roll> rolls(RoundPlan round) {
    return rolls.subList(round.firstIteration(), round.firstIteration() + round.iterations());
  }
}
