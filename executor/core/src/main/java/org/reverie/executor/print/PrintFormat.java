package org.reverie.executor.print;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.UserException;

/** A file format of a print. */
public enum PrintFormat {
  /** TIFF 6.0, or BigTIFF where 4 GiB might not do. */
  TIFF(List.of("tif", "tiff"), List.of(Depth.EIGHT, Depth.SIXTEEN, Depth.FLOAT), (1L << 32) - 1),
  /** Portable Network Graphics, third edition. */
  PNG(List.of("png"), List.of(Depth.EIGHT, Depth.SIXTEEN), (1L << 31) - 1),
  /** Baseline JPEG in a JFIF file. */
  JPEG(List.of("jpg", "jpeg"), List.of(Depth.EIGHT), 65_535);

  private final List<String> endings;
  private final List<Depth> depths;
  private final long largestSide;

  PrintFormat(List<String> endings, List<Depth> depths, long largestSide) {
    this.endings = endings;
    this.depths = depths;
    this.largestSide = largestSide;
  }

  /** The depths it can hold, the smallest first. */
  public List<Depth> depths() {
    return depths;
  }

  /** The largest width or height its fields can state, pixels. */
  public long largestSide() {
    return largestSide;
  }

  /**
   * The format that a file's ending asks for.
   *
   * @param file name, path or URI
   * @throws UserException if the ending is none that is supported ({@code output-format})
   */
  public static PrintFormat of(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    String ending = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    for (PrintFormat format : values()) {
      if (format.endings.contains(ending)) {
        return format;
      }
    }
    String supported =
        Arrays.stream(values())
            .flatMap(format -> format.endings.stream())
            .map(known -> "." + known)
            .collect(Collectors.joining(", "));
    throw UserException.of(
        "output-format",
        file,
        ending.isEmpty()
            ? "the output's name has no ending to tell its format"
            : "a print cannot be written as ." + ending,
        "Use one of " + supported);
  }
}
