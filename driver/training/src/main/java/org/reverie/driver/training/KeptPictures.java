package org.reverie.driver.training;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pictures that this process decoded, as many as a quarter of its heap holds: decoding one of 96 px
 * takes a third of the time that the network takes to learn from it. The first to come stay, since
 * with pictures that come round in turn whatever was seen last is needed last.
 */
final class KeptPictures {
  private static final long ROOM_BYTES = Runtime.getRuntime().maxMemory() / 4;
  private static final ConcurrentHashMap<Key, TrainingPicture> PICTURES = new ConcurrentHashMap<>();
  private static final AtomicLong BYTES = new AtomicLong();

  private KeptPictures() {}

  private record Key(String file, int shorter) {}

  /** The picture, or null if it is not kept. */
  static TrainingPicture get(String file, int shorter) {
    return PICTURES.get(new Key(file, shorter));
  }

  static void keep(String file, int shorter, TrainingPicture picture) {
    long bytes = picture.planes().length;
    if (BYTES.addAndGet(bytes) > ROOM_BYTES
        || PICTURES.putIfAbsent(new Key(file, shorter), picture) != null) {
      BYTES.addAndGet(-bytes);
    }
  }
}
