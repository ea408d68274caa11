package org.reverie.executor.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What one device of a cluster answered.
 *
 * @param host its machine
 * @param executor the process, as the scheduler calls it
 * @param device the accelerator's address, or {@code cpu}
 * @param engine that computed
 * @param precision that it rounded values to, as {@code --precision} takes it; empty if it did not
 *     come to that and none was asked for
 * @param instructionSet or device generation that it used
 * @param megapixelsPerSecond of gradients, the median
 * @param sessionBytes that the window and the weights took
 * @param machineBytes memory of the machine
 * @param problem why there is no number; empty if there is one
 */
public record DeviceReport(
    String host,
    String executor,
    String device,
    String engine,
    String precision,
    String instructionSet,
    double megapixelsPerSecond,
    long sessionBytes,
    long machineBytes,
    String problem) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As it travels in a {@link TaskReport}. */
  byte[] encode() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("text and numbers only", e);
    }
  }

  /** Reads what {@link DeviceCheck} sent. */
  public static DeviceReport decode(byte[] bytes) {
    try {
      return JSON.readValue(bytes, DeviceReport.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same from another process. */
  DeviceReport by(String executor) {
    return new DeviceReport(
        host,
        executor,
        device,
        engine,
        precision,
        instructionSet,
        megapixelsPerSecond,
        sessionBytes,
        machineBytes,
        problem);
  }

  /** Which device it is, among all. */
  public String place() {
    return host + " " + executor + " " + device;
  }
}
