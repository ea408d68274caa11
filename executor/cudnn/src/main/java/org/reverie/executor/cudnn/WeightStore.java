package org.reverie.executor.cudnn;

import java.util.HashMap;
import java.util.Map;

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
    device.upload(address, form.element().encode(form.values().get()));
    addresses.put(form, address);
    return address;
  }

  @Override
  public synchronized void close() {
    addresses.values().forEach(device::free);
    addresses.clear();
  }
}
