package org.reverie.executor.brain.caffe;

import java.io.IOException;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.BrainCard;

class PublishedBrainsTest {
  @Test
  void smoke() throws IOException {
    FileSystem fs = FileSystem.getLocal(new Configuration());
    for (String s : new String[] {"bvlc_googlenet","bvlc_googlenet_train_val","bvlc_reference_caffenet","gender_net","mobilenet_v1","nin_imagenet","resnet18","vgg_cnn_s"}) {
      long t=System.nanoTime();
      var b = BrainReader.read(fs, new Path(SharedFolder.file("brains/definitions/" + s + ".prototxt").toUri()), OptionalLong.of(1));
      System.out.println(BrainCard.of(b).text() + (System.nanoTime()-t)/1e9);
    }
    for (String s : new String[] {"googlenet_to_3b","squeezenet_v1.0"}) {
      var b = BrainReader.read(fs, new Path(SharedFolder.file("brains/" + s).toUri()), OptionalLong.empty());
      System.out.println(BrainCard.of(b).text());
    }
  }
}
