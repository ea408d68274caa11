package org.reverie.executor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TogetherTest {
  private static final int FILES = 10_000;

  @Test
  void everyFileHasItsTurn() throws IOException {
    AtomicInteger[] turns =
        IntStream.range(0, FILES).mapToObj(i -> new AtomicInteger()).toArray(AtomicInteger[]::new);
    Together.each(IntStream.range(0, FILES).toArray(), i -> turns[i].incrementAndGet());
    for (AtomicInteger each : turns) {
      assertEquals(1, each.get());
    }
  }

  @Test
  void theFirstFailureIsThrownAsItWasAndNoFileBegunThen() {
    for (Throwable failure :
        List.of(new IOException("disk"), new IllegalStateException("state"), new Error("memory"))) {
      AtomicInteger turns = new AtomicInteger();
      Throwable thrown =
          assertThrows(
              Throwable.class,
              () ->
                  Together.each(
                      IntStream.range(0, FILES).toArray(),
                      i -> {
                        turns.incrementAndGet();
                        TogetherTest.<RuntimeException>sneak(failure);
                      }));
      assertSame(failure, thrown);
      assertTrue(turns.get() <= 2 * Runtime.getRuntime().availableProcessors(), turns::toString);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }
}
