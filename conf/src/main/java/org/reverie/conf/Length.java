package org.reverie.conf;

/**
 * A length on paper or in pixels.
 *
 * @param value how many, finite and not negative
 * @param unit of what
 */
public record Length(double value, Unit unit) {
  /** Units a length may be given in. */
  public enum Unit {
    PIXEL("px", 0),
    INCH("in", 1),
    MILLIMETRE("mm", 25.4),
    CENTIMETRE("cm", 2.54);

    private final String symbol;
    private final double perInch;

    Unit(String symbol, double perInch) {
      this.symbol = symbol;
      this.perInch = perInch;
    }

    /** As written behind the number. */
    public String symbol() {
      return symbol;
    }
  }

  public Length {
    if (!Double.isFinite(value) || value < 0) {
      throw new IllegalArgumentException("length " + value);
    }
  }

  /**
   * The length in whole pixels, rounded to the nearest.
   *
   * @param pixelsPerInch resolution of the print
   */
  public long pixels(double pixelsPerInch) {
    return Math.round(unit == Unit.PIXEL ? value : value / unit.perInch * pixelsPerInch);
  }

  @Override
  public String toString() {
    String number =
        value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    return number + unit.symbol;
  }
}
