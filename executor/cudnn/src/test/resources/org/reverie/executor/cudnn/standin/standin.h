// Stand-ins for NVIDIA's libraries, for tests on machines without a GPU: just those functions that the engine
// calls, written from their public documentation and stricter than it where that finds mistakes. This header is
// what the libraries share: a device on the processor, with memory, streams, events, graphs. Environment variables:
//
//   STAND_IN_DEVICES       how many there are; 1
//   STAND_IN_MEMORY        bytes of each; 3 GiB
//   STAND_IN_CAPABILITY    compute capability, 90
//   STAND_IN_DELAYS        a seed: streams pause now and then, so that a missing wait shows
//   STAND_IN_REFUSALS      a seed: cuDNN and cuBLAS do not support a quarter of what they are asked for; of
//                          the heuristics and executions of graphs one in sixteen
//   STAND_IN_FAULTS        a path; while there is a file of this name with a dot and the process's number behind it, its
//                          lines say what fails: FUNCTION STATUS CONDITION. With the condition "always" every call gives
//                          that status, with "recorded" those of a thread while a stream records what it queues, and the
//                          recording is spoilt; with "dies" the device is gone, as after a kernel's error
//   STAND_IN_CALLS         a file that gets a line per function with the number of its calls, at the end
//
// A misuse is told on the standard error, and from then on every call fails, as after an error of a kernel, until
// cudaDeviceReset: a status that a caller passes over does not hide it. Whatever lives costs the first device a KiB
// of memory besides, so that cudaMemGetInfo shows what was not given back.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))
#define SHARED __attribute__((visibility("default")))

namespace standin {
enum Error {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_OUT_OF_RESOURCES = 701,
  LAUNCH_FAILURE = 719,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
  CAPTURE_UNMATCHED = 903,
  CAPTURE_WRONG_THREAD = 908
};

enum class Kind {
  STREAM, EVENT, GRAPH, EXECUTABLE, MODULE, HOST_MEMORY, PROGRAM, CUDNN, TENSOR, FILTER, CONVOLUTION, ACTIVATION,
  BACKEND, CUBLAS, MATMUL, LAYOUT, PREFERENCE
};

// Memory that an operation reads or writes.
struct Touch {
  const void* at;
  size_t bytes;
};

// What a stream does in order. Everything it needs is in it by value, but for the memory it touches.
struct Operation {
  std::string name;
  std::vector<Touch> touches;
  std::function<void()> body;
};

struct Stream;

// Counts a call; gives the error that stays after a misuse, or 0.
SHARED int called(const char* function);
SHARED int broken();
// The status that a test asks a function for, or 0; see STAND_IN_FAULTS.
SHARED int faulted(const char* function);
// Tells of a misuse, which stays; gives the code.
SHARED int misuse(int code, const char* format, ...) __attribute__((format(printf, 2, 3)));

// Objects behind handles: a handle that is not alive is a misuse.
SHARED void born(Kind kind, const void* object);
SHARED bool alive(Kind kind, const void* object);
SHARED bool buried(Kind kind, const void* object);

// The calling thread's device. A thread has a context once it called the runtime.
SHARED int device();
SHARED bool hasContext();
SHARED int setDevice(int device);
SHARED int deviceCount();
SHARED int capability();

SHARED int allocate(void** memory, size_t bytes);
SHARED int release(void* memory);
SHARED int allocateHost(void** memory, size_t bytes);
SHARED int releaseHost(void* memory);
SHARED void memory(size_t* free, size_t* total);
// The device that an address belongs to if so many bytes there are allocated, -1 for the host's pinned memory, else -2.
SHARED int owner(const void* at, size_t bytes);

SHARED int makeStream(Stream** stream, bool waitsForDefault);
SHARED int destroyStream(Stream* stream);
// The stream of operations that name none.
SHARED Stream* defaultStream();
// Queues an operation, or records it; the touched memory must be the device's or the host's pinned.
SHARED int enqueue(Stream* stream, Operation operation);
SHARED bool capturing(Stream* stream);
SHARED int synchronize(Stream* stream);
SHARED int synchronizeDevice();
// Refuses what is unsafe while some thread records.
SHARED int unsafe(const char* function);

SHARED int reset();

// Whether a library is to refuse something of these numbers.
SHARED bool refuses(std::initializer_list<int64_t> numbers);
// Calls body(first, end) for parts of 0 .. count, on several threads if it is worth it.
SHARED void parallel(int64_t count, double operations, const std::function<void(int64_t, int64_t)>& body);

// Values as libraries store them. Kinds are cudaDataType's: 0 float, 2 half, 14 bfloat16.
inline size_t bytesOf(int type) { return type == 0 ? 4 : 2; }
SHARED void widen(int type, const void* from, float* to, int64_t count);
SHARED void narrow(int type, const float* from, void* to, int64_t count);
// Rounds to the 10 bits that TF32 keeps.
SHARED void roundToTf32(float* values, int64_t count);
}  // namespace standin
