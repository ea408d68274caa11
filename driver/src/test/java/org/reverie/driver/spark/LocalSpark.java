package org.reverie.driver.spark;

import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** The one Spark of a test JVM; Spark's own shutdown hook stops it. */
public final class LocalSpark {
  public static final int SLOTS = 2;
  public static final SparkApplication APPLICATION =
      new SparkApplication(Optional.empty(), SLOTS, note -> {});

  private LocalSpark() {}

  public static synchronized JavaSparkContext context() {
    return APPLICATION.context();
  }

  /** Makes room for another Spark; started anew for whoever needs this one next. */
  public static synchronized void stop() {
    APPLICATION.close();
  }
}
