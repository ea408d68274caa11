package org.reverie.executor.print;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.tiling.Rectangle;

/** Prints of pictures that are given by a formula, for tests. */
final class Prints {
  /** A pixel's value. */
  @FunctionalInterface
  interface Formula {
    float at(int channel, long x, long y);
  }

  // Reading Hadoop's configuration takes longer than most tests here.
  private static final Configuration CONFIGURATION = new Configuration();

  private Prints() {}

  static FileSystem local() throws IOException {
    return FileSystem.getLocal(CONFIGURATION);
  }

  static org.apache.hadoop.fs.Path path(Path file) {
    return new org.apache.hadoop.fs.Path("file:" + file.toAbsolutePath());
  }

  static float[] planes(Rectangle piece, Formula formula) {
    float[] planes = new float[Math.toIntExact(3 * piece.pixels())];
    int position = 0;
    for (int c = 0; c < 3; c++) {
      for (long y = piece.y(); y < piece.bottom(); y++) {
        for (long x = piece.x(); x < piece.right(); x++) {
          planes[position++] = formula.at(c, x, y);
        }
      }
    }
    return planes;
  }

  static long write(
      FileSystem fileSystem,
      org.apache.hadoop.fs.Path out,
      Path spool,
      PrintSpecification print,
      Formula formula)
      throws IOException {
    try (PrintAssembler assembler = PrintAssembler.begin(fileSystem, out, print, spool)) {
      for (int i = 0; i < print.pieces(); i++) {
        assembler.append(PieceEncoder.encode(print, i, planes(print.piece(i), formula)));
      }
      return assembler.finish();
    }
  }

  static void write(Path file, PrintSpecification print, Formula formula) throws IOException {
    write(local(), path(file), file.getParent(), print, formula);
  }

  static Picture open(Path file) throws IOException {
    return PictureReader.open(local(), path(file), Background.WHITE);
  }
}
