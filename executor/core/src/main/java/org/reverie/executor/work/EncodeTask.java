package org.reverie.executor.work;

import java.io.IOException;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.store.Kind;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.plan.OctavePlan;

/** Encodes one piece of the print from the last octave's state. */
final class EncodeTask {
  private static final double[] NO_SUMS = {};

  private final RenderContext context;
  private final int piece;
  private final Stopwatch stopwatch = new Stopwatch();

  EncodeTask(RenderContext context, int piece) {
    this.context = context;
    this.piece = piece;
  }

  TaskReport perform() throws IOException {
    PrintSpecification print = context.setup().print();
    OctavePlan last = context.plan().last();
    Rectangle crop = context.plan().crop();
    Rectangle part = print.piece(piece).translate(crop.x(), crop.y());
    float[] canvas =
        context
            .store()
            .canvas(Kind.STATE, last.index(), last.rounds().size(), last.size())
            .read(part);
    byte[] bytes = PieceEncoder.encode(print, piece, context.colours().picture(canvas));
    return stopwatch.report(piece, NO_SUMS, 0, false, bytes);
  }
}
