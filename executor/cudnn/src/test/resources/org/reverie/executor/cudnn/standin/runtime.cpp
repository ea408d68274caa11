// The runtime's functions (libcudart). See standin.h.
#include <cstring>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "standin.h"

namespace standin {
struct Graph;
int beginCapture(Stream* stream, int mode);
int endCapture(Stream* stream, Graph** graph);
int destroyGraph(Graph* graph, bool executable);
int instantiate(Graph* graph, Graph** executable);
int launchGraph(Graph* executable, Stream* stream);
}  // namespace standin

using namespace standin;

namespace {
thread_local int lastError = 0;

int last(int code) {
  if (code) lastError = code;
  return code;
}

Stream* named(Stream* stream) { return stream ? stream : defaultStream(); }

// How often it was recorded, and how many of those were reached.
struct Marks {
  std::mutex mutex;
  std::condition_variable changed;
  uint64_t recorded = 0;
  uint64_t reached = 0;
  std::chrono::steady_clock::time_point when;
};

struct Event {
  int device;
  bool timed = false;
  bool captured = false;
  std::shared_ptr<Marks> marks = std::make_shared<Marks>();
};

// Which way a copy goes must be true of its pointers: 1 to the device, 2 from it, 3 within.
int checkCopy(const char* name, const void* to, size_t toBytes, const void* from, size_t fromBytes, int kind) {
  int toOwner = owner(to, toBytes);
  int fromOwner = owner(from, fromBytes);
  bool toDevice = kind == 1 || kind == 3;
  bool fromDevice = kind == 2 || kind == 3;
  if (kind < 1 || kind > 3) return misuse(INVALID_VALUE, "%s of kind %d", name, kind);
  if (toDevice != (toOwner >= 0) || fromDevice != (fromOwner >= 0)) {
    return misuse(ILLEGAL_ADDRESS, "%s of kind %d, %zu bytes from %p to %p, which are not so many there", name, kind,
                  toBytes, from, to);
  }
  return SUCCESS;
}

Operation copyRows(const char* name, void* to, size_t toPitch, const void* from, size_t fromPitch, size_t width,
                   size_t height) {
  Operation operation{name, {}, [=] {
                        for (size_t row = 0; row < height; row++) {
                          memcpy((char*)to + row * toPitch, (const char*)from + row * fromPitch, width);
                        }
                      }};
  if (owner(to, 1) != -2) operation.touches.push_back({to, toPitch * (height - 1) + width});
  if (owner(from, 1) != -2) operation.touches.push_back({from, fromPitch * (height - 1) + width});
  return operation;
}
}  // namespace

#define ENTER                                            \
  if (int stays = called(__func__)) return last(stays); \
  if (int fault = faulted(__func__)) return last(fault)

API int cudaGetLastError() {
  int error = lastError;
  lastError = 0;
  return error;
}

API const char* cudaGetErrorName(int error) {
  switch (error) {
    case SUCCESS: return "cudaSuccess";
    case INVALID_VALUE: return "cudaErrorInvalidValue";
    case OUT_OF_MEMORY: return "cudaErrorMemoryAllocation";
    case INVALID_DEVICE: return "cudaErrorInvalidDevice";
    case INVALID_HANDLE: return "cudaErrorInvalidResourceHandle";
    case ILLEGAL_ADDRESS: return "cudaErrorIllegalAddress";
    case LAUNCH_FAILURE: return "cudaErrorLaunchFailure";
    case CAPTURE_UNSUPPORTED: return "cudaErrorStreamCaptureUnsupported";
    case CAPTURE_INVALIDATED: return "cudaErrorStreamCaptureInvalidated";
    case 801: return "cudaErrorNotSupported";
    case CAPTURE_UNMATCHED: return "cudaErrorStreamCaptureUnmatched";
    default: return "unrecognized error code";
  }
}
API const char* cudaGetErrorString(int) { return "said by a stand-in"; }

API int cudaDriverGetVersion(int* version) {
  ENTER;
  *version = CUDA_MAJOR * 1000 + 10;
  return SUCCESS;
}

API int cudaGetDeviceCount(int* count) {
  ENTER;
  *count = deviceCount();
  return SUCCESS;
}

API int cudaDeviceGetAttribute(int* value, int attribute, int device) {
  ENTER;
  if (device < 0 || device >= deviceCount()) return last(INVALID_DEVICE);
  if (attribute == 75) {
    *value = capability() / 10;
  } else if (attribute == 76) {
    *value = capability() % 10;
  } else {
    return last(misuse(INVALID_VALUE, "attribute %d of a device, which this stand-in does not know", attribute));
  }
  return SUCCESS;
}

API int cudaSetDevice(int device) {
  ENTER;
  return last(setDevice(device));
}

API int cudaMemGetInfo(size_t* free, size_t* total) {
  ENTER;
  memory(free, total);
  return SUCCESS;
}

API int cudaMalloc(void** memory, size_t bytes) {
  ENTER;
  device();
  if (int refused = unsafe(__func__)) return last(refused);
  return last(allocate(memory, bytes));
}

API int cudaFree(void* memory) {
  ENTER;
  device();
  if (int refused = unsafe(__func__)) return last(refused);
  return last(release(memory));
}

API int cudaHostAlloc(void** memory, size_t bytes, unsigned flags) {
  ENTER;
  device();
  if (int refused = unsafe(__func__)) return last(refused);
  if (flags & ~7u) return last(misuse(INVALID_VALUE, "pinned memory with flags %u", flags));
  return last(allocateHost(memory, bytes));
}

API int cudaFreeHost(void* memory) {
  ENTER;
  device();
  if (int refused = unsafe(__func__)) return last(refused);
  return last(releaseHost(memory));
}

API int cudaMemcpy(void* to, const void* from, size_t bytes, int kind) {
  ENTER;
  device();
  if (bytes == 0) return SUCCESS;
  if (int refused = unsafe(__func__)) return last(refused);
  if (int wrong = checkCopy(__func__, to, bytes, from, bytes, kind)) return last(wrong);
  if (kind == 1 && owner(from, 1) == -2) {
    // From memory that is not pinned, it returns once the bytes are staged.
    std::vector<char> staged((const char*)from, (const char*)from + bytes);
    return last(enqueue(defaultStream(), {__func__, {{to, bytes}}, [=] { memcpy(to, staged.data(), bytes); }}));
  }
  int status = enqueue(defaultStream(), copyRows(__func__, to, bytes, from, bytes, bytes, 1));
  return last(status ? status : synchronize(defaultStream()));
}

API int cudaMemcpy2DAsync(void* to, size_t toPitch, const void* from, size_t fromPitch, size_t width, size_t height,
                          int kind, Stream* stream) {
  ENTER;
  device();
  if (width == 0 || height == 0) return SUCCESS;
  if (width > toPitch || width > fromPitch) {
    return last(misuse(INVALID_VALUE, "rows of %zu bytes are copied every %zu and %zu", width, toPitch, fromPitch));
  }
  int wrong = checkCopy(__func__, to, toPitch * (height - 1) + width, from, fromPitch * (height - 1) + width, kind);
  if (wrong) return last(wrong);
  const void* host = kind == 1 ? from : to;
  Operation operation = copyRows(__func__, to, toPitch, from, fromPitch, width, height);
  if (kind == 3 || owner(host, 1) == -1) return last(enqueue(named(stream), std::move(operation)));
  // With memory that is not pinned it waits, which cannot be recorded.
  if (capturing(named(stream))) {
    return last(misuse(CAPTURE_UNSUPPORTED, "a copy with memory that is not pinned is recorded"));
  }
  int status = enqueue(named(stream), std::move(operation));
  return last(status ? status : synchronize(named(stream)));
}

API int cudaMemcpyAsync(void* to, const void* from, size_t bytes, int kind, Stream* stream) {
  ENTER;
  return cudaMemcpy2DAsync(to, bytes, from, bytes, bytes, 1, kind, stream);
}

API int cudaDeviceSynchronize() {
  ENTER;
  return last(synchronizeDevice());
}

API int cudaDeviceReset() {
  called(__func__);
  lastError = 0;
  return reset();
}

API int cudaStreamCreateWithFlags(Stream** stream, unsigned flags) {
  ENTER;
  if (flags > 1) return last(misuse(INVALID_VALUE, "a stream with flags %u", flags));
  return last(makeStream(stream, flags == 0));
}

API int cudaStreamDestroy(Stream* stream) {
  ENTER;
  return last(destroyStream(stream));
}

API int cudaStreamSynchronize(Stream* stream) {
  ENTER;
  device();
  return last(synchronize(named(stream)));
}

API int cudaEventCreateWithFlags(Event** event, unsigned flags) {
  ENTER;
  if (flags > 7) return last(misuse(INVALID_VALUE, "an event with flags %u", flags));
  *event = new Event{device(), !(flags & 2)};
  born(Kind::EVENT, *event);
  return SUCCESS;
}

API int cudaEventDestroy(Event* event) {
  ENTER;
  if (!buried(Kind::EVENT, event)) return last(misuse(INVALID_HANDLE, "an event is destroyed that is none"));
  delete event;
  return SUCCESS;
}

API int cudaEventRecord(Event* event, Stream* stream) {
  ENTER;
  if (!alive(Kind::EVENT, event)) return last(misuse(INVALID_HANDLE, "an event is recorded that is none"));
  if (event->device != device()) return last(misuse(INVALID_HANDLE, "an event of another device is recorded"));
  event->captured = capturing(named(stream));
  std::shared_ptr<Marks> marks = event->marks;
  uint64_t mark;
  {
    std::lock_guard<std::mutex> lock(marks->mutex);
    mark = event->captured ? 0 : ++marks->recorded;
  }
  return last(enqueue(named(stream), {__func__, {}, [=] {
                                        std::lock_guard<std::mutex> lock(marks->mutex);
                                        if (mark > marks->reached) marks->reached = mark;
                                        marks->when = std::chrono::steady_clock::now();
                                        marks->changed.notify_all();
                                      }}));
}

API int cudaEventRecordWithFlags(Event* event, Stream* stream, unsigned flags) {
  if (flags == 0) return cudaEventRecord(event, stream);
  ENTER;
  if (!alive(Kind::EVENT, event)) return last(misuse(INVALID_HANDLE, "an event is recorded that is none"));
  if (event->device != device()) return last(misuse(INVALID_HANDLE, "an event of another device is recorded"));
  if (flags != 1) return last(misuse(INVALID_VALUE, "an event is recorded with flags %u", flags));
  if (!capturing(named(stream))) {
    return last(misuse(INVALID_VALUE, "an event of a graph is recorded outside of one"));
  }
  // A node of the graph, which every launch reaches anew.
  event->captured = false;
  std::shared_ptr<Marks> marks = event->marks;
  return last(enqueue(named(stream), {__func__, {}, [=] {
                                        std::lock_guard<std::mutex> lock(marks->mutex);
                                        marks->reached = ++marks->recorded;
                                        marks->when = std::chrono::steady_clock::now();
                                        marks->changed.notify_all();
                                      }}));
}

API int cudaEventElapsedTime(float* milliseconds, Event* first, Event* second) {
  ENTER;
  for (Event* event : {first, second}) {
    if (!alive(Kind::EVENT, event)) return last(misuse(INVALID_HANDLE, "the time of an event that is none"));
    if (!event->timed) return last(misuse(INVALID_HANDLE, "the time of an event that takes none"));
    std::lock_guard<std::mutex> lock(event->marks->mutex);
    if (event->marks->recorded == 0) return last(misuse(INVALID_HANDLE, "the time of an event that was not recorded"));
    if (event->marks->reached < event->marks->recorded) return last(NOT_READY);
  }
  *milliseconds = std::chrono::duration<float, std::milli>(second->marks->when - first->marks->when).count();
  return SUCCESS;
}

API int cudaEventSynchronize(Event* event) {
  ENTER;
  if (!alive(Kind::EVENT, event)) return last(misuse(INVALID_HANDLE, "waiting for an event that is none"));
  if (event->captured) return last(misuse(CAPTURE_UNSUPPORTED, "waiting for an event that is recorded in a graph"));
  std::unique_lock<std::mutex> lock(event->marks->mutex);
  uint64_t mark = event->marks->recorded;
  // After a misuse streams do nothing any more.
  while (event->marks->reached < mark) {
    event->marks->changed.wait_for(lock, std::chrono::milliseconds(50));
    if (int stays = broken()) return last(stays);
  }
  return SUCCESS;
}

API int cudaStreamBeginCapture(Stream* stream, int mode) {
  ENTER;
  return last(beginCapture(stream, mode));
}

API int cudaStreamEndCapture(Stream* stream, Graph** graph) {
  // Ends also what a misuse broke.
  called(__func__);
  int fault = faulted(__func__);
  int status = endCapture(stream, graph);
  if (fault && !status) {
    destroyGraph(*graph, false);
    *graph = nullptr;
  }
  return last(fault ? fault : status);
}

API int cudaGraphInstantiate(Graph** executable, Graph* graph, unsigned long long flags) {
  ENTER;
  if (flags > 15) return last(misuse(INVALID_VALUE, "a graph is instantiated with flags %llu", flags));
  return last(instantiate(graph, executable));
}

API int cudaGraphDestroy(Graph* graph) {
  called(__func__);
  return last(destroyGraph(graph, false));
}

API int cudaGraphExecDestroy(Graph* executable) {
  called(__func__);
  return last(destroyGraph(executable, true));
}

API int cudaGraphLaunch(Graph* executable, Stream* stream) {
  ENTER;
  device();
  return last(launchGraph(executable, named(stream)));
}
