package org.reverie.driver.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * Writes a record's components in order and reads them through its canonical constructor: Kryo
 * 4.0.2, which Spark 3.5 ships, sets fields by Unsafe offsets, and records have none. Takes flat
 * records only: components are primitives, strings, enums, arrays, or other such records.
 */
public final class RecordSerializer<T extends Record> extends Serializer<T> {
  private final RecordComponent[] components;
  private final Constructor<T> constructor;

  public RecordSerializer(Class<T> type) {
    super(true, true);
    components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    for (RecordComponent component : components) {
      if (!flat(component.getType())) {
        throw new IllegalArgumentException(type + " is not flat: " + component);
      }
      component.getAccessor().setAccessible(true);
    }
    try {
      constructor = type.getDeclaredConstructor(types);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
    constructor.setAccessible(true);
  }

  @Override
  public void write(Kryo kryo, Output output, T value) {
    for (RecordComponent component : components) {
      Object part;
      try {
        part = component.getAccessor().invoke(value);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(component.toString(), e);
      }
      Class<?> type = component.getType();
      if (type.isPrimitive()) {
        kryo.writeObject(output, part);
      } else {
        kryo.writeObjectOrNull(output, part, type);
      }
    }
  }

  @Override
  public T read(Kryo kryo, Input input, Class<T> type) {
    Object[] parts = new Object[components.length];
    for (int i = 0; i < parts.length; i++) {
      Class<?> part = components[i].getType();
      parts[i] =
          part.isPrimitive() ? kryo.readObject(input, part) : kryo.readObjectOrNull(input, part);
    }
    try {
      return constructor.newInstance(parts);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("a " + type.getSimpleName() + " refuses what came", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.toString(), e);
    }
  }

  private static boolean flat(Class<?> type) {
    return type.isPrimitive()
        || type == String.class
        || type.isEnum()
        || type.isRecord()
        || (type.isArray() && flat(type.getComponentType()));
  }
}
