package org.reverie.driver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.PrintStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dependencies point one way: what each room must not know. */
final class ArchitectureTest {
  private static final JavaClasses REVERIE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.reverie");

  @ParameterizedTest
  @CsvSource({
    "conf, org.apache.spark.., no room for Spark",
    "conf, org.apache.hadoop.., no files but the job's",
    "conf, org.nd4j.., no engine",
    "conf, org.bytedeco.., no engine",
    "conf, org.reverie.tiling.., the job knows no geometry",
    "conf, org.reverie.executor.., the job knows no work",
    "conf, org.reverie.driver.., the job knows no pipeline",
    "tiling, org.apache.spark.., pure functions",
    "tiling, org.apache.hadoop.., pure functions",
    "tiling, org.nd4j.., pure functions",
    "tiling, org.bytedeco.., pure functions",
    "tiling, java.nio.file.., pure functions",
    "tiling, org.reverie.executor.., geometry knows no work",
    "tiling, org.reverie.driver.., geometry knows no pipeline",
    "executor, org.apache.spark.., work runs without Spark too",
    "executor, org.reverie.driver.., work knows no pipeline",
    "driver, org.nd4j.., engines are found by their interface",
    "driver, org.bytedeco.., engines are found by their interface",
  })
  void aRoomDoesNotKnow(String room, String stranger, String reason) {
    noClasses()
        .that()
        .resideInAPackage("org.reverie." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(stranger)
        .because(reason)
        .check(REVERIE);
  }

  @ParameterizedTest
  @CsvSource({"org.nd4j.., nd4j", "org.bytedeco.., onednn cudnn nd4j"})
  void anEnginesLibrariesStayInItsModule(String library, String engines) {
    String[] modules =
        Arrays.stream(engines.split(" "))
            .map(engine -> "org.reverie.executor." + engine + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideOutsideOfPackages(modules)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(REVERIE);
  }

  @Test
  void onlyItsPackageInTheDriverKnowsSpark() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.reverie.driver.spark..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.spark..")
        .check(REVERIE);
  }

  @Test
  void onlyTheCommandLineSpeaksToPeople() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.reverie.driver.cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace", PrintStream.class)
        .check(REVERIE);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    ArchRule rule = classes().should(liveInADescribedPackage());
    rule.check(REVERIE);
  }

  @Test
  void namesSayWhatAThingIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Utils?|Manager|Helper|Impl)")
        .because("such a name says nothing")
        .check(REVERIE);
  }

  @Test
  void allRoomsWereLookedAt() {
    classes()
        .that(
            DescribedPredicate.describe(
                "are contracts", type -> type.getName().equals("org.reverie.conf.RenderJob")))
        .should()
        .bePublic()
        .check(REVERIE);
    for (String room : new String[] {"conf", "tiling", "executor", "driver"}) {
      if (REVERIE
          .that(JavaClass.Predicates.resideInAPackage("org.reverie." + room + ".."))
          .isEmpty()) {
        throw new AssertionError("no class of " + room + " is on the class path");
      }
    }
  }

  private static ArchCondition<JavaClass> liveInADescribedPackage() {
    return new ArchCondition<>("live in a package with package-info.java") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        // A comment alone leaves no class file behind, so the source is what is looked for.
        boolean described = PackageSources.describes(type.getPackageName());
        events.add(
            new SimpleConditionEvent(
                type, described, type.getPackageName() + " has no package-info.java"));
      }
    };
  }
}
