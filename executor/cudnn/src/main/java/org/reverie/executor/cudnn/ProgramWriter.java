package org.reverie.executor.cudnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.arena.Block;

/** Writes the steps of a program one by one and notes which blocks each of them uses. */
final class ProgramWriter {
  /** What a block of threads takes of a tensor that is pooled, as in {@code kernels.cu}. */
  private static final int PART_PACKS = 8;

  private static final int PART_COLUMNS = 8;
  private static final int PART_ROWS = 4;

  /** Products with a guide's columns that are held at a time: 64 MiB. */
  private static final int GUIDE_PRODUCTS = 16 << 20;

  private final Element element;
  private final Workspaces workspaces;
  private final List<Step> steps = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();

  /** How much memory a library takes for a step besides what it reads and writes. */
  interface Workspaces {
    /** Bytes for a convolution. */
    long bytes(Step.Convolution convolution);

    /**
     * Whether a convolution that is not {@link Step.Convolution#isOrdinary ordinary} is done as it
     * is, no slower than one that is.
     */
    boolean takes(Step.Convolution convolution);

    /** Bytes for any matrix product. */
    long productBytes();
  }

  /** Kinds of functions of one value, as {@code kernels.cu} numbers them; new ones go last. */
  enum Function {
    RECTIFIER,
    RECTIFIER_PER_CHANNEL,
    EXPONENTIAL_LINEAR,
    SIGMOID,
    HYPERBOLIC_TANGENT,
    ABSOLUTE,
    POWER,
    AFFINE
  }

  /** What {@code combine} does with two tensors, as {@code kernels.cu} numbers it. */
  enum Pair {
    PRODUCT,
    MAXIMUM,
    PRODUCT_WITH_RESULT,
    LOST_IF_NOT_LARGER,
    LOST_IF_SMALLER;

    boolean readsResult() {
      return this != PRODUCT && this != MAXIMUM;
    }
  }

  ProgramWriter(Element element, Workspaces workspaces) {
    this.element = element;
    this.workspaces = workspaces;
  }

  Element element() {
    return element;
  }

  /** A new tensor with a block of its own. */
  Tensor tensor(String name, Shape shape) {
    return Tensor.alone(name, element, shape);
  }

  /** A new tensor whose channels are padded to what kernels load at once; the padding is a part. */
  Tensor paddedTensor(String name, Shape shape) {
    int width = element.width();
    int channels = (shape.channels() + width - 1) / width * width;
    return tensor(name, new Shape(channels, shape.height(), shape.width()));
  }

  /** Ends the program. What is read after the last step stays until then. */
  Program finish(Program.Pixels input, Program.Pixels gradient, List<Tensor> activations) {
    touch(input.tensor().place(), 0);
    if (gradient != null) {
      touch(gradient.tensor().place(), steps.size());
    }
    activations.forEach(activation -> touch(activation.place(), steps.size()));
    long bytes = Program.LAYOUT.place(blocks);
    return new Program(List.copyOf(steps), input, gradient, List.copyOf(activations), bytes);
  }

  private void add(Step step) {
    step.places().forEach(place -> touch(place, steps.size()));
    steps.add(step);
  }

  private void touch(Place place, int step) {
    if (place instanceof Place.Arena arena && arena.block().bytes() > 0) {
      if (!arena.block().isTouched()) {
        blocks.add(arena.block());
      }
      arena.block().touch(step);
    }
  }

  // A kernel that works on whole packs of channels where all of its tensors allow it.
  private void launch(
      String name,
      String kernel,
      Tensor over,
      int[] integers,
      float[] reals,
      Traffic traffic,
      Place... pointers) {
    boolean vectored = traffic.tensors.stream().allMatch(Tensor::isVectored);
    int groups = vectored ? over.channels() / element.width() : over.channels();
    int[] all = prefixed(Math.multiplyExact(groups, over.width()), groups, over.width(), integers);
    single(
        name,
        kernel + (vectored ? "_v" : "_1"),
        all[0],
        over.height(),
        all,
        reals,
        traffic,
        pointers);
  }

  // A kernel whose threads take one channel each, whatever the tensors.
  private void scalar(
      String name,
      String kernel,
      Tensor over,
      int[] integers,
      float[] reals,
      Traffic traffic,
      Place... pointers) {
    int columns = Math.multiplyExact(over.channels(), over.width());
    int[] all = prefixed(columns, over.channels(), over.width(), integers);
    single(name, kernel, columns, over.height(), all, reals, traffic, pointers);
  }

  private void single(
      String name,
      String kernel,
      int columns,
      int rows,
      int[] integers,
      float[] reals,
      Traffic traffic,
      Place... pointers) {
    add(
        new Step.Launch(
            name,
            kernel,
            columns,
            rows,
            Arrays.asList(pointers),
            integers,
            reals,
            traffic.bytes()));
  }

  /** What a kernel moves: tensors once each, one that is added to twice, and other bytes. */
  private static final class Traffic {
    private final List<Tensor> tensors;
    private double bytes;

    private Traffic(Tensor... tensors) {
      this.tensors = List.of(tensors);
      this.tensors.forEach(tensor -> bytes += tensor.bytes());
    }

    static Traffic of(Tensor... tensors) {
      return new Traffic(tensors);
    }

    /** The result is read as well if it is added to. */
    Traffic adding(Tensor to, boolean accumulate) {
      bytes += accumulate ? to.bytes() : 0;
      return this;
    }

    /** A block, or null. */
    Traffic and(Block block) {
      bytes += block == null ? 0 : block.bytes();
      return this;
    }

    double bytes() {
      return bytes;
    }
  }

  private static int[] prefixed(int columns, int groups, int width, int[] rest) {
    int[] all = new int[3 + rest.length];
    all[0] = columns;
    all[1] = groups;
    all[2] = width;
    System.arraycopy(rest, 0, all, 3, rest.length);
    return all;
  }

  private static int flag(boolean set) {
    return set ? 1 : 0;
  }

  private static Place weights(WeightForm form) {
    return form == null ? Place.NONE : new Place.Weights(form);
  }

  /** to = factor from, or to += factor from. */
  void copy(String name, Tensor from, float factor, Tensor to, boolean accumulate) {
    launch(
        name,
        "copy",
        to,
        new int[] {from.pitch(), to.pitch(), flag(accumulate)},
        new float[] {factor},
        Traffic.of(from, to).adding(to, accumulate),
        from.place(),
        to.place());
  }

  /** to = 0. */
  void zero(String name, Tensor to) {
    launch(name, "zero", to, new int[] {to.pitch()}, new float[0], Traffic.of(to), to.place());
  }

  /** A block for one bit per value of a tensor. */
  Block bits(String name, Tensor of) {
    return new Block(name, Math.multiplyExact((long) of.positions(), (of.channels() + 7) / 8));
  }

  /**
   * to = from + bias, rectified.
   *
   * @param bias one float per channel, or null
   * @param to may be {@code from}, or null if only the bits matter
   * @param bits receives what was above 0, or null
   */
  void rectify(String name, Tensor from, WeightForm bias, float slope, Tensor to, Block bits) {
    eightChannels(
        name,
        "rectify",
        from,
        to == null ? from : to,
        slope,
        (to == null ? Traffic.of(from) : Traffic.of(from, to)).and(bits),
        from.place(),
        weights(bias),
        to == null ? Place.NONE : to.place(),
        bits == null ? Place.NONE : new Place.Arena(bits, 0));
  }

  /** to = from where the bit is set, slope from elsewhere; {@code to} may be {@code from}. */
  void unrectify(String name, Tensor from, Block bits, float slope, Tensor to) {
    eightChannels(
        name,
        "unrectify",
        from,
        to,
        slope,
        Traffic.of(from, to).and(bits),
        from.place(),
        new Place.Arena(bits, 0),
        to.place());
  }

  private void eightChannels(
      String name,
      String kernel,
      Tensor from,
      Tensor to,
      float slope,
      Traffic traffic,
      Place... pointers) {
    boolean vectored = from.isVectored() && to.isVectored();
    int groups = (from.channels() + 7) / 8;
    int columns = Math.multiplyExact(groups, from.width());
    int[] integers = {columns, groups, from.width(), from.pitch(), to.pitch(), from.channels()};
    single(
        name,
        kernel + (vectored ? "_v" : "_1"),
        columns,
        from.height(),
        integers,
        new float[] {slope},
        traffic,
        pointers);
  }

  /** Scratch memory that the device takes for a convolution besides what it reads and writes. */
  long workspaceBytes(Step.Convolution step) {
    return workspaces.bytes(step);
  }

  /** Whether the device does a convolution as it is; else it must be made ordinary. */
  boolean takes(Step.Convolution step) {
    return step.isOrdinary() || workspaces.takes(step);
  }

  /** A convolution or its transpose, which the device must {@link #takes take}. */
  void convolve(Step.Convolution step) {
    long bytes = workspaces.bytes(step);
    add(bytes == 0 ? step : step.with(new Block("workspace of " + step.name(), bytes)));
  }

  /** The product of positions x channels with a matrix. */
  void multiply(
      String name,
      Tensor from,
      WeightForm form,
      boolean transposed,
      WeightForm bias,
      boolean rectified,
      Tensor to,
      boolean accumulate) {
    add(
        new Step.Product(
            name,
            from,
            form,
            transposed,
            bias,
            rectified,
            to,
            accumulate,
            new Block("workspace of " + name, workspaces.productBytes())));
  }

  /** Whether a maximum's place in its window does not fit a byte, of which one value is taken. */
  private static boolean isWide(Pooling p) {
    return p.kernelHeight() * p.kernelWidth() > 255;
  }

  /** What {@code kernels.cu} knows of a maximum pooling beforehand; its numbers are theirs. */
  private enum Windows {
    ANY,
    THREE_BY_ONE,
    THREE_BY_TWO,
    TWO_BY_TWO;

    static Windows of(Pooling p) {
      boolean square = p.kernelHeight() == p.kernelWidth() && p.strideHeight() == p.strideWidth();
      return !square || p.pool() != Pool.MAX
          ? ANY
          : p.kernelHeight() == 3 && p.strideHeight() == 1
              ? THREE_BY_ONE
              : p.kernelHeight() == 3 && p.strideHeight() == 2
                  ? THREE_BY_TWO
                  : p.kernelHeight() == 2 && p.strideHeight() == 2 ? TWO_BY_TWO : ANY;
    }

    /** Rows of the output that a thread computes. */
    int rows() {
      return this == THREE_BY_ONE ? 2 : 1;
    }

    /** Rows of the input that a thread gathers gradients for. */
    int inputRows() {
      return this == ANY ? 1 : 2;
    }

    /** Columns of the input that a thread gathers gradients for. */
    int inputColumns() {
      return this == THREE_BY_TWO || this == TWO_BY_TWO ? 2 : 1;
    }

    /** How far before the input the first of these cells begins, so that a window begins there. */
    int before(int padding) {
      return padding % inputColumns();
    }
  }

  // A pooling's kernel, whose threads compute cells of a tensor; see "Poolings" in kernels.cu.
  // Cells
  // begin that many rows and columns before the tensor.
  private void cells(
      String name,
      String kernel,
      Tensor over,
      int cellHeight,
      int cellWidth,
      int above,
      int before,
      int[] integers,
      Traffic traffic,
      Place... pointers) {
    boolean vectored = traffic.tensors.stream().allMatch(Tensor::isVectored);
    int groups = vectored ? over.channels() / element.width() : over.channels();
    int parts =
        Math.multiplyExact(
            ceil(groups, PART_PACKS), ceil(ceil(over.width() + before, cellWidth), PART_COLUMNS));
    integers[1] = groups;
    single(
        name,
        kernel + (vectored ? "_v" : "_1"),
        Math.multiplyExact(parts, PART_PACKS * PART_COLUMNS * PART_ROWS),
        ceil(ceil(over.height() + above, cellHeight), PART_ROWS),
        integers,
        new float[0],
        traffic,
        pointers);
  }

  private static int ceil(int value, int divisor) {
    return (value + divisor - 1) / divisor;
  }

  /**
   * Pools.
   *
   * @param places receives where each maximum was, or null
   * @param rectified whether nothing at or below 0 takes a gradient
   * @param signed whether there may be values below 0
   */
  void pool(
      String name,
      Pooling p,
      Tensor from,
      Tensor to,
      Block places,
      boolean rectified,
      boolean signed) {
    String kernel =
        p.pool() == Pool.AVERAGE
            ? "pool_average"
            : isWide(p) ? "pool_maximum_wide" : "pool_maximum";
    Windows windows = Windows.of(p);
    int[] integers = poolIntegers(p, windows, from, to, flag(rectified), to.height(), flag(signed));
    cells(
        name,
        kernel,
        to,
        windows.rows(),
        1,
        0,
        0,
        integers,
        Traffic.of(from, to).and(places),
        from.place(),
        to.place(),
        places == null ? Place.NONE : new Place.Arena(places, 0));
  }

  /** A block for the places of a maximum pooling's maxima. */
  Block places(String name, Pooling p, Tensor to) {
    return new Block(
        name, Math.multiplyExact(to.shape().values(), (long) (isWide(p) ? Short.BYTES : 1)));
  }

  /** The gradient of {@link #pool}. */
  void poolBack(String name, Pooling p, Tensor from, Block places, Tensor to, boolean accumulate) {
    String kernel =
        p.pool() == Pool.AVERAGE
            ? "pool_average_back"
            : isWide(p) ? "pool_maximum_back_wide" : "pool_maximum_back";
    Windows windows = Windows.of(p);
    int[] integers = poolIntegers(p, windows, from, to, flag(accumulate), to.height(), 0);
    cells(
        name,
        kernel,
        to,
        windows.inputRows(),
        windows.inputColumns(),
        windows.before(p.padHeight()),
        windows.before(p.padWidth()),
        integers,
        Traffic.of(from, to).adding(to, accumulate).and(places),
        from.place(),
        places == null ? Place.NONE : new Place.Arena(places, 0),
        to.place());
  }

  private static int[] poolIntegers(
      Pooling p, Windows windows, Tensor from, Tensor to, int flag, int height, int signed) {
    return new int[] {
      windows.ordinal(),
      0,
      to.width(),
      from.pitch(),
      to.pitch(),
      from.height(),
      from.width(),
      p.kernelHeight(),
      p.kernelWidth(),
      p.strideHeight(),
      p.strideWidth(),
      p.padHeight(),
      p.padWidth(),
      to.channels(),
      flag,
      height,
      signed
    };
  }

  /** The mean or maximum of each channel. */
  void poolAll(String name, Pool pool, Tensor from, Tensor to, Block places) {
    int[] integers = {from.channels(), from.positions(), from.pitch(), flag(pool == Pool.MAX)};
    single(
        name,
        "pool_all",
        from.channels(),
        1,
        integers,
        new float[0],
        Traffic.of(from, to).and(places),
        from.place(),
        to.place(),
        new Place.Arena(places, 0));
  }

  /** The gradient of {@link #poolAll}. */
  void poolAllBack(
      String name, Pool pool, Tensor from, Block places, Tensor to, boolean accumulate) {
    scalar(
        name,
        "pool_all_back",
        to,
        new int[] {to.pitch(), to.positions(), flag(pool == Pool.MAX), flag(accumulate)},
        new float[0],
        Traffic.of(from, to).adding(to, accumulate).and(places),
        from.place(),
        new Place.Arena(places, 0),
        to.place());
  }

  private static float[] lrnReals(Lrn lrn) {
    boolean across = lrn.region() == LrnRegion.ACROSS_CHANNELS;
    int values = across ? lrn.localSize() : lrn.localSize() * lrn.localSize();
    return new float[] {lrn.alpha() / values, lrn.beta(), across ? lrn.k() : 1};
  }

  /** Whether the channels around a pack of channels are in the packs next to it, there and back. */
  private boolean reachesOnePack(Lrn lrn) {
    return lrn.localSize() - 1 <= element.width();
  }

  /** Local response normalisation. */
  void normalise(String name, Lrn lrn, Tensor from, Tensor to) {
    int reach = lrn.localSize() / 2;
    int[] integers = {from.pitch(), to.pitch(), reach, from.height()};
    Traffic traffic = Traffic.of(from, to);
    if (lrn.region() == LrnRegion.WITHIN_CHANNEL) {
      scalar(
          name, "normalise_within", to, integers, lrnReals(lrn), traffic, from.place(), to.place());
    } else if (reachesOnePack(lrn)) {
      launch(name, "normalise", to, integers, lrnReals(lrn), traffic, from.place(), to.place());
    } else {
      scalar(name, "normalise_1", to, integers, lrnReals(lrn), traffic, from.place(), to.place());
    }
  }

  /**
   * The gradient of {@link #normalise}.
   *
   * @param value the layer's input
   * @param rectified whether nothing at or below 0 takes a gradient
   */
  void normaliseBack(
      String name,
      Lrn lrn,
      Tensor value,
      Tensor from,
      Tensor to,
      boolean rectified,
      boolean accumulate) {
    int reach = lrn.localSize() / 2;
    Traffic traffic = Traffic.of(value, from, to).adding(to, accumulate);
    if (lrn.region() == LrnRegion.WITHIN_CHANNEL) {
      Block ratios = new Block("ratios of " + name, Math.multiplyExact(to.shape().values(), 4L));
      int[] integers = {
        value.pitch(), from.pitch(), reach, to.height(), to.pitch(), flag(accumulate)
      };
      Place place = new Place.Arena(ratios, 0);
      scalar(
          name,
          "normalise_within_ratios",
          to,
          integers,
          lrnReals(lrn),
          Traffic.of(value, from).and(ratios),
          value.place(),
          from.place(),
          place);
      scalar(
          name,
          "normalise_within_back",
          to,
          integers,
          lrnReals(lrn),
          traffic.and(ratios),
          value.place(),
          from.place(),
          to.place(),
          place);
      return;
    }
    int[] integers = {
      value.pitch(), from.pitch(), reach, to.pitch(), flag(rectified), flag(accumulate)
    };
    Place[] pointers = {value.place(), from.place(), to.place()};
    if (reachesOnePack(lrn)) {
      launch(name, "normalise_back", to, integers, lrnReals(lrn), traffic, pointers);
    } else {
      scalar(name, "normalise_back_1", to, integers, lrnReals(lrn), traffic, pointers);
    }
  }

  /**
   * A function of one value.
   *
   * @param numbers up to three, by function
   * @param first per channel, or null
   * @param second per channel, or null
   */
  void apply(
      String name,
      Function function,
      float[] numbers,
      WeightForm first,
      WeightForm second,
      Tensor from,
      Tensor to) {
    launch(
        name,
        "pointwise",
        to,
        new int[] {from.pitch(), to.pitch(), function.ordinal()},
        numbers,
        Traffic.of(from, to),
        from.place(),
        to.place(),
        weights(first),
        weights(second));
  }

  /** The gradient of {@link #apply}. */
  void applyBack(
      String name,
      Function function,
      float[] numbers,
      WeightForm first,
      Tensor value,
      Tensor from,
      Tensor to,
      boolean accumulate) {
    launch(
        name,
        "pointwise_back",
        to,
        new int[] {value.pitch(), from.pitch(), function.ordinal(), to.pitch(), flag(accumulate)},
        numbers,
        Traffic.of(value, from, to).adding(to, accumulate),
        value.place(),
        from.place(),
        to.place(),
        weights(first));
  }

  /** Two tensors to one, value by value. */
  void combine(String name, Pair pair, Tensor one, Tensor other, Tensor to) {
    launch(
        name,
        "combine",
        to,
        new int[] {one.pitch(), other.pitch(), to.pitch(), pair.ordinal()},
        new float[0],
        Traffic.of(one, other, to).adding(to, pair.readsResult()),
        one.place(),
        other.place(),
        to.place());
  }

  /** The objective's gradient for some channels: the derivative of an affine function of them. */
  void channels(
      String name,
      String layer,
      Drive.Channels drive,
      float weight,
      Tensor from,
      Tensor to,
      boolean accumulate) {
    float[] factors = drive.weights().clone();
    for (int c = 0; c < factors.length; c++) {
      factors[c] *= weight;
    }
    // Two targets may look at one value; what they weigh differs.
    String role = "channels " + Arrays.hashCode(factors);
    applyBack(
        name,
        Function.AFFINE,
        new float[0],
        WeightForm.perChannel(layer, role, Element.FLOAT32, factors),
        from,
        from,
        to,
        accumulate);
  }

  /** The objective's gradient for a guide. */
  void guide(
      String name,
      String layer,
      Drive.Guide guide,
      float weight,
      Centres centres,
      Tensor from,
      Tensor to,
      boolean accumulate) {
    int count = guide.count();
    int positions = from.positions();
    int most = Math.max(1, Math.min(positions, GUIDE_PRODUCTS / count));
    WeightForm matrix = WeightForm.guide(layer, guide.columns(), count, false, element);
    WeightForm columns = WeightForm.guide(layer, guide.columns(), count, true, Element.FLOAT32);
    Block products = new Block("products of " + name, 4L * most * count);
    Block best = new Block("columns of " + name, 4L * most);
    for (int first = 0; first < positions; first += most) {
      int some = Math.min(most, positions - first);
      add(
          new Step.GuideProducts(
              name,
              from,
              first,
              some,
              matrix,
              count,
              products,
              new Block("workspace of " + name, workspaces.productBytes())));
      if (guide.regions() == 1) {
        single(
            name,
            "guide_best",
            some,
            1,
            new int[] {some, count},
            new float[0],
            Traffic.of().and(products).and(best),
            new Place.Arena(products, 0),
            new Place.Arena(best, 0));
      } else {
        single(
            name,
            "guide_best_regional",
            some,
            1,
            regional(guide, centres, some, first, from.width()),
            new float[0],
            Traffic.of().and(products).and(best),
            new Place.Arena(products, 0),
            new Place.Arena(best, 0),
            new Place.Own(Place.Kind.CONTROL),
            new Place.Own(Place.Kind.TABLES),
            new Place.Own(Place.Kind.REGIONS));
      }
      int columnsOfGrid = Math.multiplyExact(some, to.channels());
      single(
          name,
          "guide_write",
          columnsOfGrid,
          1,
          new int[] {columnsOfGrid, to.channels(), first, to.pitch(), flag(accumulate)},
          new float[] {weight},
          Traffic.of(to).adding(to, accumulate).and(best),
          new Place.Arena(best, 0),
          new Place.Weights(columns),
          to.place());
    }
  }

  /** What {@code guide_best_regional} takes besides its pointers. */
  private static int[] regional(
      Drive.Guide guide, Centres centres, int positions, int first, int width) {
    Centres.Axis columns = centres.columns();
    Centres.Axis rows = centres.rows();
    int[] fixed = {
      positions,
      first,
      width,
      columns.offset(),
      columns.jump(),
      columns.divisor(),
      columns.length(),
      rows.offset(),
      rows.jump(),
      rows.divisor(),
      rows.length(),
      guide.regions(),
      0
    };
    int[] integers = Arrays.copyOf(fixed, fixed.length + guide.regions());
    for (int region = 0; region < guide.regions(); region++) {
      integers[fixed.length + region] = guide.end(region);
    }
    return integers;
  }
}
