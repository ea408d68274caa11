// What cuDNN's two kinds of interface share: handles, and the convolution itself. See standin.h.
#pragma once
#include <atomic>

#include "standin.h"

namespace standin {
enum Status { FINE = 0, NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000, EXECUTION_FAILED = 5000 };

struct Context {
  int device;
  Stream* stream = nullptr;
  std::atomic<int> users{0};
};

// Tells of a misuse.
int wrong(const char* what);

// Types of cuDNN's to those of CUDA's: float, half, bfloat16; -1 for all others.
int cudaType(int type);

// A handle serves one thread at a time.
struct Turn {
  Context* handle;
  bool alone;
  explicit Turn(Context* handle) : handle(handle), alone(handle->users++ == 0) {}
  ~Turn() { handle->users--; }
};
#define CHECK_HANDLE                                                         \
  if (!alive(Kind::CUDNN, handle)) return wrong("a handle that is none");    \
  Turn turn(handle);                                                         \
  if (!turn.alone) return wrong("a handle that two threads use at once");    \
  if (handle->device != device()) return wrong("a handle of another device")
// A handle keeps its stream, and what cuDNN asks a stream that was destroyed is undefined.
#define CHECK_TURN \
  CHECK_HANDLE;    \
  if (handle->stream && !alive(Kind::STREAM, handle->stream)) return wrong("a handle whose stream was destroyed")
#define TAKE_TURN                                \
  if (called(__func__)) return EXECUTION_FAILED; \
  if (int fault = faulted(__func__)) return fault; \
  CHECK_TURN

// Where the values of a picture lie, channels innermost: steps from one image, row, pixel to the next.
struct Picture {
  int n, c, h, w;
  int64_t image, row, pixel;
  static Picture dense(int n, int c, int h, int w) {
    return {n, c, h, w, (int64_t)h * w * c, (int64_t)w * c, c};
  }
  int64_t at(int i, int y, int x) const { return i * image + y * row + x * pixel; }
  // From the first value to behind the last.
  size_t span() const { return at(n - 1, h - 1, w - 1) + c; }
};

// A convolution from the fine side to the coarse one, or its transpose. Types are CUDA's.
struct Job {
  bool transposed;
  int type, biasType;
  Picture fine, coarse;
  int kernelH, kernelW, padH, padW, strideH, strideW, dilationH, dilationW, groups;
  bool rectified, tf32;
  float alpha, beta;
  // Relative error of the sums, for those that must not be used; changes from call to call if it is to.
  float off = 0;
  bool unsteady = false;

  size_t weights() const { return (size_t)coarse.c * kernelH * kernelW * (fine.c / groups); }
  const Picture& source() const { return transposed ? coarse : fine; }
  const Picture& target() const { return transposed ? fine : coarse; }
};

// Queues a convolution on a handle's stream; it scribbles over as much of its workspace as it needs.
int queue(const char* name, Context* handle, const Job& job, const void* from, const void* weights, const void* bias,
          void* to, void* workspace, size_t workspaceBytes);
}  // namespace standin
