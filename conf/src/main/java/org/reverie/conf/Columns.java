package org.reverie.conf;

/** How much room text takes where every letter has one width, as in a terminal. */
public final class Columns {
  /**
   * First and last characters of what is two columns wide: Hangul, Chinese, Japanese and Yi
   * writing, full-width forms, pictures (Unicode Standard Annex 11, W and F).
   */
  private static final int[][] WIDE = {
    {0x1100, 0x115F},
    {0x2E80, 0x303E},
    {0x3041, 0xA4CF},
    {0xA960, 0xA97C},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE6B},
    {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x16FE0, 0x18DF1},
    {0x1B000, 0x1B2FB},
    {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
  };

  private Columns() {}

  /** The columns of a line; accents that stand on the letter before take none. */
  public static int of(String line) {
    return line.codePoints().map(Columns::of).sum();
  }

  private static int of(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(character) ? 2 : 1;
    };
  }

  private static boolean isWide(int character) {
    for (int[] range : WIDE) {
      if (character >= range[0] && character <= range[1]) {
        return true;
      }
    }
    return false;
  }

  /** A text whose control characters, which may end a line, are spaces. */
  public static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
