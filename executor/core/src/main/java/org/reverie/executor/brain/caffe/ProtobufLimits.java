package org.reverie.executor.brain.caffe;

import com.google.protobuf.CodedInputStream;
import java.io.InputStream;

/** Caffe's weights are larger than protobuf expects of a message. */
final class ProtobufLimits {
  private ProtobufLimits() {}

  /** A reader without the customary limit of 64 MiB; 2 GiB stays the format's own. */
  static CodedInputStream unlimited(InputStream in) {
    CodedInputStream coded = CodedInputStream.newInstance(in);
    coded.setSizeLimit(Integer.MAX_VALUE);
    return coded;
  }
}
