package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.executor.picture.Picture;

class PrintMetadataTest {
  private static final String RECIPE = "{\"layer\": \"4c\", \"note\": \"a < b && c ]]> d\"}";

  @TempDir Path folder;

  private Path write(String name, Depth depth, double pixelsPerInch) throws Exception {
    Path file = folder.resolve(name);
    PrintSpecification print =
        PrintSpecification.of(
            PrintFormat.of(name), 700, 600, depth, pixelsPerInch, StandardProfile.srgb(), RECIPE);
    Prints.write(file, print, (c, x, y) -> (x * (c + 1) + y) % 256);
    return file;
  }

  @ParameterizedTest
  @CsvSource({
    "a.tif, EIGHT",
    "a.tif, SIXTEEN",
    "a.tif, FLOAT",
    "a.png, EIGHT",
    "a.png, SIXTEEN",
    "a.jpg, EIGHT"
  })
  void exiftoolShowsRecipeProfileAndResolution(String name, Depth depth) throws Exception {
    assumeTrue(OutsideTools.has("exiftool"), "exiftool is not installed");
    Path file = write(name, depth, 300);
    String shown =
        OutsideTools.run(
            "exiftool",
            "-s",
            "-Recipe",
            "-ProfileDescription",
            "-Error",
            "-XResolution",
            "-PixelsPerUnitX",
            file.toString());
    String resolution = name.endsWith("png") ? "PixelsPerUnitX : 11811" : "XResolution : 300";
    assertEquals(
        List.of("Recipe : " + RECIPE, "ProfileDescription : sRGB built-in", resolution),
        shown.lines().map(line -> line.replaceFirst(" +: ", " : ")).toList());
  }

  @ParameterizedTest
  @CsvSource({"300, 300", "299.5, 299.5", "72.1234, 72.1234", "1200, 1200"})
  void tiffResolutionIsExact(double pixelsPerInch, String shown) throws Exception {
    assumeTrue(OutsideTools.has("tiffinfo"), "tiffinfo is not installed");
    OutsideTools.assertTiffinfo(
        write("a.tif", Depth.EIGHT, pixelsPerInch),
        "Resolution: " + shown + ", " + shown + " pixels/inch");
  }

  /** 18.75 is a preview at 150 dpi. */
  @ParameterizedTest
  @CsvSource({"300, 300", "150.5, 150.5", "18.75, 18.75", "72.1234, 72.1234", "0.4, 0.4"})
  void jpegResolutionIsExact(double pixelsPerInch, String shown) throws Exception {
    String file = write("a.jpg", Depth.EIGHT, pixelsPerInch).toString();
    try (Picture picture = Prints.open(Path.of(file))) {
      assertEquals(Optional.of(RECIPE), picture.recipe());
    }
    if (OutsideTools.has("exiftool")) {
      assertEquals(
          shown + "\n" + shown + "\ninches\n",
          OutsideTools.run(
              "exiftool", "-s3", "-XResolution", "-YResolution", "-ResolutionUnit", file));
      assertEquals("OK\n", OutsideTools.run("exiftool", "-s3", "-validate", "-warning", file));
    }
    if (OutsideTools.has("identify")) {
      String[] told = OutsideTools.run("identify", "-format", "%x %y %U", file).split(" ");
      assertEquals(pixelsPerInch, Double.parseDouble(told[0]), 1e-9);
      assertEquals(pixelsPerInch, Double.parseDouble(told[1]), 1e-9);
      assertEquals("PixelsPerInch", told[2]);
    }
  }

  @Test
  void libtiffDecodesEveryTile() throws Exception {
    assumeTrue(OutsideTools.has("tiffinfo"), "tiffinfo is not installed");
    for (Depth depth : Depth.values()) {
      String output = OutsideTools.run("tiffinfo", "-d", write("a.tif", depth, 300).toString());
      assertTrue(!output.contains("rror") && !output.contains("Warning"), output);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | plain",
        "a<b>&c | a&lt;b&gt;&amp;c",
        "]]> | ]]&gt;",
        "'\u0001x' | '\uFFFDx'"
      })
  void recipesAreEscaped(String recipe, String escaped) {
    assertEquals(escaped, XmpPacket.escape(recipe));
  }

  @Test
  void lineEndingsAndRareLettersSurvive() {
    String recipe = "a\r\nb\tc \u00e9 \uD83C\uDFA8";
    assertEquals(Optional.of(recipe), XmpPacket.recipe(XmpPacket.of(recipe)));
  }

  @Test
  void foreignPacketsHoldNoRecipe() {
    assertEquals(Optional.empty(), XmpPacket.recipe(new byte[0]));
    assertEquals(Optional.empty(), XmpPacket.recipe("<a><b></a>".getBytes(StandardCharsets.UTF_8)));
    String entities = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
    assertEquals(Optional.empty(), XmpPacket.recipe(entities.getBytes(StandardCharsets.UTF_8)));
  }
}
