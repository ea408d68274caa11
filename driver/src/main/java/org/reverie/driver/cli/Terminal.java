package org.reverie.driver.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Where people read. Results go to {@code out}; progress, notes and problems to {@code err}.
 *
 * @param out standard output
 * @param err standard error
 * @param live whether {@code err} is a terminal, on which a line can be drawn anew
 * @param colour whether colours are wanted
 * @param columns width of the terminal, characters
 */
record Terminal(PrintStream out, PrintStream err, boolean live, boolean colour, int columns) {
  private static final int DEFAULT_COLUMNS = 80;
  private static final int MIN_COLUMNS = 40;

  /**
   * This process' own. The starting script knows best what standard error is and says so by the
   * properties {@code reverie.terminal} and {@code reverie.columns}.
   */
  @SuppressWarnings("SystemConsoleNull") // holds from JDK 22 on; this runs on 17
  static Terminal ofThisProcess() {
    String told = System.getProperty("reverie.terminal");
    boolean dumb = "dumb".equals(System.getenv("TERM"));
    boolean live = !dumb && (told == null ? System.console() != null : told.equals("true"));
    String noColour = System.getenv("NO_COLOR");
    boolean colour = live && (noColour == null || noColour.isEmpty());
    int columns = Math.max(MIN_COLUMNS, Integer.getInteger("reverie.columns", DEFAULT_COLUMNS));
    return new Terminal(
        stream(FileDescriptor.out), stream(FileDescriptor.err), live, colour, columns);
  }

  /** The same, which also writes results to another stream. */
  Terminal copiedTo(OutputStream copy) {
    OutputStream both =
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            copy.write(bytes, offset, length);
          }

          @Override
          public void write(int b) throws IOException {
            out.write(b);
            copy.write(b);
          }
        };
    return new Terminal(
        new PrintStream(both, true, Charset.defaultCharset()), err, live, colour, columns);
  }

  /** Its own stream, so that what libraries print to System.err can go elsewhere. */
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, Charset.defaultCharset());
  }
}
