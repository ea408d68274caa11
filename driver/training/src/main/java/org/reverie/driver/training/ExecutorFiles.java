package org.reverie.driver.training;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/** What the executor of this process must know of file systems: what Spark was told for them. */
final class ExecutorFiles {
  private static SparkConf settings;
  private static Configuration configuration;

  private ExecutorFiles() {}

  /**
   * Hadoop's settings, with those of Spark that begin with {@code spark.hadoop.}; kept, since to
   * read Hadoop's own defaults takes longer than a batch.
   */
  static synchronized Configuration configuration() {
    SparkEnv spark = SparkEnv.get();
    SparkConf now = spark == null ? new SparkConf() : spark.conf();
    if (configuration == null || spark != null && now != settings) {
      settings = now;
      configuration = SparkHadoopUtil.get().newConfiguration(now);
    }
    return configuration;
  }
}
