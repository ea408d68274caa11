package org.reverie.driver;

import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.work.RenderSetup;

/** Setups for tests that do not care how the print is encoded. */
public final class Setups {
  private Setups() {}

  public static RenderSetup of(
      byte[] plan, byte[] brain, float[][] guide, String store, String id) {
    PrintSpecification print =
        PrintSpecification.of(
            PrintFormat.PNG, 30, 20, Depth.SIXTEEN, 300, new byte[] {1, 2, 3}, "{}");
    return new RenderSetup(
        plan,
        brain,
        guide,
        new int[] {2, 5},
        new byte[] {1, 2, 3},
        store,
        print,
        1L << 40,
        id,
        new String[][] {{"fs.s3a.endpoint", "http://127.0.0.1"}});
  }
}
