package org.reverie.driver.spark;

import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag$;

/**
 * The numbers 0 .. tasks - 1, one per partition. What {@code parallelize} makes carries its
 * elements, through Kryo, in every task.
 */
final class TaskRange extends RDD<Integer> {
  private static final long serialVersionUID = 1L;

  private final int tasks;

  TaskRange(SparkContext context, int tasks) {
    super(
        context,
        JavaConverters.asScalaBuffer(List.<org.apache.spark.Dependency<?>>of()).toSeq(),
        ClassTag$.MODULE$.apply(Integer.class));
    this.tasks = tasks;
  }

  @Override
  public Partition[] getPartitions() {
    Partition[] partitions = new Partition[tasks];
    for (int i = 0; i < tasks; i++) {
      partitions[i] = new TaskPartition(i);
    }
    return partitions;
  }

  @Override
  public Iterator<Integer> compute(Partition split, TaskContext context) {
    return JavaConverters.asScalaIterator(List.of(split.index()).iterator());
  }

  private record TaskPartition(int index) implements Partition {}
}
