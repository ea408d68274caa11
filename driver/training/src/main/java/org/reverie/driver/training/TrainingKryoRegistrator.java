package org.reverie.driver.training;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import org.apache.spark.serializer.KryoRegistrator;
import org.datavec.spark.util.SerializableHadoopConfig;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.nd4j.kryo.Nd4jSerializer;
import org.nd4j.linalg.factory.Nd4j;
import org.reverie.driver.spark.RecordSerializer;
import org.reverie.driver.spark.ReverieKryoRegistrator;

/** Every class of a training that crosses Spark, besides those of a render. */
public final class TrainingKryoRegistrator implements KryoRegistrator {
  @Override
  public void registerClasses(Kryo kryo) {
    new ReverieKryoRegistrator().registerClasses(kryo);
    kryo.register(int[].class);
    kryo.register(Object[].class);
    kryo.register(Showing.class, new RecordSerializer<>(Showing.class));
    kryo.register(Survey.Finding.class, new RecordSerializer<>(Survey.Finding.class));
    kryo.register(Validation.Model.class, new RecordSerializer<>(Validation.Model.class));
    kryo.register(Nd4j.getBackend().getNDArrayClass(), new Nd4jSerializer());
    // DL4J's own know how to write themselves the way of Java, arrays of ND4J included.
    kryo.register(SerializableHadoopConfig.class, new JavaSerializer());
    kryo.register(NetBroadcastTuple.class, new JavaSerializer());
    kryo.register(ParameterAveragingTrainingResult.class, new JavaSerializer());
    kryo.register(ParameterAveragingAggregationTuple.class, new JavaSerializer());
    kryo.register(ParameterAveragingAggregationTuple[].class);
  }
}
