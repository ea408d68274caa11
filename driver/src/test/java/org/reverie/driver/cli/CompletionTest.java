package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CompletionTest {
  @ParameterizedTest
  @CsvSource({
    "reverie ren, render",
    "reverie render --oct, --octaves --octave-scale",
    "reverie render --fit c, cover contain",
    "reverie render --preset n, notebook",
    "reverie render --crop n, none",
    "reverie atl, atlas",
    "reverie atlas --ch, --channels",
    "reverie render --gui, --guide --guide-mask --guide-size",
    "reverie completion z, zsh",
  })
  void bashCompletes(String typed, String expected, @TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash here");
    TestTerminal terminal = new TestTerminal(false, 80);
    Reverie reverie =
        new Reverie(
            (job, origin, view) -> null,
            (brain, layers) -> "",
            file -> "",
            terminal.terminal(),
            log -> {});
    assertEquals(0, reverie.run("completion", "bash").code());
    // The only word among folders would come before any of them.
    assertFalse(terminal.out().contains("# --brain values"), terminal::out);
    Path script = Files.writeString(folder.resolve("reverie"), terminal.out());
    String[] words = typed.split(" ", -1);
    String ask =
        "source '%s'; compopt() { :; }; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; COMP_POINT=%d;"
                .formatted(script, typed, words.length - 1, typed, typed.length())
            + " _complete_reverie; echo \"${COMPREPLY[@]}\"";
    Process bash = new ProcessBuilder("/bin/bash", "-c", ask).redirectErrorStream(true).start();
    String reply = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(bash.waitFor(20, TimeUnit.SECONDS));
    String replies = " " + reply.replaceAll("\\s+", " ") + " ";
    for (String word : expected.split(" ", -1)) {
      assertTrue(replies.contains(" " + word + " "), reply);
    }
  }
}
