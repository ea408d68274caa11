package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ACTIVATION_IDENTITY;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ACTIVATION_RELU;
import static org.bytedeco.cuda.global.cudnn.CUDNN_CONVOLUTION_BWD_DATA_ALGO_1;
import static org.bytedeco.cuda.global.cudnn.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM;
import static org.bytedeco.cuda.global.cudnn.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
import static org.bytedeco.cuda.global.cudnn.CUDNN_CROSS_CORRELATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_BFLOAT16;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_HALF;
import static org.bytedeco.cuda.global.cudnn.CUDNN_FMA_MATH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_NOT_PROPAGATE_NAN;
import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_SUCCESS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TENSOR_NHWC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TENSOR_OP_MATH;
import static org.bytedeco.cuda.global.cudnn.cudnnConvolutionBackwardData;
import static org.bytedeco.cuda.global.cudnn.cudnnConvolutionBiasActivationForward;
import static org.bytedeco.cuda.global.cudnn.cudnnConvolutionForward;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateActivationDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateConvolutionDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateFilterDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateTensorDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyActivationDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyConvolutionDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyFilterDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyTensorDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnGetConvolutionBackwardDataWorkspaceSize;
import static org.bytedeco.cuda.global.cudnn.cudnnGetConvolutionForwardWorkspaceSize;
import static org.bytedeco.cuda.global.cudnn.cudnnSetActivationDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolution2dDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolutionGroupCount;
import static org.bytedeco.cuda.global.cudnn.cudnnSetConvolutionMathType;
import static org.bytedeco.cuda.global.cudnn.cudnnSetFilter4dDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetTensor4dDescriptor;

import java.util.List;
import org.bytedeco.cuda.cudnn.cudnnActivationStruct;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.reverie.executor.cudnn.Cuda.Address;
import org.reverie.executor.engine.EngineProvider.Precision;

/**
 * A convolution as cuDNN knows it. Algorithms are taken by rule, never by a measurement: the
 * implicit matrix product with precomputed indices, else the one without, both of which sum in one
 * order; of the transposed ones only the second does.
 */
final class CudaConvolution implements AutoCloseable {
  private static final List<Integer> FORWARD =
      List.of(
          CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM,
          CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM);
  private static final List<Integer> TRANSPOSED = List.of(CUDNN_CONVOLUTION_BWD_DATA_ALGO_1);

  /** Scratch memory that is worth an algorithm. */
  private static final long MOST_WORKSPACE = 1L << 30;

  private final Step.Convolution step;
  private final cudnnTensorStruct fine = new cudnnTensorStruct();
  private final cudnnTensorStruct coarse = new cudnnTensorStruct();
  private final cudnnTensorStruct bias = new cudnnTensorStruct();
  private final cudnnFilterStruct weights = new cudnnFilterStruct();
  private final cudnnConvolutionStruct convolution = new cudnnConvolutionStruct();
  private final cudnnActivationStruct activation = new cudnnActivationStruct();
  private final FloatPointer zero = new FloatPointer(new float[] {0});
  private final FloatPointer one = new FloatPointer(new float[] {1});

  /**
   * @throws RefusedException if cuDNN cannot describe it
   */
  CudaConvolution(Step.Convolution step, Precision precision) {
    this.step = step;
    ConvolutionWindow w = step.window();
    int type = type(step.from().element());
    String name = step.name();
    try {
      Cuda.takeCudnn(cudnnCreateTensorDescriptor(fine), name);
      Cuda.takeCudnn(cudnnCreateTensorDescriptor(coarse), name);
      Cuda.takeCudnn(cudnnCreateTensorDescriptor(bias), name);
      Cuda.takeCudnn(cudnnCreateFilterDescriptor(weights), name);
      Cuda.takeCudnn(cudnnCreateConvolutionDescriptor(convolution), name);
      Cuda.takeCudnn(cudnnCreateActivationDescriptor(activation), name);
      describe(fine, type, step.fine(), name);
      describe(coarse, type, step.coarse(), name);
      Cuda.takeCudnn(
          cudnnSetTensor4dDescriptor(bias, CUDNN_TENSOR_NHWC, type, 1, step.to().channels(), 1, 1),
          name);
      Cuda.takeCudnn(
          cudnnSetFilter4dDescriptor(
              weights,
              type,
              CUDNN_TENSOR_NHWC,
              w.coarse(),
              w.fine() / w.group(),
              w.kernelHeight(),
              w.kernelWidth()),
          name);
      Cuda.takeCudnn(
          cudnnSetConvolution2dDescriptor(
              convolution,
              w.padHeight(),
              w.padWidth(),
              w.strideHeight(),
              w.strideWidth(),
              w.dilationHeight(),
              w.dilationWidth(),
              CUDNN_CROSS_CORRELATION,
              CUDNN_DATA_FLOAT),
          name);
      Cuda.takeCudnn(cudnnSetConvolutionGroupCount(convolution, w.group()), name);
      Cuda.takeCudnn(
          cudnnSetConvolutionMathType(
              convolution, precision == Precision.FLOAT32 ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH),
          name);
      Cuda.takeCudnn(
          cudnnSetActivationDescriptor(
              activation,
              step.rectified() ? CUDNN_ACTIVATION_RELU : CUDNN_ACTIVATION_IDENTITY,
              CUDNN_NOT_PROPAGATE_NAN,
              0),
          name);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void describe(cudnnTensorStruct descriptor, int type, Tensor tensor, String name) {
    Cuda.takeCudnn(
        cudnnSetTensor4dDescriptor(
            descriptor,
            CUDNN_TENSOR_NHWC,
            type,
            1,
            tensor.channels(),
            tensor.height(),
            tensor.width()),
        name);
  }

  /** cuDNN's name of a type. */
  static int type(Element element) {
    return switch (element) {
      case FLOAT32 -> CUDNN_DATA_FLOAT;
      case FLOAT16 -> CUDNN_DATA_HALF;
      case BFLOAT16 -> CUDNN_DATA_BFLOAT16;
    };
  }

  /** The algorithms to try, in order. */
  static List<Integer> algorithms(Step.Convolution step) {
    return step.transposed() ? TRANSPOSED : FORWARD;
  }

  /** Scratch memory of an algorithm, bytes; -1 if it cannot be had. */
  long workspaceBytes(cudnnContext handle, int algorithm) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      int status =
          step.transposed()
              ? cudnnGetConvolutionBackwardDataWorkspaceSize(
                  handle, weights, coarse, convolution, fine, algorithm, size)
              : cudnnGetConvolutionForwardWorkspaceSize(
                  handle, fine, weights, convolution, coarse, algorithm, size);
      return status == CUDNN_STATUS_SUCCESS && size.get() <= MOST_WORKSPACE ? size.get() : -1;
    }
  }

  /**
   * Queues it with bias and rectifier.
   *
   * @return cuDNN's status
   */
  int fused(cudnnContext handle, int algorithm, Device.Addresses addresses, long workspaceBytes) {
    Pointer to = new Address(addresses.of(step.to().place()));
    return cudnnConvolutionBiasActivationForward(
        handle,
        one,
        fine,
        new Address(addresses.of(step.from().place())),
        weights,
        new Address(addresses.of(new Place.Weights(step.weights()))),
        convolution,
        algorithm,
        workspace(addresses),
        workspaceBytes,
        zero,
        coarse,
        to,
        bias,
        new Address(addresses.of(new Place.Weights(step.bias()))),
        activation,
        coarse,
        to);
  }

  /**
   * Queues it without bias and rectifier, or its transpose.
   *
   * @return cuDNN's status
   */
  int plain(cudnnContext handle, int algorithm, Device.Addresses addresses, long workspaceBytes) {
    Pointer from = new Address(addresses.of(step.from().place()));
    Pointer to = new Address(addresses.of(step.to().place()));
    Pointer values = new Address(addresses.of(new Place.Weights(step.weights())));
    FloatPointer beta = step.accumulate() ? one : zero;
    return step.transposed()
        ? cudnnConvolutionBackwardData(
            handle,
            one,
            weights,
            values,
            coarse,
            from,
            convolution,
            algorithm,
            workspace(addresses),
            workspaceBytes,
            beta,
            fine,
            to)
        : cudnnConvolutionForward(
            handle,
            one,
            fine,
            from,
            weights,
            values,
            convolution,
            algorithm,
            workspace(addresses),
            workspaceBytes,
            beta,
            coarse,
            to);
  }

  private Pointer workspace(Device.Addresses addresses) {
    return new Address(
        step.workspace().bytes() == 0 ? 0 : addresses.of(new Place.Arena(step.workspace(), 0)));
  }

  @Override
  public void close() {
    for (cudnnTensorStruct tensor : List.of(fine, coarse, bias)) {
      if (!tensor.isNull()) {
        cudnnDestroyTensorDescriptor(tensor);
      }
    }
    if (!weights.isNull()) {
      cudnnDestroyFilterDescriptor(weights);
    }
    if (!convolution.isNull()) {
      cudnnDestroyConvolutionDescriptor(convolution);
    }
    if (!activation.isNull()) {
      cudnnDestroyActivationDescriptor(activation);
    }
    zero.deallocate();
    one.deallocate();
  }
}
