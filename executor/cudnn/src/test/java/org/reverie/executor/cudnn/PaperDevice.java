package org.reverie.executor.cudnn;

import java.nio.ByteBuffer;

/**
 * A device on paper: programs can be written for it and nothing can be done on it.
 *
 * @param flexible whether it takes convolutions that are not ordinary
 */
record PaperDevice(boolean flexible) implements Device {
  @Override
  public ProgramWriter.Workspaces workspaces() {
    return new ProgramWriter.Workspaces() {
      @Override
      public long bytes(Step.Convolution convolution) {
        return 0;
      }

      @Override
      public boolean takes(Step.Convolution convolution) {
        return flexible;
      }

      @Override
      public long productBytes() {
        return 0;
      }
    };
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
