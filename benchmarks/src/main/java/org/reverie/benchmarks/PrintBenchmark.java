package org.reverie.benchmarks;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;

/** One tile of a TIFF, 512 x 512 px, quantised and compressed on one processor. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 7, time = 1)
public class PrintBenchmark {
  /** Of a sample. */
  @Param({"EIGHT", "SIXTEEN", "FLOAT"})
  public Depth depth;

  /** Whether 8 bits are dithered. */
  @Param({"false", "true"})
  public boolean dither;

  private PrintSpecification print;
  private float[] planes;

  /** Draws the tile. */
  @Setup(Level.Trial)
  public void draw() {
    int edge = PrintSpecification.TILE_EDGE;
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
    print =
        PrintSpecification.of(PrintFormat.TIFF, edge, edge, depth, 300, profile, "{}")
            .withDither(dither);
    planes = MadeUpPixels.planes(edge, edge);
  }

  /** The tile's bytes. */
  @Benchmark
  public byte[] encodeTiffTile(Megapixels count) {
    count.add(print.piece(0).pixels());
    return PieceEncoder.encode(print, 0, planes.clone());
  }
}
