package org.reverie.driver;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintAssembler;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.print.StandardProfile;
import org.reverie.tiling.Rectangle;

/** Pictures with colour profiles, for tests. */
public final class ProfiledPicture {
  private ProfiledPicture() {}

  /** The profile of a device that is sRGB but for its red and green, which are exchanged. */
  public static byte[] swapped() {
    ICC_Profile profile = ICC_Profile.getInstance(StandardProfile.srgb());
    byte[] red = profile.getData(ICC_Profile.icSigRedColorantTag);
    profile.setData(
        ICC_Profile.icSigRedColorantTag, profile.getData(ICC_Profile.icSigGreenColorantTag));
    profile.setData(ICC_Profile.icSigGreenColorantTag, red);
    return profile.getData();
  }

  /** The values of a colour on that device, both as 0xrrggbb. */
  public static int swapped(int colour) {
    return (colour & 0xff00) << 8 | colour >> 8 & 0xff00 | colour & 0xff;
  }

  /** The profile of a device with sRGB's primaries, whose values are light. */
  public static byte[] linear() {
    return ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
  }

  /**
   * Writes a PNG of 8 bits.
   *
   * @param colours of a pixel at (x, y), 0xrrggbb
   */
  public static void write(
      Path file, int width, int height, byte[] profile, IntBinaryOperator colours)
      throws IOException {
    PrintSpecification print =
        PrintSpecification.of(PrintFormat.PNG, width, height, Depth.EIGHT, 300, profile, "");
    try (PrintAssembler assembler =
        PrintAssembler.begin(
            FileSystem.getLocal(new Configuration()),
            new org.apache.hadoop.fs.Path(file.toUri()),
            print,
            file.getParent())) {
      for (int piece = 0; piece < print.pieces(); piece++) {
        Rectangle part = print.piece(piece);
        int plane = (int) part.pixels();
        float[] planes = new float[3 * plane];
        for (int i = 0; i < plane; i++) {
          int colour = colours.applyAsInt(i % width, (int) part.y() + i / width);
          for (int c = 0; c < 3; c++) {
            planes[c * plane + i] = colour >> (16 - 8 * c) & 255;
          }
        }
        assembler.append(PieceEncoder.encode(print, piece, planes));
      }
      assembler.finish();
    }
  }
}
