package org.reverie.driver.training;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.driver.training.motif.Motif;

/** What the room of trainings must not know, and who of it knows DL4J's and oneDNN's own things. */
final class TrainingArchitectureTest {
  private static final JavaClasses TRAINING =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.reverie.driver.training");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.reverie.tiling.lattice..",
        "org.reverie.tiling.resample..",
        "org.reverie.tiling.blend..",
        "org.reverie.tiling.seam..",
        "org.reverie.tiling.plan..",
        "org.reverie.executor.work..",
        "org.reverie.executor.store..",
        "org.reverie.executor.engine..",
        "org.reverie.executor.onednn..",
        "org.reverie.executor.nd4j..",
        "org.reverie.executor.print..",
        "org.reverie.driver.cli..",
        "org.reverie.driver.batch.."
      })
  void itDoesNotKnow(String stranger) {
    noClasses().should().dependOnClassesThat().resideInAPackage(stranger).check(TRAINING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.apache..",
        "org.nd4j..",
        "org.deeplearning4j..",
        "org.bytedeco..",
        "java.nio.file..",
        "org.reverie.executor..",
        "org.reverie.conf.."
      })
  void motifsAreDrawingsAndNothingElse(String stranger) {
    noClasses()
        .that()
        .resideInAPackage("org.reverie.driver.training.motif..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(stranger)
        .check(TRAINING);
  }

  @Test
  void oneClassSpeaksToOneDnn() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.TrunkProgram(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco.dnnl..")
        .check(TRAINING);
  }

  @Test
  void picturesAndOrdersKnowNoNetwork() {
    noClasses()
        .that()
        .haveSimpleNameStartingWith("Corpus")
        .or()
        .haveSimpleNameStartingWith("Survey")
        .or()
        .haveSimpleNameStartingWith("Distortion")
        .or()
        .haveSimpleName("Division")
        .or()
        .haveSimpleName("BalancedOrder")
        .or()
        .haveSimpleName("TrainingPicture")
        .or()
        .haveSimpleName("Schedule")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.deeplearning4j..", "org.nd4j..")
        .check(TRAINING);
  }

  @Test
  void nothingIsPrintedHere() {
    noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .check(TRAINING);
  }

  @Test
  void namesSayWhatAThingIs() {
    noClasses().should().haveNameMatching(".*(Utils?|Manager|Helper|Impl)").check(TRAINING);
  }

  @Test
  void theWholeRoomWasLookedAt() {
    classes().that().haveSimpleName("SparkTrainer").should().bePublic().check(TRAINING);
    assertTrue(TRAINING.contain(Motif.class) && TRAINING.contain(Training.class));
  }
}
