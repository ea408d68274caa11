package org.reverie.executor.cudnn;

import java.nio.ByteBuffer;
import java.util.Map;
import org.reverie.executor.engine.EngineProvider.Precision;

/**
 * A device on paper: programs can be written for it and nothing can be done on it.
 *
 * @param workspaces what its libraries need and take
 */
record PaperDevice(Precision precision, ProgramWriter.Workspaces workspaces) implements Device {
  @Override
  public Map<String, String> decisions() {
    return Map.of();
  }

  @Override
  public long allocate(long bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void free(long address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void upload(long address, ByteBuffer bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Stream stream() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
