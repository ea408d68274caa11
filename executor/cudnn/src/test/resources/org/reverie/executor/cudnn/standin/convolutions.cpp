// cuDNN's functions: convolutions of the older kind of interface. See standin.h.
#include <algorithm>
#include <cstring>
#include <vector>

#include "cudnn.h"

using namespace standin;

namespace standin {
int wrong(const char* what) {
  misuse(INVALID_VALUE, "cuDNN: %s", what);
  return BAD_PARAM;
}

int cudaType(int type) { return type == 0 ? 0 : type == 2 ? 2 : type == 9 ? 14 : -1; }

static void compute(const Job& job, const void* from, const void* packed, const void* biasValues, void* to) {
  const Job& v = job;
  int type = job.type, taps = job.kernelH * job.kernelW;
  int perGroup = job.fine.c / job.groups, per = job.coarse.c / job.groups;
  std::vector<float> weights(job.weights());
  widen(type, packed, weights.data(), weights.size());
  if (job.tf32) roundToTf32(weights.data(), weights.size());
  const Picture &source = job.source(), &target = job.target();
  if (!job.transposed) {
    // Outputs innermost, within each group.
    std::vector<float> turned(weights.size());
    size_t length = (size_t)taps * perGroup;
    for (int o = 0; o < job.coarse.c; o++)
      for (size_t t = 0; t < length; t++)
        turned[((size_t)(o / per) * length + t) * per + o % per] = weights[o * length + t];
    weights.swap(turned);
  }
  std::vector<float> values((size_t)source.n * source.h * source.w * source.c);
  for (int64_t pixel = 0, i = 0; i < source.n; i++)
    for (int y = 0; y < source.h; y++)
      for (int x = 0; x < source.w; x++, pixel++)
        widen(type, (const char*)from + source.at((int)i, y, x) * bytesOf(type), &values[pixel * source.c], source.c);
  if (job.tf32) roundToTf32(values.data(), values.size());
  std::vector<float> bias(target.c, 0.0f);
  if (biasValues) widen(job.biasType, biasValues, bias.data(), target.c);
  static std::atomic<int> calls{0};
  float gain = job.alpha * (1 + job.off * (job.unsteady ? 1 + (calls++ & 1) : 1));
  double operations = 2.0 * job.weights() * job.coarse.h * job.coarse.w * job.coarse.n;
  parallel((int64_t)target.n * target.h, operations, [&](int64_t first, int64_t end) {
    std::vector<float> sums(target.c), before(target.c);
    for (int64_t line = first; line < end; line++)
      for (int x = 0; x < target.w; x++) {
        int image = (int)(line / target.h), y = (int)(line % target.h);
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (int ky = 0; ky < job.kernelH; ky++)
          for (int kx = 0; kx < job.kernelW; kx++) {
            int row, column;
            if (job.transposed) {
              int down = y + v.padH - ky * v.dilationH, right = x + v.padW - kx * v.dilationW;
              if (down < 0 || right < 0 || down % v.strideH || right % v.strideW) continue;
              row = down / v.strideH;
              column = right / v.strideW;
            } else {
              row = y * v.strideH + ky * v.dilationH - v.padH;
              column = x * v.strideW + kx * v.dilationW - v.padW;
            }
            if (row < 0 || column < 0 || row >= source.h || column >= source.w) continue;
            const float* in = &values[(((size_t)image * source.h + row) * source.w + column) * source.c];
            int tap = ky * job.kernelW + kx;
            for (int c = 0; c < source.c; c++) {
              const float* line;
              float* into;
              int length;
              if (job.transposed) {
                line = &weights[((size_t)c * taps + tap) * perGroup];
                into = &sums[c / per * perGroup];
                length = perGroup;
              } else {
                int g = c / perGroup;
                line = &weights[(((size_t)g * taps + tap) * perGroup + c % perGroup) * per];
                into = &sums[g * per];
                length = per;
              }
              float value = in[c];
              for (int i = 0; i < length; i++) into[i] += value * line[i];
            }
          }
        char* place = (char*)to + target.at(image, y, x) * bytesOf(type);
        if (job.beta != 0) widen(type, place, before.data(), target.c);
        for (int c = 0; c < target.c; c++) {
          float value = gain * sums[c] + (job.beta != 0 ? job.beta * before[c] : 0.0f) + bias[c];
          sums[c] = job.rectified && !(value > 0) ? 0.0f : value;
        }
        narrow(type, sums.data(), place, target.c);
      }
  });
}

int queue(const char* name, Context* handle, const Job& job, const void* from, const void* weights, const void* bias,
          void* to, void* workspace, size_t workspaceBytes) {
  size_t bytes = bytesOf(job.type);
  Operation operation{name, {}, {}};
  operation.touches = {{from, job.source().span() * bytes}, {weights, job.weights() * bytes},
                       {to, job.target().span() * bytes}};
  if (bias) operation.touches.push_back({bias, job.target().c * bytesOf(job.biasType)});
  if (workspaceBytes > 0) operation.touches.push_back({workspace, workspaceBytes});
  operation.body = [=] {
    if (workspaceBytes > 0) memset(workspace, 0xff, workspaceBytes);
    compute(job, from, weights, bias, to);
  };
  return enqueue(handle->stream ? handle->stream : defaultStream(), std::move(operation)) ? EXECUTION_FAILED : FINE;
}
}  // namespace standin

namespace {
enum { NCHW = 0, NHWC = 1 };
enum { IMPLICIT_GEMM = 0, IMPLICIT_PRECOMP_GEMM = 1 };
enum { RELU = 1, IDENTITY = 5 };
enum { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, TENSOR_OP_MATH_ALLOW_CONVERSION = 2, FMA_MATH = 3 };

struct Tensor {
  int type = -1;
  int format = -1;
  int n = 0, c = 0, h = 0, w = 0;
  size_t values() const { return (size_t)n * c * h * w; }
  Picture picture() const { return Picture::dense(n, c, h, w); }
};

struct Filter {
  int type = -1;
  int format = -1;
  int k = 0, c = 0, h = 0, w = 0;
  size_t values() const { return (size_t)k * c * h * w; }
};

struct Convolution {
  int padH = 0, padW = 0, strideH = 0, strideW = 0, dilationH = 0, dilationW = 0, mode = -1, compute = -1;
  int groups = 1;
  int math = DEFAULT_MATH;
};

struct Activation {
  int mode = -1;
};

int outputs(int size, int pad, int kernel, int dilation, int stride) {
  return (size + 2 * pad - ((kernel - 1) * dilation + 1)) / stride + 1;
}

// What must hold of the sides of a convolution: fine is x or dx, coarse is y or dy.
int check(const Tensor* fine, const Filter* weights, const Convolution* convolution, const Tensor* coarse) {
  if (!alive(Kind::TENSOR, fine) || !alive(Kind::TENSOR, coarse)) return wrong("a tensor's descriptor that is none");
  if (!alive(Kind::FILTER, weights)) return wrong("a filter's descriptor that is none");
  if (!alive(Kind::CONVOLUTION, convolution)) return wrong("a convolution's descriptor that is none");
  if (fine->n < 1 || coarse->n < 1 || weights->k < 1 || convolution->strideH < 1) return wrong("a descriptor not set");
  if (fine->type != weights->type || fine->type != coarse->type) return wrong("values of several types");
  if (fine->n != coarse->n || fine->c != weights->c * convolution->groups || coarse->c != weights->k) {
    return wrong("channels that do not fit each other");
  }
  if (weights->k % convolution->groups != 0) return wrong("outputs that groups do not divide");
  if (coarse->h != outputs(fine->h, convolution->padH, weights->h, convolution->dilationH, convolution->strideH) ||
      coarse->w != outputs(fine->w, convolution->padW, weights->w, convolution->dilationW, convolution->strideW)) {
    return wrong("an output of another size");
  }
  if (fine->format != NHWC || coarse->format != NHWC || weights->format != NHWC) return NOT_SUPPORTED;
  // Float sums go with every type; modes but cross-correlation are not written here.
  if (convolution->compute != 0 || convolution->mode != 1) return NOT_SUPPORTED;
  return FINE;
}

size_t scratch(bool transposed, int algorithm, const Tensor* fine, const Filter* weights, const Tensor* coarse) {
  if (transposed) return 1024 + weights->values() * sizeof(float);
  return algorithm == IMPLICIT_PRECOMP_GEMM ? 512 + (size_t)coarse->h * coarse->w * 8 + fine->c : 0;
}

bool refused(bool fused, bool transposed, int algorithm, const Tensor& fine, const Filter& w, const Convolution& c) {
  return refuses({fused, transposed, algorithm, fine.c, fine.h, fine.w, w.k, w.h, w.w, c.strideH, c.padH, c.groups});
}

Job jobOf(bool transposed, const Tensor& fine, const Filter& weights, const Convolution& v, const Tensor& coarse) {
  int type = cudaType(fine.type);
  // Everything but plain multiplications rounds floats to TF32 where there are tensor cores for it.
  bool tf32 = type == 0 && v.math != FMA_MATH && capability() >= 80;
  return {transposed, type, type, fine.picture(), coarse.picture(), weights.h, weights.w, v.padH, v.padW, v.strideH,
          v.strideW, v.dilationH, v.dilationW, v.groups, false, tf32, 1, 0};
}

int queueAligned(const char* name, Context* handle, const Job& job, const void* from, const void* weights,
                 const void* bias, void* to, void* workspace, size_t workspaceBytes, size_t needed) {
  if (workspaceBytes < needed || (needed > 0 && !workspace)) return wrong("too little scratch memory");
  for (const void* at : {from, weights, (const void*)to}) {
    if (!at || (uintptr_t)at % 16 != 0) return wrong("a pointer that is null or not aligned");
  }
  return queue(name, handle, job, from, weights, bias, to, workspace, needed);
}

float number(const void* at) {
  float value;
  memcpy(&value, at, sizeof value);
  return value;
}
}  // namespace

API size_t cudnnGetVersion() { return 91900; }
API size_t cudnnGetCudartVersion() { return CUDA_MAJOR * 1000 + 10; }
API const char* cudnnGetErrorString(int status) {
  switch (status / 1000 * 1000) {
    case FINE: return "CUDNN_STATUS_SUCCESS";
    case 1000: return "CUDNN_STATUS_NOT_INITIALIZED";
    case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
    default: return "CUDNN_UNKNOWN_STATUS";
  }
}

API int cudnnCreate(Context** handle) {
  if (called(__func__)) return NOT_INITIALIZED;
  *handle = new Context{device()};
  born(Kind::CUDNN, *handle);
  return FINE;
}
API int cudnnDestroy(Context* handle) {
  called(__func__);
  if (!buried(Kind::CUDNN, handle)) return wrong("a handle is destroyed that is none");
  delete handle;
  return FINE;
}
API int cudnnSetStream(Context* handle, Stream* stream) {
  if (called(__func__)) return EXECUTION_FAILED;
  CHECK_HANDLE;
  if (stream && !alive(Kind::STREAM, stream)) return wrong("a stream that is none");
  handle->stream = stream;
  return FINE;
}

#define DESCRIPTOR(Name, Type, kind)                                                  \
  API int cudnnCreate##Name##Descriptor(Type** made) {                                \
    called(__func__);                                                                 \
    if (int fault = faulted(__func__)) return fault;                                  \
    *made = new Type();                                                               \
    born(Kind::kind, *made);                                                          \
    return FINE;                                                                      \
  }                                                                                   \
  API int cudnnDestroy##Name##Descriptor(Type* descriptor) {                          \
    called(__func__);                                                                 \
    if (!buried(Kind::kind, descriptor)) return wrong("a descriptor destroyed twice"); \
    delete descriptor;                                                                \
    return FINE;                                                                      \
  }
DESCRIPTOR(Tensor, Tensor, TENSOR)
DESCRIPTOR(Filter, Filter, FILTER)
DESCRIPTOR(Convolution, Convolution, CONVOLUTION)
DESCRIPTOR(Activation, Activation, ACTIVATION)

API int cudnnSetTensor4dDescriptor(Tensor* tensor, int format, int type, int n, int c, int h, int w) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::TENSOR, tensor)) return wrong("a tensor's descriptor that is none");
  if (n < 1 || c < 1 || h < 1 || w < 1 || cudaType(type) < 0 || format < 0 || format > 2) return wrong("such a tensor");
  *tensor = {type, format, n, c, h, w};
  // Documented: beyond 2^31 values a tensor is not supported.
  return tensor->values() > 0x7fffffffu ? NOT_SUPPORTED : FINE;
}

API int cudnnSetFilter4dDescriptor(Filter* filter, int type, int format, int k, int c, int h, int w) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::FILTER, filter)) return wrong("a filter's descriptor that is none");
  if (k < 1 || c < 1 || h < 1 || w < 1 || cudaType(type) < 0 || format < 0 || format > 2) return wrong("such a filter");
  *filter = {type, format, k, c, h, w};
  return FINE;
}

API int cudnnSetConvolution2dDescriptor(Convolution* convolution, int padH, int padW, int strideH, int strideW,
                                        int dilationH, int dilationW, int mode, int computeType) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::CONVOLUTION, convolution)) return wrong("a convolution's descriptor that is none");
  if (padH < 0 || padW < 0 || strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1) {
    return wrong("such a convolution");
  }
  *convolution = {padH, padW, strideH, strideW, dilationH, dilationW, mode, computeType};
  return FINE;
}
API int cudnnSetConvolutionGroupCount(Convolution* convolution, int groups) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::CONVOLUTION, convolution) || groups < 1) return wrong("such groups");
  convolution->groups = groups;
  return FINE;
}
API int cudnnSetConvolutionMathType(Convolution* convolution, int math) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::CONVOLUTION, convolution) || math < 0 || math > FMA_MATH) return wrong("such mathematics");
  convolution->math = math;
  return FINE;
}

API int cudnnSetActivationDescriptor(Activation* activation, int mode, int nan, double) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::ACTIVATION, activation) || mode < 0 || mode > 6 || nan < 0 || nan > 1) {
    return wrong("such an activation");
  }
  activation->mode = mode;
  return FINE;
}

API int cudnnGetConvolutionForwardWorkspaceSize(Context* handle, Tensor* x, Filter* w, Convolution* convolution,
                                                Tensor* y, int algorithm, size_t* bytes) {
  TAKE_TURN;
  if (int status = check(x, w, convolution, y)) return status;
  if (algorithm != IMPLICIT_GEMM && algorithm != IMPLICIT_PRECOMP_GEMM) return NOT_SUPPORTED;
  *bytes = scratch(false, algorithm, x, w, y);
  return FINE;
}

API int cudnnGetConvolutionBackwardDataWorkspaceSize(Context* handle, Filter* w, Tensor* dy, Convolution* convolution,
                                                     Tensor* dx, int algorithm, size_t* bytes) {
  TAKE_TURN;
  if (int status = check(dx, w, convolution, dy)) return status;
  if (algorithm != 0 && algorithm != 1) return NOT_SUPPORTED;
  *bytes = scratch(true, algorithm, dx, w, dy);
  return FINE;
}

API int cudnnConvolutionForward(Context* handle, const void* alpha, Tensor* xDescriptor, const void* x,
                                Filter* wDescriptor, const void* w, Convolution* convolution, int algorithm,
                                void* workspace, size_t workspaceBytes, const void* beta, Tensor* yDescriptor,
                                void* y) {
  TAKE_TURN;
  if (int status = check(xDescriptor, wDescriptor, convolution, yDescriptor)) return status;
  if (algorithm != IMPLICIT_GEMM && algorithm != IMPLICIT_PRECOMP_GEMM) return NOT_SUPPORTED;
  if (refused(false, false, algorithm, *xDescriptor, *wDescriptor, *convolution)) return NOT_SUPPORTED;
  Job job = jobOf(false, *xDescriptor, *wDescriptor, *convolution, *yDescriptor);
  job.alpha = number(alpha);
  job.beta = number(beta);
  return queueAligned(__func__, handle, job, x, w, nullptr, y, workspace, workspaceBytes,
                      scratch(false, algorithm, xDescriptor, wDescriptor, yDescriptor));
}

API int cudnnConvolutionBiasActivationForward(Context* handle, const void* alpha1, Tensor* xDescriptor, const void* x,
                                              Filter* wDescriptor, const void* w, Convolution* convolution,
                                              int algorithm, void* workspace, size_t workspaceBytes,
                                              const void* alpha2, Tensor* zDescriptor, const void* z,
                                              Tensor* biasDescriptor, const void* bias, Activation* activation,
                                              Tensor* yDescriptor, void* y) {
  TAKE_TURN;
  if (int status = check(xDescriptor, wDescriptor, convolution, yDescriptor)) return status;
  if (!alive(Kind::TENSOR, zDescriptor) || !alive(Kind::TENSOR, biasDescriptor)) return wrong("z or a bias of none");
  if (!alive(Kind::ACTIVATION, activation)) return wrong("an activation's descriptor that is none");
  if (algorithm != IMPLICIT_GEMM && algorithm != IMPLICIT_PRECOMP_GEMM) return NOT_SUPPORTED;
  if (activation->mode != RELU && activation->mode != IDENTITY) return NOT_SUPPORTED;
  if (activation->mode == IDENTITY && algorithm != IMPLICIT_PRECOMP_GEMM) return NOT_SUPPORTED;
  if (zDescriptor->values() != yDescriptor->values() || zDescriptor->type != yDescriptor->type || !z) {
    return wrong("a z that is not like y");
  }
  if (biasDescriptor->c != yDescriptor->c || biasDescriptor->values() != (size_t)yDescriptor->c || !bias ||
      biasDescriptor->type != xDescriptor->type) {
    return wrong("such a bias");
  }
  if (number(alpha2) != 0) return NOT_SUPPORTED;
  if (refused(true, false, algorithm, *xDescriptor, *wDescriptor, *convolution)) return NOT_SUPPORTED;
  Job job = jobOf(false, *xDescriptor, *wDescriptor, *convolution, *yDescriptor);
  job.rectified = activation->mode == RELU;
  job.alpha = number(alpha1);
  return queueAligned(__func__, handle, job, x, w, bias, y, workspace, workspaceBytes,
                      scratch(false, algorithm, xDescriptor, wDescriptor, yDescriptor));
}

API int cudnnConvolutionBackwardData(Context* handle, const void* alpha, Filter* wDescriptor, const void* w,
                                     Tensor* dyDescriptor, const void* dy, Convolution* convolution, int algorithm,
                                     void* workspace, size_t workspaceBytes, const void* beta, Tensor* dxDescriptor,
                                     void* dx) {
  TAKE_TURN;
  if (int status = check(dxDescriptor, wDescriptor, convolution, dyDescriptor)) return status;
  if (algorithm != 0 && algorithm != 1) return NOT_SUPPORTED;
  if (refused(false, true, algorithm, *dxDescriptor, *wDescriptor, *convolution)) return NOT_SUPPORTED;
  Job job = jobOf(true, *dxDescriptor, *wDescriptor, *convolution, *dyDescriptor);
  job.alpha = number(alpha);
  job.beta = number(beta);
  return queueAligned(__func__, handle, job, dy, w, nullptr, dx, workspace, workspaceBytes,
                      scratch(true, algorithm, dxDescriptor, wDescriptor, dyDescriptor));
}
