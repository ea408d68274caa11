package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;

/** What is said of a checkpoint that does not fit. */
final class TrainingSettingsTest {
  private static final List<String> CLASSES = List.of("ferns", "shells");
  private static final TrainingRequest REQUEST = training().request();

  @Test
  void theSameSettingsFitWhateverTheEpochs() {
    TrainingSettings settings = of(REQUEST, division(9, "a1"), 2);
    assertEquals(List.of(), settings.differences(settings.text()));
    TrainingSettings longer = of(training().epochs(9).request(), division(9, "a1"), 2);
    assertEquals(List.of(), longer.differences(settings.text()));
  }

  @Test
  void everySettingThatDiffersIsNamed() {
    String text = of(REQUEST, division(9, "a1"), 2).text();
    TrainingSettings now =
        of(
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
  void whatIsKnownBeforeThePicturesIsComparedWithoutThem() {
    String text = of(REQUEST, division(9, "a1"), 2).text();
    assertEquals(List.of(), TrainingSettings.known(REQUEST, 1, null, text).differences(text));
    assertEquals(
        List.of("--grain was 0.0 and is 4.0"),
        TrainingSettings.known(training().grain(4).request(), 1, null, text).differences(text));
    String earlier = text.replaceFirst("(?m)^classes: .*\\n", "");
    assertEquals(List.of(), TrainingSettings.known(REQUEST, 1, null, earlier).differences(earlier));
    assertEquals(
        List.of("another version of Reverie began it"),
        TrainingSettings.known(REQUEST, 1, null, "0f".repeat(32)).differences("0f".repeat(32)));
  }

  /** A step is one of each worker, so that another number of them would skip or repeat some. */
  @Test
  void anotherNumberOfWorkersIsAnotherTraining() {
    String text = of(REQUEST, division(9, "a1"), 2).text();
    assertEquals(
        List.of("workers were 1 and are 2 (--master says how many, or the cores of its cluster)"),
        TrainingSettings.of(REQUEST, division(9, "a1"), CLASSES, 2, trunk(110)).differences(text));
  }

  @Test
  void theWorkersAreReadFromACheckpoint() {
    TrainingSettings settings =
        TrainingSettings.of(REQUEST, division(9, "a1"), CLASSES, 12, trunk(110));
    assertEquals(OptionalInt.of(12), TrainingSettings.workers(settings.text()));
    assertEquals(OptionalInt.empty(), TrainingSettings.workers("0f".repeat(32)));
  }

  @Test
  void whatFromHoldsIsASettingToo() {
    TrainingRequest request = training().from("first", null).request();
    String text = of(request, division(9, "a1"), 2).text();
    assertEquals(List.of(), of(request, division(9, "a1"), 2).differences(text));
    assertEquals(
        List.of(
            "the brain of --from had mean [110.0, 110.0, 110.0], colours BGR and has mean [5.0, 5.0, 5.0], colours BGR"),
        TrainingSettings.of(request, division(9, "a1"), CLASSES, 1, trunk(5)).differences(text));
    Brain same = trunk(110);
    Brain cut =
        BrainCodec.hashed(
            same.name(), same.layers().subList(0, 4), same.mean(), same.colourOrder(), List.of());
    assertEquals(
        List.of("the brain of --from has another scale, or other layers or weights, than it had"),
        TrainingSettings.of(request, division(9, "a1"), CLASSES, 1, cut).differences(text));
  }

  /** By a relative path, a link or with a slash at its end: what is compared is what it holds. */
  @Test
  void aBrainIsTheSameByWhicheverPathItIsNamed() {
    String text = of(training().from("brains/first", null).request(), division(9, "a1"), 2).text();
    TrainingRequest moved = training().from("/links/first/", null).request();
    assertEquals(List.of(), of(moved, division(9, "a1"), 2).differences(text));
    assertEquals(
        List.of("--from was brains/first and is /links/first/"),
        TrainingSettings.of(moved, division(9, "a1"), CLASSES, 1, trunk(5)).differences(text));
  }

  @Test
  void otherPicturesAreCounted() {
    String text = of(REQUEST, division(9, "a1"), 2).text();
    assertEquals(
        List.of("the pictures were 10 of 2 classes and are 11 of 3 classes (new: eyes)"),
        of(REQUEST, division(10, "b2"), 3).differences(text));
    assertEquals(
        List.of("the pictures are others, though there are 10 of 2 classes as before"),
        of(REQUEST, division(9, "b2"), 2).differences(text));
  }

  @Test
  void classesThatCameAndWentAreNamed() {
    String text = of(REQUEST, division(9, "a1"), 2).text();
    assertEquals(
        List.of("the classes are others (gone: shells; new: conchs)"),
        of(REQUEST, division(9, "b2"), List.of("ferns", "conchs")).differences(text));
    List<String> many = IntStream.range(0, 9).mapToObj(i -> "class " + i).toList();
    assertEquals(
        List.of(
            "the pictures were 10 of 9 classes and are 10 of 2 classes (gone: class 0, class 1, class 2, class 3, class 4 and 4 more; new: ferns, shells)"),
        of(REQUEST, division(9, "b2"), 2).differences(of(REQUEST, division(9, "a1"), many).text()));
  }

  /** Such a training goes on; of other pictures it is only said that they are others. */
  @Test
  void aCheckpointWithoutNamesOfClassesFits() {
    String text = of(REQUEST, division(9, "a1"), 2).text().replaceFirst("(?m)^classes: .*\\n", "");
    assertFalse(text.contains("shells"), text);
    assertEquals(List.of(), of(REQUEST, division(9, "a1"), 2).differences(text));
    assertEquals(
        List.of("the pictures are others, though there are 10 of 2 classes as before"),
        of(REQUEST, division(9, "b2"), List.of("ferns", "conchs")).differences(text));
  }

  /** One kept a hash of all of it. */
  @Test
  void whatAnotherVersionKeptIsNotGuessed() {
    assertEquals(
        List.of("another version of Reverie began it"),
        of(REQUEST, division(9, "a1"), 2).differences("0f".repeat(32)));
  }

  private static SmallTraining training() {
    return new SmallTraining("images", "out");
  }

  private static TrainingSettings of(TrainingRequest request, Division division, int classes) {
    return of(request, division, List.of("ferns", "shells", "eyes").subList(0, classes));
  }

  private static TrainingSettings of(
      TrainingRequest request, Division division, List<String> classes) {
    return TrainingSettings.of(request, division, classes, 1, trunk(110));
  }

  private static Brain trunk(float mean) {
    return Architectures.trunk(Architecture.SMALL, new float[] {mean, mean, mean});
  }

  private static Division division(int trained, String hash) {
    return new Division(Collections.nCopies(trained, 0), List.of(1), List.of(), hash);
  }
}
