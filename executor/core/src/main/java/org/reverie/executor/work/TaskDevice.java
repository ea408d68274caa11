package org.reverie.executor.work;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The accelerator that the scheduler gave to the task of the current thread. Set by who runs tasks,
 * read by a {@link TaskBody}, so that neither must know the other's scheduler.
 */
public final class TaskDevice {
  private static final ThreadLocal<String> ADDRESS = new ThreadLocal<>();

  private TaskDevice() {}

  /** The device's address, such as {@code 0} for the first GPU; empty if none was given. */
  public static Optional<String> address() {
    return Optional.ofNullable(ADDRESS.get());
  }

  /** Runs {@code work} in this thread with the given device, or with none. */
  public static <T> T with(Optional<String> address, Supplier<T> work) {
    String before = ADDRESS.get();
    set(address.orElse(null));
    try {
      return work.get();
    } finally {
      set(before);
    }
  }

  private static void set(String address) {
    if (address == null) {
      ADDRESS.remove();
    } else {
      ADDRESS.set(address);
    }
  }
}
