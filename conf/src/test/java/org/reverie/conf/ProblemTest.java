package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProblemTest {
  /** As HDFS refuses a folder, with the stack of its name node in the message. */
  @Test
  void aServersStackTraceIsLeftOut() {
    String said =
        "takes no files: Permission denied: user=bob, inode=\"/closed\"\n"
            + "\tat org.apache.hadoop.FSPermissionChecker.check(FSPermissionChecker.java:506)\n"
            + "\tat org.apache.hadoop.ipc.Server$Handler.run(Server.java:2976)\n";
    assertEquals(
        "hdfs:/closed/x.tif: takes no files: Permission denied: user=bob, inode=\"/closed\"."
            + " Change its permissions",
        new Problem("no-place", "hdfs:/closed/x.tif", said, "Change its permissions").message());
  }

  @Test
  void otherLinesStay() {
    String what = "what is wrong at x\n  and at y";
    assertEquals(what, new Problem("two-lines", "", what, "").message());
  }
}
