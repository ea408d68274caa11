package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.internal.config.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.NodeList;

/**
 * The files for EMR, against the keys that Hadoop, Spark and EMR document, and its scripts with
 * other programs in the place of AWS and of NVIDIA's.
 */
class EmrFilesTest {
  private static final Path EMR = Path.of("..", "deploy", "emr");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  /** Of the table of configuration classifications in EMR's release guide. */
  private static final Set<String> CLASSIFICATIONS =
      Set.of(
          "capacity-scheduler",
          "container-executor",
          "core-site",
          "emrfs-site",
          "hadoop-env",
          "hdfs-site",
          "spark",
          "spark-defaults",
          "spark-env",
          "spark-log4j2",
          "yarn-env",
          "yarn-site");

  /** Of an instance group, as {@code aws emr create-cluster} names them. */
  private static final Set<String> GROUP_KEYS =
      Set.of(
          "Name",
          "InstanceGroupType",
          "BidPrice",
          "InstanceType",
          "InstanceCount",
          "CustomAmiId",
          "EbsConfiguration",
          "AutoScalingPolicy",
          "Configurations");

  /** Of the service authorization reference, those for EMR, S3, STS and IAM that are used here. */
  private static final Set<String> ACTIONS =
      Set.of(
          "elasticmapreduce:AddJobFlowSteps",
          "elasticmapreduce:AddTags",
          "elasticmapreduce:CancelSteps",
          "elasticmapreduce:DescribeCluster",
          "elasticmapreduce:DescribeStep",
          "elasticmapreduce:ListClusters",
          "elasticmapreduce:ListInstanceGroups",
          "elasticmapreduce:ListInstances",
          "elasticmapreduce:ListSteps",
          "elasticmapreduce:PutAutoTerminationPolicy",
          "elasticmapreduce:RunJobFlow",
          "elasticmapreduce:TerminateJobFlows",
          "iam:PassRole",
          "s3:AbortMultipartUpload",
          "s3:DeleteObject",
          "s3:GetBucketLocation",
          "s3:GetObject",
          "s3:ListBucket",
          "s3:ListMultipartUploadParts",
          "s3:PutObject",
          "sts:AssumeRole");

  @TempDir Path folder;

  /** The one that aws takes where none is named. */
  private String region = "eu-west-1";

  /** What aws does besides writing down what it was called with. */
  private String awsDoes = "";

  @Test
  void everyConfigurationHasDocumentedKeys() throws Exception {
    Set<String> yarn = yarnKeys();
    List<JsonNode> all = new ArrayList<>();
    read("configurations.json").forEach(all::add);
    read("instance-groups.json").forEach(group -> group.path("Configurations").forEach(all::add));
    int checked = 0;
    for (JsonNode configuration : all) {
      String name = configuration.path("Classification").asText();
      assertTrue(CLASSIFICATIONS.contains(name), name);
      assertEquals(
          Set.of(),
          without(names(configuration), Set.of("Classification", "Properties", "Configurations")));
      for (String key : names(configuration.path("Properties"))) {
        assertTrue(configuration.path("Properties").path(key).isTextual(), key);
        switch (name) {
          case "yarn-site" -> assertTrue(yarn.contains(key), key);
          case "spark-defaults" -> assertTrue(isSparks(key), key);
          case "capacity-scheduler" ->
              assertEquals("yarn.scheduler.capacity.resource-calculator", key);
          default -> throw new AssertionError(name + " " + key);
        }
        checked++;
      }
    }
    assertTrue(checked > 15, "only " + checked);
  }

  /** YARN hands out GPUs where there are some, by the group that the bootstrap mounts. */
  @Test
  void gpusAreHandedOutByTheGroupThatIsMounted() throws IOException {
    JsonNode groups = read("instance-groups.json");
    assertEquals(
        List.of("MASTER", "CORE", "TASK"),
        Stream.of(0, 1, 2).map(i -> groups.path(i).path("InstanceGroupType").asText()).toList());
    for (JsonNode group : groups) {
      assertEquals(Set.of(), without(names(group), GROUP_KEYS));
      assertEquals(
          group.path("Name").asText().equals("gpus"), group.has("Configurations"), "only on GPUs");
    }
    JsonNode gpus = groups.path(2);
    String mounted =
        gpus.at("/Configurations/0/Properties")
            .path("yarn.nodemanager.linux-container-executor.cgroups.mount-path")
            .asText();
    JsonNode executor = gpus.at("/Configurations/1/Configurations");
    assertEquals("true", executor.at("/0/Properties/module.enabled").asText());
    assertEquals(mounted, executor.at("/1/Properties/root").asText());
    assertTrue(
        Files.readString(EMR.resolve("bootstrap")).contains("cgroup=${REVERIE_CGROUP:-" + mounted));
    JsonNode spark = read("configurations.json").path(2).path("Properties");
    assertEquals(
        gpus.path("InstanceCount").asText(), spark.path("spark.executor.instances").asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "service-trust.json",
        "instance-trust.json",
        "instance-policy.json",
        "operator-policy.json"
      })
  void aPolicyGrantsNamedActionsOnNamedThings(String file) throws IOException {
    JsonNode policy = read("iam/" + file);
    assertEquals("2012-10-17", policy.path("Version").asText());
    assertFalse(policy.path("Statement").isEmpty());
    for (JsonNode statement : policy.path("Statement")) {
      assertEquals(
          Set.of(),
          without(
              names(statement),
              Set.of("Sid", "Effect", "Principal", "Action", "Resource", "Condition")));
      assertEquals("Allow", statement.path("Effect").asText());
      for (String action : texts(statement.path("Action"))) {
        assertTrue(ACTIONS.contains(action), action);
      }
      for (String resource : texts(statement.path("Resource"))) {
        boolean everything = resource.equals("*");
        assertTrue(
            !everything
                || statement.has("Condition")
                || statement.path("Action").asText().equals("elasticmapreduce:ListClusters"),
            statement::toString);
        assertTrue(everything || resource.matches("arn:aws:[a-z0-9]+:.*"), resource);
      }
    }
  }

  @Test
  void createPrintsWhatItWouldDoAndDoesNothing() throws Exception {
    Outcome outcome =
        run(
            List.of(
                "create",
                "--bucket",
                "my-night",
                "--cap",
                "40",
                "--hourly",
                "1.25",
                "--count",
                "8",
                "--type",
                "g6.xlarge",
                "--dry-run"),
            Map.of("REVERIE_JAR", "/any/x.jar"));
    assertEquals(0, outcome.status(), outcome.text());
    // 40 over (8 times 1.25 + 0.40) an hour.
    assertTrue(outcome.text().contains("8 machines for 40 lasts 3 h 50 min"), outcome.text());
    assertTrue(outcome.text().contains("emr create-cluster"), outcome.text());
    assertTrue(outcome.text().contains("13846"), outcome.text());
    assertTrue(outcome.text().contains("IdleTimeout=900"), outcome.text());
    assertTrue(outcome.text().contains("--log-uri s3://my-night/logs/"), outcome.text());
    assertTrue(outcome.text().replace("\\", "").contains("\"spark.executor.instances\": \"8\""));
    assertTrue(outcome.text().contains("BidPrice"), outcome.text());
    assertTrue(
        outcome.text().replace("\\", "").contains("Args=[s3://my-night/reverie,13846,eu-west-1]"),
        outcome.text());
    assertTrue(outcome.text().contains("x.jar s3://my-night/reverie/reverie.jar"), outcome.text());
    outcome
        .text()
        .lines()
        .filter(line -> line.startsWith("+"))
        .forEach(line -> assertTrue(line.startsWith("+ aws --region eu-west-1 "), line));
    // What deploy/submit reads beside itself.
    for (String file : List.of("submit", "spark.conf", "driver-log4j2.properties")) {
      assertTrue(outcome.text().contains("s3://my-night/reverie/" + file), outcome.text());
    }
    assertFalse(Files.exists(folder.resolve("aws-was-called")));
  }

  @ParameterizedTest
  @CsvSource({
    "create --cap 40 --hourly 1, is no bucket's name",
    "create --bucket my-night --hourly 1, is no amount of money",
    "create --bucket my-night --cap 40 --hourly 1 --count 0, no whole number above 0",
    "create --bucket my-night --cap 1 --hourly 30, half an hour is the least",
    "create --bucket my-night --cap 40 --hourly 1 --idle 30, must be 60 to 604800",
    "create --bucket my-night --cap, wants a value",
    "create --bukket my-night, unknown option --bukket",
    "create --bucket my-night --cap 40 --hourly 1 --region x[y, is no region",
    "create --bucket my-night --cap 40 --hourly 1 --install-driver, wants REVERIE_DRIVER_REPOSITORY",
    "terminate, is no cluster's id",
    "terminate j-abc --dry-run, is no cluster's id",
  })
  void aWrongOptionIsStatus2(String line, String expected) throws Exception {
    Outcome outcome = run(List.of(line.split(" ")), Map.of());
    assertEquals(2, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains(expected), outcome.text());
    assertFalse(Files.exists(folder.resolve("aws-was-called")));
  }

  /** By the region that is named, else by the one that aws takes itself, else not at all. */
  @Test
  void theRegionIsThatOfAwsWhereNoneIsNamed() throws Exception {
    List<String> create = List.of("create", "--bucket", "my-night", "--cap", "40", "--hourly", "1");
    List<String> dry = new ArrayList<>(create);
    dry.add("--dry-run");
    Outcome set = run(dry, Map.of("AWS_DEFAULT_REGION", "us-gov-west-1"));
    assertTrue(set.text().contains("+ aws --region us-gov-west-1 emr create"), set.text());
    region = "";
    Outcome none = run(create, Map.of());
    assertEquals(2, none.status(), none.text());
    assertTrue(none.text().contains("name one by --region"), none.text());
    assertFalse(Files.exists(folder.resolve("aws-was-called")));
  }

  /** An address as it may be, with what a shell or sed would take for something else. */
  @Test
  void theDriverComesFromTheAddressThatIsNamed() throws Exception {
    String address = "https://mirror.example/a b/cuda.repo?x=1&y=$(touch gone)\\n'\"";
    Path brought = folder.resolve("brought");
    awsDoes = "case \"$*\" in *bootstrap-install) cp \"$5\" " + brought + " ;; esac";
    Path jar = Files.writeString(folder.resolve("x.jar"), "jar");
    Outcome created =
        run(
            List.of(
                "create",
                "--bucket",
                "my-night",
                "--cap",
                "40",
                "--hourly",
                "1",
                "--install-driver"),
            Map.of("REVERIE_DRIVER_REPOSITORY", address, "REVERIE_JAR", jar.toString()));
    assertEquals(0, created.status(), created.text());
    assertTrue(
        created
            .text()
            .replace("\\", "")
            .contains("Path=s3://my-night/reverie/bootstrap-install,Name=reverie,"),
        created.text());
    program("lspci", "echo '00:1e.0 3D controller: NVIDIA Corporation GA102GL [A10G]'");
    Outcome outcome = run(brought, List.of("s3://my-night/reverie"), machine(false));
    assertEquals(1, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains("config-manager --add-repo " + address), outcome.text());
    assertTrue(outcome.text().contains("nvidia-smi is still missing"), outcome.text());
    assertFalse(Files.exists(Path.of("gone")));
  }

  /** As the README has it: whatever jars lie there, in the region of the cluster. */
  @Test
  void aStepTakesTheJarThatCreateBrought() throws Exception {
    String readme = Files.readString(EMR.resolve("README.md"));
    String step = readme.substring(readme.indexOf("step() {"), readme.indexOf("step check"));
    Path script =
        Files.writeString(folder.resolve("step"), step + "step night \"-- batch night.yaml\"\n");
    Outcome outcome = run(script, List.of(), Map.of("CLUSTER", "j-ABC123", "REGION", "eu-west-1"));
    assertEquals(0, outcome.status(), outcome.text());
    String called = Files.readString(folder.resolve("aws-was-called"));
    assertTrue(
        called.startsWith("--region eu-west-1 emr add-steps --cluster-id j-ABC123 --steps "),
        called);
    JsonNode steps = JSON.readTree(called.substring(called.indexOf('[')));
    assertEquals(
        "REVERIE_JAR=/opt/reverie/reverie.jar /opt/reverie/submit --master yarn --deploy-mode client"
            + " --files /opt/reverie/gpus -- batch night.yaml",
        steps.at("/0/Args/2").asText().replaceAll("\\s+", " "));
  }

  /** Whoever names a region to one command names it to all; roles and files in S3 have none. */
  @Test
  void theReadmeNamesTheRegionOfEveryCommand() throws IOException {
    List<String> commands =
        Files.readString(EMR.resolve("README.md"))
            .lines()
            .filter(line -> line.matches(".*(^|\\s|`)(aws|deploy/emr/(create|terminate)) .*"))
            .filter(line -> !line.matches(".*\\baws (iam|s3) .*"))
            .filter(line -> !line.contains("the `aws` command line"))
            .toList();
    assertEquals(5, commands.size(), commands::toString);
    commands.forEach(line -> assertTrue(line.contains("--region $REGION"), line));
  }

  @Test
  void terminatePrintsAndThenDoesIt() throws Exception {
    Outcome outcome = run(List.of("terminate", "j-ABC123", "--region", "eu-west-1"), Map.of());
    assertEquals(0, outcome.status(), outcome.text());
    assertTrue(
        outcome.text().contains("+ aws --region eu-west-1 emr terminate-clusters"), outcome.text());
    assertEquals(
        "--region eu-west-1 emr terminate-clusters --cluster-ids j-ABC123\n",
        Files.readString(folder.resolve("aws-was-called")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "580.65.06, 8.6 | 0 | CUDA 13",
        "590.10, 9.0    | 0 | CUDA 13",
        "580.65.06, 7.0 | 0 | CUDA 12",
        "570.86.15, 8.9 | 0 | CUDA 12",
        "470.57.02, 7.5 | 1 | too old",
        "[N/A], [N/A]   | 1 | nvidia-smi answers",
      })
  void aMachineSaysWhichCudaItCanRun(String answer, int status, String expected) throws Exception {
    program("nvidia-smi", "echo '" + answer + "'");
    Outcome outcome = run(List.of("bootstrap", "s3://my-night/reverie"), machine(false));
    assertEquals(status, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains(expected), outcome.text());
    assertEquals(status == 0, outcome.text().contains("mount -t cgroup"), outcome.text());
  }

  @Test
  void aMachineWithoutAGpuIsLeftAsItIs() throws Exception {
    Outcome outcome =
        run(List.of("bootstrap", "s3://my-night/reverie", "3600", "eu-west-1"), machine(false));
    assertEquals(0, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains("no GPU here"), outcome.text());
    assertFalse(outcome.text().contains("terminate-clusters"), outcome.text());
  }

  @Test
  void theFirstMachineFetchesTheKitAndEndsTheClusterInTime() throws Exception {
    Outcome outcome =
        run(List.of("bootstrap", "s3://my-night/reverie", "3600", "eu-west-1"), machine(true));
    assertEquals(0, outcome.status(), outcome.text());
    assertTrue(
        outcome.text().contains("aws s3 cp --recursive --only-show-errors s3://my-night/reverie"));
    assertTrue(
        outcome
            .text()
            .contains(
                "--on-active=3600 aws --region eu-west-1 emr terminate-clusters --cluster-ids"
                    + " j-ABC123"),
        outcome.text());
    Outcome without = run(List.of("bootstrap", "s3://my-night/reverie", "3600"), machine(true));
    assertEquals(1, without.status(), without.text());
    assertTrue(without.text().contains("region"), without.text());
  }

  @Test
  void aGpuWithoutDriverEndsTheClusterAtOnce() throws Exception {
    program("lspci", "echo '00:1e.0 3D controller: NVIDIA Corporation GA102GL [A10G]'");
    Outcome outcome = run(List.of("bootstrap", "s3://my-night/reverie"), machine(false));
    assertEquals(1, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains("no driver"), outcome.text());
  }

  /** What is looked for stands first, and more follows than a pipe holds. */
  @Test
  void aLongListIsReadToItsEnd() throws Exception {
    String others = "; printf 'another one, as there are many%.0s\\n' {1..20000}";
    program("lspci", "echo '00:1e.0 3D controller: NVIDIA Corporation GA102GL [A10G]'" + others);
    Outcome noDriver = run(List.of("bootstrap", "s3://my-night/reverie"), machine(false));
    assertEquals(1, noDriver.status(), noDriver.text());
    program("nvidia-smi", "echo '580.65.06, 8.6'");
    program("ldconfig", "echo 'libcudnn.so.9 => /usr/lib64/libcudnn.so.9'" + others);
    Outcome outcome = run(List.of("bootstrap", "s3://my-night/reverie"), machine(false));
    assertEquals(0, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains("cuDNN 9 is installed"), outcome.text());
  }

  private Map<String, String> machine(boolean first) throws IOException {
    Path info = Files.createDirectories(folder.resolve("info"));
    Files.writeString(info.resolve("instance.json"), "{\"isMaster\": " + first + "}");
    Files.writeString(info.resolve("job-flow.json"), "{ \"jobFlowId\": \"j-ABC123\" }");
    return Map.of(
        "REVERIE_SUDO", "echo",
        "REVERIE_JOB_INFO", info.toString(),
        "REVERIE_HOME", folder.resolve("home").toString());
  }

  private record Outcome(int status, String text) {}

  private Outcome run(List<String> words, Map<String, String> environment) throws Exception {
    return run(EMR.resolve(words.get(0)), words.subList(1, words.size()), environment);
  }

  private Outcome run(Path script, List<String> words, Map<String, String> environment)
      throws Exception {
    program(
        "aws",
        "[ \"$*\" != 'configure get region' ] || { echo '"
            + region
            + "'; exit; }\n"
            + awsDoes
            + "\necho \"$@\" >>"
            + folder.resolve("aws-was-called"));
    List<String> command = new ArrayList<>(List.of("bash", script.toAbsolutePath().toString()));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("AWS_.*REGION"));
    builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().putAll(environment);
    Path out = folder.resolve("script-output.txt");
    int status = builder.redirectOutput(out.toFile()).start().waitFor();
    return new Outcome(status, Files.readString(out));
  }

  private void program(String name, String body) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path file = Files.writeString(bin.resolve(name), "#!/bin/bash\n" + body + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  private static JsonNode read(String file) throws IOException {
    return JSON.readTree(EMR.resolve(file).toFile());
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Set<String> without(Set<String> names, Set<String> known) {
    Set<String> rest = new TreeSet<>(names);
    rest.removeAll(known);
    return rest;
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node.isTextual()) {
      texts.add(node.asText());
    }
    node.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  /** Everything in the table that comes with Hadoop. */
  private static Set<String> yarnKeys() throws Exception {
    Set<String> keys = new TreeSet<>();
    try (InputStream in = Configuration.class.getResourceAsStream("/yarn-default.xml")) {
      NodeList names =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(in)
              .getElementsByTagName("name");
      for (int i = 0; i < names.getLength(); i++) {
        keys.add(names.item(i).getTextContent());
      }
    }
    return keys;
  }

  /** Whether Spark's own registry has the key, or its page on custom resources. */
  private static boolean isSparks(String key) {
    // Its initialiser registers the keys.
    if (package$.MODULE$ == null) {
      throw new AssertionError("Spark's keys are not there");
    }
    return ConfigEntry.findEntry(key) != null
        || key.matches(
            "spark\\.(driver|executor|task)\\.resource\\.gpu\\.(amount|discoveryScript|vendor)");
  }
}
