package org.reverie.conf;

import java.math.BigDecimal;
import java.util.Locale;

/** Numbers of things as people say them. */
public final class Counted {
  private Counted() {}

  /**
   * Such as {@code 1 epoch} and {@code 1,200 epochs}.
   *
   * @param thing one of them; several of them must only take an s
   */
  public static String of(long number, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
  }

  /**
   * To the last digit, such as {@code 300}, {@code 37.5} and {@code 299.5}.
   *
   * @param value finite
   */
  public static String exactly(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
