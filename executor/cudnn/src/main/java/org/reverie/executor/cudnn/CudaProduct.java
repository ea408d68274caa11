package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cublas.CUBLASLT_EPILOGUE_BIAS;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_EPILOGUE_RELU_BIAS;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_EPILOGUE;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_TRANSA;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_DESC_TRANSB;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_T;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmul;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulAlgoGetHeuristic;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescDestroy;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulDescSetAttribute;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceDestroy;
import static org.bytedeco.cuda.global.cublas.cublasLtMatmulPreferenceSetAttribute;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutCreate;
import static org.bytedeco.cuda.global.cublas.cublasLtMatrixLayoutDestroy;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16F;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.reverie.executor.cudnn.Cuda.Address;

/**
 * A matrix product D = op(A) op(B) as cuBLASLt knows it, all matrices column by column. The
 * algorithm is the first that its rules name for these shapes and alignments.
 */
final class CudaProduct implements AutoCloseable {
  /** Scratch memory that cuBLAS advises for Hopper; older devices need less. */
  static final long WORKSPACE_BYTES = 32L << 20;

  private static final int LARGEST_ALIGNMENT = 256;

  private final String name;
  private final Matrix a;
  private final Matrix b;
  private final Matrix d;
  private final Pointer workspace;
  private final List<Runnable> open = new ArrayList<>();
  private final cublasLtMatmulDescOpaque_t description;
  private final cublasLtMatrixLayoutOpaque_t layoutA;
  private final cublasLtMatrixLayoutOpaque_t layoutB;
  private final cublasLtMatrixLayoutOpaque_t layoutD;
  private final cublasLtMatmulHeuristicResult_t chosen = new cublasLtMatmulHeuristicResult_t();
  private final FloatPointer one = new FloatPointer(new float[] {1});
  private final FloatPointer beta;

  /**
   * A matrix.
   *
   * @param rows as it lies in memory
   * @param columns as it lies in memory
   * @param pitch values from one column to the next
   * @param transposed whether op transposes it
   */
  record Matrix(
      long address, Element element, long rows, long columns, long pitch, boolean transposed) {
    private int type() {
      return switch (element) {
        case FLOAT32 -> CUDA_R_32F;
        case FLOAT16 -> CUDA_R_16F;
        case BFLOAT16 -> CUDA_R_16BF;
      };
    }

    private int alignment() {
      return (int) Math.min(LARGEST_ALIGNMENT, Long.lowestOneBit(address));
    }
  }

  /**
   * Prepares a product.
   *
   * @param bias one value per row of D, or 0
   * @param rectified whether values below 0 become 0; only with a bias
   * @param accumulate whether to add to D
   * @param tensorCores whether float values may be rounded to TF32
   * @param workspace of {@link #WORKSPACE_BYTES}
   * @throws RefusedException if cuBLAS cannot describe it
   */
  CudaProduct(
      String name,
      Matrix a,
      Matrix b,
      Matrix d,
      long bias,
      boolean rectified,
      boolean accumulate,
      boolean tensorCores,
      long workspace) {
    this.name = name;
    this.a = a;
    this.b = b;
    this.d = d;
    this.workspace = new Address(workspace);
    this.beta = new FloatPointer(new float[] {accumulate ? 1 : 0});
    int compute =
        tensorCores && a.element() == Element.FLOAT32
            ? CUBLAS_COMPUTE_32F_FAST_TF32
            : CUBLAS_COMPUTE_32F;
    try {
      description = description(compute);
      attribute(CUBLASLT_MATMUL_DESC_TRANSA, a.transposed() ? CUBLAS_OP_T : CUBLAS_OP_N);
      attribute(CUBLASLT_MATMUL_DESC_TRANSB, b.transposed() ? CUBLAS_OP_T : CUBLAS_OP_N);
      if (bias != 0) {
        attribute(
            CUBLASLT_MATMUL_DESC_EPILOGUE,
            rectified ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_BIAS);
        try (LongPointer value = new LongPointer(new long[] {bias})) {
          Cuda.takeCublas(
              cublasLtMatmulDescSetAttribute(
                  description, CUBLASLT_MATMUL_DESC_BIAS_POINTER, value, Long.BYTES),
              name);
        }
      }
      layoutA = layout(a);
      layoutB = layout(b);
      layoutD = layout(d);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private cublasLtMatmulDescOpaque_t description(int compute) {
    try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
      Cuda.takeCublas(cublasLtMatmulDescCreate(made, compute, CUDA_R_32F), name);
      cublasLtMatmulDescOpaque_t descriptor = new cublasLtMatmulDescOpaque_t(made.get());
      open.add(() -> cublasLtMatmulDescDestroy(descriptor));
      return descriptor;
    }
  }

  private void attribute(int attribute, int value) {
    try (IntPointer pointer = new IntPointer(new int[] {value})) {
      Cuda.takeCublas(
          cublasLtMatmulDescSetAttribute(description, attribute, pointer, Integer.BYTES), name);
    }
  }

  private cublasLtMatrixLayoutOpaque_t layout(Matrix matrix) {
    try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
      Cuda.takeCublas(
          cublasLtMatrixLayoutCreate(
              made, matrix.type(), matrix.rows(), matrix.columns(), matrix.pitch()),
          name);
      cublasLtMatrixLayoutOpaque_t layout = new cublasLtMatrixLayoutOpaque_t(made.get());
      open.add(() -> cublasLtMatrixLayoutDestroy(layout));
      return layout;
    }
  }

  /**
   * Finds an algorithm.
   *
   * @throws RefusedException if there is none
   */
  void choose(cublasLtContext handle) {
    try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
      Cuda.takeCublas(cublasLtMatmulPreferenceCreate(made), name);
      cublasLtMatmulPreferenceOpaque_t preference =
          new cublasLtMatmulPreferenceOpaque_t(made.get());
      try (LongPointer bytes = new LongPointer(new long[] {WORKSPACE_BYTES})) {
        Cuda.takeCublas(
            cublasLtMatmulPreferenceSetAttribute(
                preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, bytes, Long.BYTES),
            name);
        align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, a);
        align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, b);
        align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, d);
        align(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, d);
        int[] found = new int[1];
        int status =
            cublasLtMatmulAlgoGetHeuristic(
                handle,
                description,
                layoutA,
                layoutB,
                layoutD,
                layoutD,
                preference,
                1,
                chosen,
                found);
        Cuda.takeCublas(status, name);
        if (found[0] != 1 || chosen.state() != 0) {
          throw new RefusedException(name + ": cuBLAS knows no algorithm");
        }
      } finally {
        cublasLtMatmulPreferenceDestroy(preference);
      }
    }
  }

  private void align(cublasLtMatmulPreferenceOpaque_t preference, int attribute, Matrix matrix) {
    try (IntPointer bytes = new IntPointer(new int[] {matrix.alignment()})) {
      Cuda.takeCublas(
          cublasLtMatmulPreferenceSetAttribute(preference, attribute, bytes, Integer.BYTES), name);
    }
  }

  /**
   * Queues it; an algorithm must have been found.
   *
   * @throws RefusedException if cuBLAS does not do it
   */
  void run(cublasLtContext handle, CUstream_st stream) {
    Pointer to = new Address(d.address());
    Cuda.takeCublas(
        cublasLtMatmul(
            handle,
            description,
            one,
            new Address(a.address()),
            layoutA,
            new Address(b.address()),
            layoutB,
            beta,
            to,
            layoutD,
            to,
            layoutD,
            chosen.algo(),
            workspace,
            WORKSPACE_BYTES,
            stream),
        name);
  }

  @Override
  public void close() {
    open.forEach(Runnable::run);
    open.clear();
    chosen.deallocate();
    one.deallocate();
    beta.deallocate();
  }
}
