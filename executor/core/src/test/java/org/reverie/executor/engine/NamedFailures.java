package org.reverie.executor.engine;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Names the case in what a parameterised test throws: Surefire itself tells its number only. */
final class NamedFailures implements TestExecutionExceptionHandler {
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    boolean isCase = context.getDisplayName().startsWith("[");
    if (!isCase || thrown instanceof TestAbortedException) {
      throw thrown;
    }
    throw new AssertionError(context.getDisplayName() + ": " + thrown.getMessage(), thrown);
  }
}
