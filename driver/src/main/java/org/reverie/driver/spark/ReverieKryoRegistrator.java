package org.reverie.driver.spark;

import com.esotericsoftware.kryo.Kryo;
import org.apache.spark.serializer.KryoRegistrator;
import org.reverie.conf.RenderJob;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.TaskReport;

/**
 * Every class that crosses Spark as data. With {@code spark.kryo.registrationRequired=true} a class
 * that is not here fails where it is first sent, not where it is slow.
 */
public final class ReverieKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    // java.lang; an order is part of what crosses, so new classes go last in their package
    kryo.register(byte[].class);
    kryo.register(float[].class);
    kryo.register(float[][].class);
    kryo.register(double[].class);
    kryo.register(String[].class);
    kryo.register(String[][].class);
    kryo.register(int[].class);
    // org.reverie.conf
    kryo.register(RenderJob.Depth.class);
    // org.reverie.executor.print
    kryo.register(PrintFormat.class);
    register(kryo, PrintSpecification.class);
    // org.reverie.executor.work
    register(kryo, RenderSetup.class);
    register(kryo, TaskReport.class);
    // org.reverie.driver.spark
    register(kryo, TaskOutcome.class);
  }

  private static <T extends Record> void register(Kryo kryo, Class<T> type) {
    kryo.register(type, new RecordSerializer<>(type));
  }
}
