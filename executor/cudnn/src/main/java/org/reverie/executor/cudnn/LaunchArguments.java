package org.reverie.executor.cudnn;

import java.nio.ByteBuffer;

/** A launch's arguments as the kernels' {@code Arguments} lie in memory. */
final class LaunchArguments {
  private static final int POINTERS = 8;
  private static final int INTEGERS = 40;
  private static final int REALS = 8;

  /** Bytes of all of them. */
  static final int BYTES = POINTERS * Long.BYTES + INTEGERS * Integer.BYTES + REALS * Float.BYTES;

  private LaunchArguments() {}

  /** Writes them from the buffer's position on, in the buffer's byte order. */
  static void put(Step.Launch launch, Device.Addresses addresses, ByteBuffer out) {
    int start = out.position();
    if (launch.pointers().size() > POINTERS
        || launch.integers().length > INTEGERS
        || launch.reals().length > REALS) {
      throw new IllegalArgumentException("too many arguments for " + launch.kernel());
    }
    for (Place place : launch.pointers()) {
      out.putLong(addresses.of(place));
    }
    out.position(start + POINTERS * Long.BYTES);
    for (int integer : launch.integers()) {
      out.putInt(integer);
    }
    out.position(start + POINTERS * Long.BYTES + INTEGERS * Integer.BYTES);
    for (float real : launch.reals()) {
      out.putFloat(real);
    }
    out.position(start + BYTES);
  }
}
