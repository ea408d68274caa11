package org.reverie.executor.cudnn;

import java.util.HashMap;
import java.util.Map;
import org.reverie.executor.engine.EngineProvider.Precision;

/** The weights of one engine on its device, uploaded when first asked for. Thread-safe. */
final class WeightStore implements AutoCloseable {
  private final Device device;
  private final Map<WeightForm, Long> addresses = new HashMap<>();

  WeightStore(Device device) {
    this.device = device;
  }

  /** The address of some weights on the device. */
  synchronized long address(WeightForm form) {
    Long known = addresses.get(form);
    if (known != null) {
      return known;
    }
    long address = device.allocate(form.bytes());
    float[] values = form.values().get();
    if (form.multiplied() && device.precision() == Precision.TF32) {
      // Tensor cores drop what TF32 does not hold; rounded here, weights lose no magnitude by that.
      values = Element.rounded(values);
    }
    device.upload(address, form.element().encode(values));
    addresses.put(form, address);
    return address;
  }

  @Override
  public synchronized void close() {
    addresses.values().forEach(device::free);
    addresses.clear();
  }
}
