package org.reverie.executor.cudnn;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory in which one gradient at a time is computed. All sessions of an engine share it: one
 * computes while another brings its pixels to the device or back, and memory is needed for the
 * largest window only.
 */
final class Arena {
  private final Device device;
  private final ReentrantLock lock = new ReentrantLock(true);
  private long address;
  private long bytes;
  private int generation;
  private int sessions;

  Arena(Device device) {
    this.device = device;
  }

  /** Tells that a session will use the arena. */
  void enter() {
    lock.lock();
    try {
      sessions++;
    } finally {
      lock.unlock();
    }
  }

  /** Tells that a session is over. */
  void leave() {
    lock.lock();
    try {
      sessions--;
      if (sessions == 0) {
        giveBack();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Held by who computes. */
  ReentrantLock lock() {
    return lock;
  }

  /**
   * Sees to it that the arena is large enough; the lock must be held. Recordings made in an earlier
   * generation point to memory that is gone.
   *
   * @return the generation
   * @throws org.reverie.executor.engine.OutOfDeviceMemoryException if the device has not enough
   */
  int reserve(long wanted) {
    if (bytes < wanted) {
      giveBack();
      address = device.allocate(wanted);
      bytes = wanted;
    }
    return generation;
  }

  long address() {
    return address;
  }

  private void giveBack() {
    if (bytes > 0) {
      device.free(address);
      bytes = 0;
      address = 0;
      generation++;
    }
  }
}
