package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.driver.TrainingRequest;

/** What is said of a checkpoint that does not fit. */
final class TrainingSettingsTest {
  private static final TrainingRequest REQUEST = training().request();

  @Test
  void theSameSettingsFitWhateverTheEpochs() {
    TrainingSettings settings = TrainingSettings.of(REQUEST, division(9, "a1"), 2);
    assertEquals(List.of(), settings.differences(settings.text()));
    TrainingSettings longer =
        TrainingSettings.of(training().epochs(9).request(), division(9, "a1"), 2);
    assertEquals(List.of(), longer.differences(settings.text()));
  }

  @Test
  void everySettingThatDiffersIsNamed() {
    String text = TrainingSettings.of(REQUEST, division(9, "a1"), 2).text();
    TrainingSettings now =
        TrainingSettings.of(
            training().grain(4).steps(8, 3).from("brains/first: a", null).request(),
            division(9, "a1"),
            2);
    assertEquals(
        List.of(
            "--from was not given and is brains/first: a",
            "--batch was 4 and is 8",
            "--grain was 0.0 and is 4.0",
            "--batch-norm was on and is off"),
        now.differences(text));
  }

  @Test
  void otherPicturesAreCounted() {
    String text = TrainingSettings.of(REQUEST, division(9, "a1"), 2).text();
    assertEquals(
        List.of("the pictures were 10 of 2 classes and are 11 of 3 classes"),
        TrainingSettings.of(REQUEST, division(10, "b2"), 3).differences(text));
    assertEquals(
        List.of("the pictures are others, though there are 10 of 2 classes as before"),
        TrainingSettings.of(REQUEST, division(9, "b2"), 2).differences(text));
  }

  /** One kept a hash of all of it. */
  @Test
  void whatAnotherVersionKeptIsNotGuessed() {
    assertEquals(
        List.of("another version of Reverie began it"),
        TrainingSettings.of(REQUEST, division(9, "a1"), 2).differences("0f".repeat(32)));
  }

  private static SmallTraining training() {
    return new SmallTraining("images", "out");
  }

  private static Division division(int trained, String hash) {
    return new Division(Collections.nCopies(trained, 0), List.of(1), List.of(), hash);
  }
}
