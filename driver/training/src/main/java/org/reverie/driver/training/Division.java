package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.executor.place.PathNames;

/**
 * The usable pictures of a corpus, divided by their hashes, so that a picture stays on its side
 * whatever joins it later, and copies of it too.
 *
 * @param training indices into the corpus
 * @param validation indices into the corpus
 * @param skipped a line for each file that cannot be used
 * @param hash SHA-256 over class and hash of every picture that is used, in a fixed order
 */
record Division(
    List<Integer> training, List<Integer> validation, List<String> skipped, String hash) {
  private static final int FEWEST_TO_TRAIN = 2;

  /**
   * Divides.
   *
   * @param findings of the corpus' files, in their order
   * @param share of the pictures that goes to validation
   * @throws UserException if a class has fewer than two pictures to train on or none to validate
   */
  static Division of(Corpus corpus, List<Survey.Finding> findings, double share) {
    List<Integer> training = new ArrayList<>();
    List<Integer> validation = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    TreeSet<String> used = new TreeSet<>();
    int[] trained = new int[corpus.classes().size()];
    for (int i = 0; i < findings.size(); i++) {
      Survey.Finding finding = findings.get(i);
      if (!finding.problem().isEmpty()) {
        skipped.add(PathNames.written(new Path(corpus.paths()[i])) + ": " + finding.problem());
        continue;
      }
      used.add(corpus.classes().get(corpus.labels()[i]) + " " + finding.hash());
      // 32 bits of the hash, as a fraction of 1.
      double place = Long.parseLong(finding.hash().substring(0, 8), 16) * 0x1.0p-32;
      if (place < share) {
        validation.add(i);
      } else {
        training.add(i);
        trained[corpus.labels()[i]]++;
      }
    }
    skipped.addAll(corpus.leftOut());
    List<String> few = new ArrayList<>();
    for (int c = 0; c < trained.length; c++) {
      if (trained[c] < FEWEST_TO_TRAIN) {
        few.add(corpus.classes().get(c) + " (" + trained[c] + ")");
      }
    }
    if (!few.isEmpty()) {
      throw UserException.of(
          "training-too-few-pictures",
          "--images",
          "too few pictures that can be read are left to train on in "
              + Corpus.named(few)
              + skipped.stream().limit(3).map(line -> "; " + line).reduce("", String::concat),
          "Give at least " + FEWEST_TO_TRAIN + " of each class, better hundreds");
    }
    if (validation.isEmpty()) {
      throw UserException.of(
          "training-too-few-pictures",
          "--images",
          "none of " + training.size() + " pictures fell to validation",
          "Give more pictures, or a larger --validation");
    }
    return new Division(training, validation, skipped, Hashes.of(used));
  }
}
