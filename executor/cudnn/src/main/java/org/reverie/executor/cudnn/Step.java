package org.reverie.executor.cudnn;

import java.util.List;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.arena.Block;

/** One operation of a program, as data. Steps run one after the other. */
sealed interface Step {
  /** What it does and for which layer, for people. */
  String name();

  /** All places that it reads or writes. */
  List<Place> places();

  /**
   * Bytes that it moves between the device's memory and its processors if it reads and writes every
   * value once; for profiles.
   */
  double bytes();

  /** Multiplications and additions of matrix products, as two operations each; for profiles. */
  default double operations() {
    return 0;
  }

  /**
   * One of the engine's own kernels; {@code kernels.cu} says what it takes.
   *
   * @param kernel its name
   * @param columns threads of one row of the grid, 1 .. 2^31 - 256
   * @param rows of the grid, 1 .. 65535
   * @param pointers at most 8
   * @param integers at most 40
   * @param reals at most 8
   * @param bytes that it moves
   */
  record Launch(
      String name,
      String kernel,
      int columns,
      int rows,
      List<Place> pointers,
      int[] integers,
      float[] reals,
      double bytes)
      implements Step {
    /** The most rows that a grid takes on any device. */
    static final int MOST_ROWS = 65535;

    /** The most columns: what kernels number as an int, whole blocks of 256 threads. */
    static final int MOST_COLUMNS = Integer.MAX_VALUE - 255;

    /**
     * @throws OutOfDeviceMemoryException if it is more than a grid takes: a smaller window may do
     */
    public Launch {
      pointers = List.copyOf(pointers);
      if (rows < 1 || columns < 1) {
        throw new IllegalArgumentException(name + " runs on " + columns + " x " + rows);
      }
      if (rows > MOST_ROWS || columns > MOST_COLUMNS) {
        throw tooLarge(name, columns, rows);
      }
    }

    /**
     * The product of some lengths as a number of columns.
     *
     * @throws OutOfDeviceMemoryException if there are too many for a grid
     */
    static int columns(String name, int... lengths) {
      long columns = 1;
      for (int length : lengths) {
        columns *= length;
        if (columns > MOST_COLUMNS) {
          throw tooLarge(name, columns, 1);
        }
      }
      return (int) columns;
    }

    private static OutOfDeviceMemoryException tooLarge(String name, long columns, int rows) {
      return new OutOfDeviceMemoryException(
          "%s takes %d x %d threads, and a grid has %d x %d at most"
              .formatted(name, columns, rows, MOST_COLUMNS, MOST_ROWS));
    }

    @Override
    public List<Place> places() {
      return pointers;
    }
  }

  /**
   * A convolution, or its transpose: the gradient at its input, and deconvolutions. Where the
   * coarse side is larger than the padding makes it, there are zeros behind the fine side.
   *
   * @param window its geometry
   * @param transposed whether it goes from the coarse side to the fine one
   * @param from dense, or a slice where the device takes it
   * @param weights coarse channels x kernel height x kernel width x fine channels of a group
   * @param bias one float per channel of {@code to}, or null
   * @param rectified whether values below 0 become 0
   * @param to dense, or a slice where the device takes it
   * @param accumulate whether to add to what is there
   * @param workspace what the library may use besides
   */
  record Convolution(
      String name,
      ConvolutionWindow window,
      boolean transposed,
      Tensor from,
      WeightForm weights,
      WeightForm bias,
      boolean rectified,
      Tensor to,
      boolean accumulate,
      Block workspace)
      implements Step {
    /** One that takes no scratch memory, as far as is known. */
    Convolution(
        String name,
        ConvolutionWindow window,
        boolean transposed,
        Tensor from,
        WeightForm weights,
        WeightForm bias,
        boolean rectified,
        Tensor to,
        boolean accumulate) {
      this(
          name,
          window,
          transposed,
          from,
          weights,
          bias,
          rectified,
          to,
          accumulate,
          new Block("no workspace", 0));
    }

    /** The same with memory that the library may use besides. */
    Convolution with(Block scratch) {
      return new Convolution(
          name, window, transposed, from, weights, bias, rectified, to, accumulate, scratch);
    }

    Tensor fine() {
      return transposed ? to : from;
    }

    Tensor coarse() {
      return transposed ? from : to;
    }

    /** Whether both sides are dense and padded alike at both ends, which is all most calls do. */
    boolean isOrdinary() {
      return from.isDense()
          && to.isDense()
          && window.padBelow(fine().height(), coarse().height()) == window.padHeight()
          && window.padRight(fine().width(), coarse().width()) == window.padWidth();
    }

    @Override
    public List<Place> places() {
      return List.of(from.place(), to.place(), new Place.Arena(workspace, 0));
    }

    @Override
    public double bytes() {
      return from.bytes() + (accumulate ? 2 : 1) * to.bytes() + weights.bytes();
    }

    @Override
    public double operations() {
      return window.operations(coarse().shape());
    }
  }

  /**
   * The product of positions x channels with a matrix; both sides may be slices.
   *
   * @param from positions x inputs
   * @param weights outputs x inputs, or inputs x outputs where {@code transposed}
   * @param transposed how the weights lie
   * @param bias one value per output, or null
   * @param rectified whether values below 0 become 0
   * @param to positions x outputs
   * @param accumulate whether to add to what is there
   * @param workspace what the library may use besides
   */
  record Product(
      String name,
      Tensor from,
      WeightForm weights,
      boolean transposed,
      WeightForm bias,
      boolean rectified,
      Tensor to,
      boolean accumulate,
      Block workspace)
      implements Step {
    @Override
    public List<Place> places() {
      return List.of(from.place(), to.place(), new Place.Arena(workspace, 0));
    }

    @Override
    public double bytes() {
      return from.bytes() + (accumulate ? 2 : 1) * to.bytes() + weights.bytes();
    }

    @Override
    public double operations() {
      return 2.0 * from.positions() * from.channels() * to.channels();
    }
  }

  /**
   * The products of some positions with the columns of a guide, in float, positions innermost.
   *
   * @param from activations
   * @param firstPosition of those taken
   * @param positions taken
   * @param columns channels x count
   * @param count of columns
   * @param to receives count x positions floats
   * @param workspace what the library may use besides
   */
  record GuideProducts(
      String name,
      Tensor from,
      int firstPosition,
      int positions,
      WeightForm columns,
      int count,
      Block to,
      Block workspace)
      implements Step {
    @Override
    public List<Place> places() {
      return List.of(from.place(), new Place.Arena(to, 0), new Place.Arena(workspace, 0));
    }

    @Override
    public double bytes() {
      return from.bytes() * positions / from.positions() + to.bytes() + columns.bytes();
    }

    @Override
    public double operations() {
      return 2.0 * positions * from.channels() * count;
    }
  }
}
