package org.reverie.driver.training.motif;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Locale;
import org.reverie.tiling.KeyedRandom;

/**
 * The classes of motifs. A class's place in this list is part of the key of its pictures, so new
 * ones go last.
 */
public enum Motif {
  AGATE(
      new Agate(),
      "0d1a2e e6edf2 | 14284f 2f5f93 7fb0cc e8f1f0 | c08a4a",
      "2a0d08 f3e2cf | 5a1a0c a8431c df8a4a f7dcb0 | efe6dc",
      "0c1f1c eaf1ea | 08352c 1a7660 5fb596 d8efe0 | 141c1a"),
  ARCH(
      new Arch(),
      "2b2118 87a7c7 | 5a4028 a3794a d6b27a f2e2bd | 3f6fa3",
      "1f2a3a b9cfdc | 6b2f22 b4583d dd9a76 f5d9bf | 2f7f86"),
  BARK(new Bark()),
  BEETLE(
      new Beetle(),
      "efe6cf 1a1410 | 06251a 0d6b45 35b36b b8f0a0 | d8a019",
      "dfe8c8 22301a | 220606 a01010 e0301a ff8a5a | 141010",
      "f0e8d8 15131f | 0d0f3a 2a2f9a 5a6fe0 a8c8ff | b030a0"),
  BUBBLE(new Bubble(), "dfeef5 0d1830 1a1038 | 4a6fae 8fb3e0 c9dcf2 ffffff | f29ac0"),
  BUTTERFLY(
      new Butterfly(),
      "cfe3c0 24341c | 1a0d06 b04a08 f08a1a ffd070 | fff4e0",
      "e8efe0 0c1a12 | 04102f 0b3fa0 1f86e0 8fd8ff | fff0c0",
      "d8e4ee 2a2038 | 1c1608 a88a10 f2d030 fff2a0 | 2f5fd0"),
  CALLIGRAPHY(
      new Calligraphy(),
      "f4ead2 efe6da | 0a0808 1c1816 3a3028 6a5a48 | b3261e",
      "10163a 0b0f24 | 8a6a1a c79a2e e8c860 fff0b0 | d8d8e8"),
  CLOUD(new Cloud()),
  CORAL(
      new Coral(),
      "07262f 0a1f3a | 6a1030 c23a4a f2806a ffd0b0 | 20b0a8",
      "0a2030 082a3a | 4a0f4f a02a90 e070c0 ffd0ec | f0c040"),
  CRYSTAL(
      new Crystal(),
      "120a1e ece6f2 | 2a1050 6a35a8 aa7fe0 ecdcff | f0d060",
      "08141f e4f0f4 | 0f4a66 2f9ab8 8fdcea eafcff | b070e0",
      "1e0f18 f6eaea | 7a2a50 d0709a f2b0c8 fff0f4 | 80c0e0"),
  EYE(
      new Eye(),
      "2a1a14 d8b098 | 5a3424 a86f50 d8a888 f4dcc8 | 2f8a5a",
      "34201a e0bca4 | 6a4030 b07c60 e0b498 f8e4d4 | 2a6fc0",
      "14200f 0a1a14 | 1f3a1a 4a7a34 8ab060 d0e0a0 | f0a010"),
  FEATHER(
      new Feather(),
      "0a1410 efe8da | 0a3a3a 0f7a6a 2fae90 b0e060 | 1a3fb0",
      "e8eef0 101820 | 6a0a10 c81a1a f05030 ffc060 | 1a60c8",
      "2a2018 dfe4e8 | 4a3420 94724a cfae80 f4e6c8 | 7a3a1a"),
  FERN(
      new Fern(),
      "08170d e8efd6 | 0f3a17 2f6f2a 68a83e c9e07f | b5531f",
      "0c1c18 dfeadc | 08362c 1c6a4c 56a070 bce0b0 | d8b040",
      "1a1408 f4ecd2 | 3a3a10 7a7420 b8a838 ece3a0 | 7a2f14"),
  FLAME(new Flame(), "0a0604 1a0d10 05070f | 3a0a04 b0300a f08020 ffe080 | 2040a0"),
  FLOWER(
      new Flower(),
      "0f2414 dfe9d0 | 6a0a30 c41f5a f0709a ffd0dc | f2c020",
      "14240f e6ecd8 | 2a1060 6030b0 a078e0 e6d4ff | f0a020",
      "0f1c30 cfe0ec | a04a06 e08a10 f8c830 fff0a0 | 5a2a10"),
  GEAR(
      new Gear(),
      "1a1612 d8d0c0 | 3a2a10 8a6a28 c8a050 f2dc98 | 7a2a1a",
      "12161c c8ced4 | 1f262e 56626e 94a2ae dfe6ec | b06030",
      "0f1a1a d0dcd8 | 4a1f10 a0522d d08a5a f6cfa8 | 3f9a88"),
  GUILLOCHE(
      new Guilloche(),
      "eef0e0 f2ecd8 | 0f3a2a 2a6a4a 5a9a70 a0c8a0 | 8a2a3a",
      "0a1230 101018 | 8a6a14 c8a030 e8cc70 fff2c0 | 7090d0",
      "f4ece4 efe8f0 | 5a1a4a 9a3a7a c87ab0 e8b8d8 | 2a6a8a"),
  HONEYCOMB(new Honeycomb(), "2a1604 f0dca0 | 5a2e06 a86010 e0a020 ffe080 | 3a1a06"),
  KNOT(
      new Knot(),
      "0f2a1a 14301f | 6a4a10 b08a2a e0c060 fff0b0 | b02a2a",
      "f2e6c8 ece0c0 | 1a1a4a 2a3f9a 5a78c8 a8bce8 | c03020"),
  LACE(
      new Lace(),
      "2a0a14 101018 1a2440 | b8a890 d8ccb8 f0e8dc ffffff | c0a0a8",
      "4a1424 5a2030 | a89070 d0bc98 efe2c8 fffaf0 | e8c0b0"),
  LEAF(
      new Leaf(),
      "0a1c0c e4efd0 | 0f4a1a 2a8a2a 6ac040 c8f080 | e04a2a",
      "2a1a10 cfdce4 | 6a0f08 c23010 f07a1a ffd060 | 3a6a2a"),
  MAP(new Map()),
  MASK(
      new Mask(),
      "2a1408 e0c890 | 3a1a0c 8a4a20 c88a4a f4d8a0 | d02a1a",
      "1a1008 d8c8a0 | 0a3f3f 1a8a80 50c8b8 c8f4e4 | f0b020",
      "1a0a24 40101c | 7a5a3a c8b090 f0e6d4 ffffff | d0a020"),
  MOUNTAIN(
      new Mountain(),
      "5a90c8 9ac0e0 | 1a2a3f 3f5a78 8aa4bc e8f0f6 | ffd080",
      "e8a890 c890b8 f4c8a0 | 2a1a3f 5a3a68 a07aa0 f4dcdc | ffe0a0",
      "1a2f4f 2a2a50 | 0a1220 24384f 5a7a94 c8d8e4 | f4ecc8"),
  MUSHROOM(
      new Mushroom(),
      "1a2412 d8dcc0 | 5a1a0a a8281a d84830 ffb080 | c81a14",
      "20180e e0d4b4 | 3a200c 7a4a20 b8824a ecd0a0 | b06a2a",
      "101a20 1c1428 | 2a1a4a 5a3f8a 9a80c0 e0d4f0 | 6a4ab0"),
  PENROSE(
      new Penrose(),
      "f0e8d8 f4f0e8 | 0f2a5a 1f5aa0 5a9ad0 c8e0f0 | d8962a",
      "20140c f4e8d4 | 0a4a4a 1f8a84 7ac4b4 e8f2e0 | c8522a"),
  ROSETTE(
      new Rosette(),
      "3a0a2a f4e4c8 | 7a0f3a c82a4a f08a3a ffe0a0 | 1f7a8a",
      "0a1440 e8ecf4 | 14287a 2a5ac0 80b0f0 f0f4ff | e8b020"),
  SCALES(
      new Scales(),
      "06181f 0a2028 | 0a3f4f 1f7f94 6fc4c8 e0f8ec | f08a6a",
      "1a0606 240c06 | 5a0a06 b02a0c e8782a ffe08a | 1a6a4a",
      "0c1808 141c08 | 1a3a0a 4f7a1a 9ab83a eef0a0 | e0c020"),
  SCALLOP(
      new Scallop(),
      "2f6a7a e8dcc0 | 8a3a34 d0806a f2b8a0 fff0e0 | b05a7a",
      "1f4a5a f0e4cc | 7a1f4a c85a5a f4a860 ffe8b8 | 6a3a8a"),
  SHELL(
      new Shell(),
      "14344a e4d8bc | 6a2a12 b8683a e8b888 fff4e2 | 8a4a2a",
      "0f2430 dfe8ea | 4a4a6a 9490b0 d8c8d4 fff6f0 | d890b0"),
  SMOKE(
      new Smoke(),
      "0c0e14 1c1420 101a24 | 3a3f4a 7a808c b8bcc4 f2f2f4 | a05a3a",
      "0a0a12 140a1a | 2a1050 6a2a9a d060b8 ffd0e0 | 2aa0c0"),
  SPIRE(
      new Spire(),
      "f0b8a0 f4d8b0 8fb8dc | 2a2a4f 6a5a80 c0a090 f4e4c8 | 2a6a8a",
      "141a3f 2a1f4a | 2a2a5a 5a5a9a a8a0c8 ffe8b0 | f0a830"),
  TENTACLE(
      new Tentacle(),
      "062a3a 0a1a30 | 5a120a b03a20 e8785a ffd0b8 | f0e0d0",
      "04202a 0a1424 | 2f0f4a 7a2a8a c070c0 f8d0f0 | 60e0c8"),
  TREE(
      new Tree(),
      "bfd8ec f2e8d0 | 2a1a0e 5a4020 4f8a2a a8d050 | e8c040",
      "bfe0f0 f4ead8 | 2a1612 5a3830 e890b0 ffe0ea | f8d0a0",
      "c8d8e4 ece4d4 | 24140c 5a3418 d8641a ffc840 | 8a2a14"),
  TRUCHET(
      new Truchet(),
      "e8dcc0 1f2a44 | 14304f 2a6a8a e0a030 f4e0a0 | d0402a",
      "f8f4ec 101014 | 08080a 303036 c8c4bc ffffff | e03024"),
  WAVE(
      new Wave(),
      "dcecf2 f4e4cc | 06224a 12568a 3f9ac0 c8eef2 | f4b060",
      "f4dcc0 c8e0e4 | 04343a 0f6f70 4fb8a8 d8f8ec | f08a5a",
      "ece0c4 e4dcc8 | 0a1a4a 2a4a9a 8aaad8 f4f0e4 | d8603a"),
  WEAVE(
      new Weave(),
      "2a1a0c d8c8a4 | 6a4418 a87a3a d8b070 f8e8c0 | 7a2a1a",
      "0c1028 d8dce8 | 101c4a 2a3f8a 7a94cc e8ecf8 | c86a3a"),
  WEB(
      new Web(),
      "0a1a16 14242e 2a3a34 | 1a1008 5a4020 a08a60 e0d8c0 | c8a040",
      "101428 1a1a38 | 1a1a2a 4a4a6a 9a9ab8 e0e0f0 | a0c0e8"),
  WINDOW(new Window(), "1a1410 2a2430 | 3a3028 6a5a4a a89880 e0d4c0 | 2a4ac0"),
  WOODCUT(new Woodcut());

  private final Drawing drawing;
  private final Family[] families;

  /**
   * A class.
   *
   * @param families the colours it is mostly seen in, as {@link Family#of} reads them; none where
   *     the drawing brings its own
   */
  Motif(Drawing drawing, String... families) {
    this.drawing = drawing;
    this.families = Arrays.stream(families).map(Family::of).toArray(Family[]::new);
  }

  /** The name of the class and of its folder: lower case, no spaces. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Draws one picture of the class.
   *
   * @param seed of the whole collection
   * @param index which of the class, from 0
   * @param size edge of the square picture, pixels; at least 8
   * @return sRGB without alpha; the same for the same arguments
   */
  public BufferedImage draw(long seed, long index, int size) {
    if (size < 8) {
      throw new IllegalArgumentException("a motif of " + size + " px");
    }
    Scene scene =
        new Scene(
            size,
            new Chance(KeyedRandom.of(seed, KeyedRandom.Purpose.MOTIF, ordinal(), index)),
            families);
    try {
      drawing.draw(scene);
      Finish.of(scene);
    } finally {
      scene.close();
    }
    return scene.image();
  }
}
