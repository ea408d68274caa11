package org.reverie.driver.training;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** Folders of pictures as tests want them. */
final class Pictures {
  private Pictures() {}

  /** Two classes that anything can tell apart: upright stripes and lying ones. */
  static void stripes(Path folder, String upright, String lying, int each) throws IOException {
    for (int i = 0; i < each; i++) {
      write(folder.resolve(upright).resolve(i + ".png"), stripes(40, true, i));
      write(folder.resolve(lying).resolve(i + ".png"), stripes(40, false, i));
    }
  }

  static BufferedImage stripes(int size, boolean upright, int which) {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    pen.setColor(Color.getHSBColor(which * 0.37f, 0.4f, 0.9f));
    pen.fillRect(0, 0, size, size);
    pen.setColor(Color.getHSBColor(which * 0.61f, 0.8f, 0.3f));
    int pitch = 6 + which % 5;
    for (int at = which % pitch; at < size; at += pitch) {
      if (upright) {
        pen.fillRect(at, 0, pitch / 2, size);
      } else {
        pen.fillRect(0, at, size, pitch / 2);
      }
    }
    pen.dispose();
    return image;
  }

  /** A TIFF of upright stripes on every page. */
  static void pages(Path file, int pages) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int page = 0; page < pages; page++) {
        writer.writeToSequence(new IIOImage(stripes(40, true, page), null, null), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
  }

  static void write(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  static FileSystem files() throws IOException {
    return FileSystem.getLocal(new Configuration()).getRaw();
  }

  static org.apache.hadoop.fs.Path path(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }
}
