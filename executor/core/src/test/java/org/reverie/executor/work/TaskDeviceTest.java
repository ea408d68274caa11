package org.reverie.executor.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TaskDeviceTest {
  @Test
  void aDeviceIsItsThreadsAloneAndOnlyMeanwhile() {
    assertEquals(Optional.empty(), TaskDevice.address());
    assertEquals(
        "1 then none then 1",
        TaskDevice.with(
            Optional.of("1"),
            () ->
                address()
                    + " then "
                    + TaskDevice.with(Optional.empty(), TaskDeviceTest::address)
                    + " then "
                    + address()));
    String elsewhere =
        TaskDevice.with(
            Optional.of("1"),
            () ->
                CompletableFuture.supplyAsync(TaskDeviceTest::address, Runnable::run).join()
                    + CompletableFuture.supplyAsync(TaskDeviceTest::address).join());
    assertEquals("1none", elsewhere);
    assertThrows(
        IllegalStateException.class,
        () ->
            TaskDevice.with(
                Optional.of("2"),
                () -> {
                  throw new IllegalStateException();
                }));
    assertEquals(Optional.empty(), TaskDevice.address());
  }

  private static String address() {
    return TaskDevice.address().orElse("none");
  }
}
