package org.reverie.driver.spark;

import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** The one Spark context of a test JVM; Spark's own shutdown hook stops it. */
final class LocalSpark {
  static final int SLOTS = 2;

  private static JavaSparkContext context;

  private LocalSpark() {}

  static synchronized JavaSparkContext context() {
    if (context == null) {
      long start = System.nanoTime();
      context = SparkContexts.open("tests", Optional.empty(), SLOTS);
      System.out.printf("local Spark started in %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }
    return context;
  }
}
