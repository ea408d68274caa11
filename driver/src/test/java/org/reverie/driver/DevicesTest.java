package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.work.DeviceReport;

class DevicesTest {
  private static final String SLOW =
      "slow: at least half of the devices are more than twice as fast";

  @Test
  void thisProcessAnswersForItsOwnDevice() {
    Devices.Result result = Devices.check(request("reference", 1), note -> {});
    assertTrue(result.sound(), result::text);
    assertTrue(
        result
            .text()
            .lines()
            .anyMatch(
                line ->
                    line.matches(".*cpu +reference +float32 +\\d+\\.\\d{3} +[1-9]\\d* MiB .*java")),
        result::text);
    assertTrue(result.text().contains("1 device, "), result::text);
  }

  @Test
  void anEngineThatIsNotThereIsRefused() {
    UserException refused =
        assertThrows(UserException.class, () -> Devices.check(request("warp", 1), note -> {}));
    assertTrue(refused.getMessage().contains("there is no engine warp"), refused::getMessage);
  }

  @Test
  void thePrecisionThatIsAskedForIsThatOfTheAnswer() {
    Devices.Request own = request("reference", 1);
    for (EngineProvider.Precision precision :
        List.of(EngineProvider.Precision.FLOAT32, EngineProvider.Precision.FLOAT16)) {
      Devices.Result result =
          Devices.check(
              new Devices.Request(
                  own.master(), own.brain(), own.layer(), 64, "onednn", precision, 1),
              note -> {});
      boolean sound = precision == EngineProvider.Precision.FLOAT32;
      assertEquals(sound, result.sound(), result::text);
      String row = result.text().lines().toList().get(2);
      assertTrue(row.matches(".*cpu +onednn +" + precision.written() + " .*"), row);
      assertEquals(!sound, row.contains("--precision"), row);
    }
  }

  @Test
  void missingAndSlowAndOddDevicesAreNamed() {
    Devices.Request request = request("reference", 5);
    String gpu = "tesla";
    List<DeviceReport> answers =
        List.of(
            answer("a", "0", 10, "sm_86"),
            answer("a", "1", 11, "sm_86"),
            answer("b", "0", 3, "sm_75"),
            new DeviceReport(
                "c", "3", "0", "cudnn", "", "", 0, 0, 1L << 34, "no CUDA driver " + gpu));
    Devices.Result result = Devices.result("layer", request, answers, "spark://x:7077");
    assertFalse(result.sound());
    List<String> lines = result.text().lines().toList();
    assertTrue(lines.get(4).startsWith("b "), lines.get(4));
    assertTrue(lines.get(4).endsWith(SLOW), lines.get(4));
    assertTrue(lines.get(5).endsWith("no CUDA driver tesla"), lines.get(5));
    assertTrue(result.text().contains("4 devices, 24.000 Mpx/s together"), result::text);
    assertTrue(result.text().contains("of several kinds"), result::text);
    assertTrue(result.text().contains("1 of 5 did not answer"), result::text);
  }

  /** The mean of both would not tell: 4 is more than half of 7. */
  @Test
  void theSlowerOfTwoDevicesIsNamed() {
    List<String> lines = lines(answer("a", "0", 4, "sm_86"), answer("a", "1", 10, "sm_86"));
    assertTrue(lines.get(2).endsWith(SLOW), lines.get(2));
    assertTrue(lines.get(3).endsWith("sm_86"), lines.get(3));
    assertTrue(
        lines(answer("a", "0", 6, "sm_86"), answer("a", "1", 10, "sm_86"))
            .get(2)
            .endsWith("sm_86"));
  }

  private static List<String> lines(DeviceReport... answers) {
    return Devices.result("layer", request("cudnn", 2), List.of(answers), "spark://x:7077")
        .text()
        .lines()
        .toList();
  }

  private static DeviceReport answer(String host, String device, double rate, String set) {
    return new DeviceReport(
        host, "1", device, "cudnn", "float32", set, rate, 1L << 30, 1L << 34, "");
  }

  private static Devices.Request request(String engine, int expected) {
    return new Devices.Request(
        Render.IN_PROCESS, new RenderJob.Brain(null, null, null), null, 64, engine, null, expected);
  }
}
