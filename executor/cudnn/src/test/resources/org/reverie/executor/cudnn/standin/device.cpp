// The device, and the driver's functions (libcuda). See standin.h.
#include "standin.h"

#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace standin {
namespace {
constexpr size_t GUARD = 512;
constexpr unsigned char GUARD_BYTE = 0xa5;

long long number(const char* variable, long long otherwise) {
  const char* text = getenv(variable);
  return text && *text ? atoll(text) : otherwise;
}

struct Allocation {
  char* base;
  size_t bytes;
  int device;
  uint64_t serial;
  int uses;
};

// A touched allocation as it was when an operation was made.
struct Use {
  uintptr_t address;
  uint64_t serial;
};

struct World {
  std::mutex mutex;
  std::map<uintptr_t, Allocation> allocations;
  std::map<const void*, Kind> objects;
  std::set<Stream*> streams;
  std::map<int, Stream*> defaults;
  std::map<std::string, long> calls;
  uint64_t serial = 0;
  std::atomic<int> broken{0};
  const int devices = (int)number("STAND_IN_DEVICES", 1);
  const size_t bytes = (size_t)number("STAND_IN_MEMORY", 3LL << 30);
  const long long delays = number("STAND_IN_DELAYS", 0);
  const long long refusals = number("STAND_IN_REFUSALS", 0);
  std::vector<size_t> used = std::vector<size_t>(devices);
};

// Never destroyed: threads of streams outlive what ends the process.
World& world() {
  static World* the = new World();
  return *the;
}

thread_local int current = 0;
thread_local bool context = false;

__attribute__((destructor)) void atTheEnd() {
  World& w = world();
  std::lock_guard<std::mutex> lock(w.mutex);
  if (const char* file = getenv("STAND_IN_CALLS")) {
    if (FILE* out = fopen(file, "a")) {
      for (auto& call : w.calls) fprintf(out, "%s %ld\n", call.first.c_str(), call.second);
      fprintf(out, "left: %zu allocations, %zu objects\n", w.allocations.size(), w.objects.size());
      fclose(out);
    }
  }
}

// The allocation that holds bytes at an address; the world must be locked.
Allocation* find(const void* at, size_t bytes) {
  World& w = world();
  auto next = w.allocations.upper_bound((uintptr_t)at);
  if (next == w.allocations.begin()) return nullptr;
  auto found = std::prev(next);
  size_t offset = (uintptr_t)at - found->first;
  return offset < found->second.bytes && bytes <= found->second.bytes - offset ? &found->second : nullptr;
}

bool guarded(const Allocation& a) {
  const unsigned char* before = (const unsigned char*)a.base - GUARD / 2;
  const unsigned char* behind = (const unsigned char*)a.base + a.bytes;
  for (size_t i = 0; i < GUARD / 2; i++) {
    if (before[i] != GUARD_BYTE || behind[i] != GUARD_BYTE) return false;
  }
  return true;
}
}  // namespace

int called(const char* function) {
  World& w = world();
  std::lock_guard<std::mutex> lock(w.mutex);
  w.calls[function]++;
  return w.broken;
}

int broken() { return world().broken; }

int misuse(int code, const char* format, ...) {
  char text[2000];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fprintf(stderr, "stand-in: %s (error %d)\n", text, code);
  fflush(stderr);
  int none = 0;
  world().broken.compare_exchange_strong(none, code == INVALID_VALUE ? LAUNCH_FAILURE : code);
  return code;
}

void born(Kind kind, const void* object) {
  std::lock_guard<std::mutex> lock(world().mutex);
  world().objects[object] = kind;
}

bool alive(Kind kind, const void* object) {
  std::lock_guard<std::mutex> lock(world().mutex);
  auto found = world().objects.find(object);
  return found != world().objects.end() && found->second == kind;
}

bool buried(Kind kind, const void* object) {
  if (!alive(kind, object)) return false;
  std::lock_guard<std::mutex> lock(world().mutex);
  world().objects.erase(object);
  return true;
}

int device() {
  context = true;
  return current;
}
bool hasContext() { return context; }
int deviceCount() { return world().devices; }
int capability() {
  static const int value = (int)number("STAND_IN_CAPABILITY", 90);
  return value;
}
int setDevice(int device) {
  if (device < 0 || device >= deviceCount()) return INVALID_DEVICE;
  current = device;
  context = true;
  return SUCCESS;
}

static int allocate(void** memory, size_t bytes, int device) {
  World& w = world();
  {
    std::lock_guard<std::mutex> lock(w.mutex);
    if (device >= 0 && (bytes > w.bytes || w.used[device] + bytes > w.bytes)) return OUT_OF_MEMORY;
    if (device >= 0) w.used[device] += bytes;
  }
  // CUDA promises 256 bytes of alignment, so there are no more.
  char* whole = (char*)aligned_alloc(GUARD, (bytes + 2 * GUARD - 1) / GUARD * GUARD + GUARD);
  if (!whole) return OUT_OF_MEMORY;
  char* base = whole + GUARD / 2;
  memset(whole, GUARD_BYTE, GUARD / 2);
  // Values of any type that nobody wrote are NaN.
  memset(base, 0xff, bytes);
  memset(base + bytes, GUARD_BYTE, GUARD / 2);
  std::lock_guard<std::mutex> lock(w.mutex);
  w.allocations[(uintptr_t)base] = {base, bytes, device, ++w.serial, 0};
  *memory = base;
  return SUCCESS;
}

static int release(void* memory, bool host) {
  World& w = world();
  std::unique_lock<std::mutex> lock(w.mutex);
  auto found = w.allocations.find((uintptr_t)memory);
  if (found == w.allocations.end() || (found->second.device < 0) != host) {
    lock.unlock();
    return misuse(INVALID_VALUE, "%p is given back and was not allocated", memory);
  }
  Allocation a = found->second;
  if (a.uses > 0) {
    lock.unlock();
    return misuse(ILLEGAL_ADDRESS, "%p is given back while queued work uses it", memory);
  }
  w.allocations.erase(found);
  if (a.device >= 0) w.used[a.device] -= a.bytes;
  lock.unlock();
  bool whole = guarded(a);
  free(a.base - GUARD / 2);
  return whole ? SUCCESS : misuse(ILLEGAL_ADDRESS, "something was written beside %p of %zu bytes", memory, a.bytes);
}

int allocate(void** memory, size_t bytes) {
  if (!memory) return misuse(INVALID_VALUE, "nowhere to put an address");
  *memory = nullptr;
  return bytes == 0 ? SUCCESS : allocate(memory, bytes, device());
}
int release(void* memory) { return memory ? release(memory, false) : SUCCESS; }
int allocateHost(void** memory, size_t bytes) { return allocate(memory, bytes, -1); }
int releaseHost(void* memory) { return memory ? release(memory, true) : SUCCESS; }

void memory(size_t* free, size_t* total) {
  World& w = world();
  int index = device();
  std::lock_guard<std::mutex> lock(w.mutex);
  size_t used = w.used[index];
  if (index == 0) {
    used += 1024 * w.objects.size();
    for (auto& a : w.allocations) used += a.second.device < 0 ? 1024 : 0;
  }
  *total = w.bytes;
  *free = used < w.bytes ? w.bytes - used : 0;
}

int owner(const void* at, size_t bytes) {
  std::lock_guard<std::mutex> lock(world().mutex);
  Allocation* a = find(at, bytes);
  return a ? a->device : -2;
}

// ---- streams -----------------------------------------------------------------------------------------------------

struct Queued {
  Operation operation;
  std::vector<Use> uses;
};

struct Graph {
  std::vector<Queued> steps;
};

struct Stream {
  int device;
  bool waitsForDefault;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Queued> queue;
  bool busy = false;
  bool ending = false;
  std::unique_ptr<Graph> graph;
  bool invalid = false;
  int mode = 0;
  std::thread::id recorder;
  std::thread worker;

  void work() {
    uint64_t random = (uint64_t)world().delays * 0x9e3779b97f4a7c15u + (uintptr_t)this;
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return ending || !queue.empty(); });
      if (queue.empty()) return;
      Queued next = std::move(queue.front());
      queue.pop_front();
      busy = true;
      lock.unlock();
      random = random * 6364136223846793005u + 1442695040888963407u;
      if (world().delays && (random >> 60) == 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(random >> 48 & 1023));
      }
      if (!world().broken) next.operation.body();
      {
        std::lock_guard<std::mutex> worldLock(world().mutex);
        for (const Use& use : next.uses) {
          auto found = world().allocations.find(use.address);
          if (found != world().allocations.end() && found->second.serial == use.serial) found->second.uses--;
        }
      }
      lock.lock();
      busy = false;
      changed.notify_all();
    }
  }
};

int makeStream(Stream** stream, bool waitsForDefault) {
  Stream* made = new Stream();
  made->device = device();
  made->waitsForDefault = waitsForDefault;
  made->worker = std::thread([made] { made->work(); });
  born(Kind::STREAM, made);
  std::lock_guard<std::mutex> lock(world().mutex);
  world().streams.insert(made);
  *stream = made;
  return SUCCESS;
}

static void end(Stream* stream) {
  {
    std::lock_guard<std::mutex> lock(stream->mutex);
    stream->ending = true;
  }
  stream->changed.notify_all();
  stream->worker.join();
  {
    std::lock_guard<std::mutex> lock(world().mutex);
    world().streams.erase(stream);
  }
  // Its memory stays, for who looks at all streams just now.
}

int destroyStream(Stream* stream) {
  if (!buried(Kind::STREAM, stream)) return misuse(INVALID_HANDLE, "a stream is destroyed that is none");
  if (stream->graph) misuse(CAPTURE_UNSUPPORTED, "a stream is destroyed that records");
  end(stream);
  return SUCCESS;
}

Stream* defaultStream() {
  int index = device();
  {
    std::lock_guard<std::mutex> lock(world().mutex);
    auto found = world().defaults.find(index);
    if (found != world().defaults.end()) return found->second;
  }
  Stream* made = new Stream();
  made->device = index;
  made->waitsForDefault = true;
  made->worker = std::thread([made] { made->work(); });
  std::lock_guard<std::mutex> lock(world().mutex);
  world().defaults[index] = made;
  world().streams.insert(made);
  return made;
}

static bool known(Stream* stream) {
  std::lock_guard<std::mutex> lock(world().mutex);
  return world().streams.count(stream) > 0;
}

bool capturing(Stream* stream) {
  if (!known(stream)) return false;
  std::lock_guard<std::mutex> lock(stream->mutex);
  return stream->graph != nullptr;
}

// Sees to it that all that is touched is allocated; the world must be locked.
static const Touch* gone(const Operation& operation, int device, std::vector<Use>* uses) {
  for (const Touch& touch : operation.touches) {
    Allocation* a = find(touch.at, touch.bytes);
    if (!a || (a->device >= 0 && a->device != device)) return &touch;
    uses->push_back({(uintptr_t)a->base, a->serial});
  }
  return nullptr;
}

int enqueue(Stream* stream, Operation operation) {
  if (!known(stream)) return misuse(INVALID_HANDLE, "%s on a stream that is none", operation.name.c_str());
  if (stream->device != current || !context) {
    return misuse(INVALID_HANDLE, "%s on a stream of device %d by a thread of device %d", operation.name.c_str(),
                  stream->device, context ? current : -1);
  }
  Queued queued{std::move(operation), {}};
  std::lock_guard<std::mutex> lock(stream->mutex);
  if (stream->graph && stream->invalid) return CAPTURE_INVALIDATED;
  {
    std::unique_lock<std::mutex> worldLock(world().mutex);
    const Touch* wrong = gone(queued.operation, stream->device, &queued.uses);
    if (wrong) {
      worldLock.unlock();
      return misuse(ILLEGAL_ADDRESS, "%s touches %zu bytes at %p, which are not allocated on device %d",
                    queued.operation.name.c_str(), wrong->bytes, wrong->at, stream->device);
    }
    if (!stream->graph) {
      for (const Use& use : queued.uses) world().allocations[use.address].uses++;
    }
  }
  if (stream->graph) {
    stream->graph->steps.push_back(std::move(queued));
    return SUCCESS;
  }
  stream->queue.push_back(std::move(queued));
  stream->changed.notify_all();
  return SUCCESS;
}

int synchronize(Stream* stream) {
  if (!known(stream)) return misuse(INVALID_HANDLE, "waiting for a stream that is none");
  std::unique_lock<std::mutex> lock(stream->mutex);
  if (stream->graph) {
    stream->invalid = true;
    return misuse(CAPTURE_UNSUPPORTED, "waiting for a stream that records");
  }
  stream->changed.wait(lock, [&] { return stream->queue.empty() && !stream->busy; });
  return world().broken;
}

static std::vector<Stream*> streamsOf(int device) {
  std::lock_guard<std::mutex> lock(world().mutex);
  std::vector<Stream*> all;
  for (Stream* stream : world().streams) {
    if (stream->device == device) all.push_back(stream);
  }
  return all;
}

int synchronizeDevice() {
  std::vector<Stream*> all = streamsOf(device());
  for (Stream* stream : all) {
    std::lock_guard<std::mutex> lock(stream->mutex);
    if (stream->graph) {
      stream->invalid = true;
      return misuse(CAPTURE_UNSUPPORTED, "waiting for a device on which a stream records");
    }
  }
  for (Stream* stream : all) {
    std::unique_lock<std::mutex> lock(stream->mutex);
    stream->changed.wait(lock, [&] { return stream->queue.empty() && !stream->busy; });
  }
  return world().broken;
}

// Of streams that record what this thread queues, all are spoilt.
static bool spoil() {
  bool any = false;
  for (int index = 0; index < deviceCount(); index++) {
    for (Stream* stream : streamsOf(index)) {
      std::lock_guard<std::mutex> lock(stream->mutex);
      if (stream->graph && stream->recorder == std::this_thread::get_id()) any = stream->invalid = true;
    }
  }
  return any;
}

int faulted(const char* function) {
  static const char* path = getenv("STAND_IN_FAULTS");
  static const std::string file = path ? path + ("." + std::to_string(getpid())) : "";
  FILE* lines = path ? fopen(file.c_str(), "r") : nullptr;
  if (!lines) return 0;
  char name[100], condition[100];
  int status, found = 0;
  while (!found && fscanf(lines, "%99s %d %99s", name, &status, condition) == 3) {
    if (strcmp(name, function) != 0) continue;
    if (strcmp(condition, "recorded") != 0 || spoil()) found = status;
    if (strcmp(condition, "dies") == 0) world().broken = status;
  }
  fclose(lines);
  return found;
}

int unsafe(const char* function) {
  for (int index = 0; index < deviceCount(); index++) {
    for (Stream* stream : streamsOf(index)) {
      std::lock_guard<std::mutex> lock(stream->mutex);
      bool own = stream->recorder == std::this_thread::get_id();
      // Modes: 0 global, 1 of the thread, 2 relaxed.
      if (stream->graph && (stream->mode == 0 || (own && stream->mode == 1))) {
        stream->invalid = true;
        return misuse(CAPTURE_UNSUPPORTED, "%s while a stream records", function);
      }
    }
  }
  return SUCCESS;
}

int reset() {
  World& w = world();
  for (Stream* stream : streamsOf(device())) {
    std::unique_lock<std::mutex> lock(stream->mutex);
    stream->graph.reset();
    stream->changed.wait(lock, [&] { return stream->queue.empty() && !stream->busy; });
  }
  std::lock_guard<std::mutex> lock(w.mutex);
  for (auto a = w.allocations.begin(); a != w.allocations.end();) {
    if (a->second.device == current) {
      w.used[current] -= a->second.bytes;
      free(a->second.base - GUARD / 2);
      a = w.allocations.erase(a);
    } else {
      a++;
    }
  }
  w.broken = 0;
  return SUCCESS;
}

bool refuses(std::initializer_list<int64_t> numbers) {
  if (!world().refusals) return false;
  uint64_t hash = world().refusals;
  for (int64_t n : numbers) hash = (hash ^ (uint64_t)n) * 0x9e3779b97f4a7c15u ^ (hash >> 29);
  return (hash >> 40 & 3) == 0;
}

void parallel(int64_t count, double operations, const std::function<void(int64_t, int64_t)>& body) {
  int threads = operations < 2e7 ? 1 : (int)std::min<int64_t>(count, std::thread::hardware_concurrency());
  if (threads < 2) return body(0, count);
  std::vector<std::thread> others;
  for (int i = 1; i < threads; i++) {
    others.emplace_back(body, count * i / threads, count * (i + 1) / threads);
  }
  body(0, count / threads);
  for (std::thread& other : others) other.join();
}

void widen(int type, const void* from, float* to, int64_t count) {
  if (type == 0) {
    memcpy(to, from, count * sizeof(float));
  } else if (type == 2) {
    for (int64_t i = 0; i < count; i++) to[i] = (float)((const _Float16*)from)[i];
  } else {
    for (int64_t i = 0; i < count; i++) {
      uint32_t bits = (uint32_t)((const uint16_t*)from)[i] << 16;
      memcpy(to + i, &bits, 4);
    }
  }
}

void narrow(int type, const float* from, void* to, int64_t count) {
  if (type == 0) {
    memcpy(to, from, count * sizeof(float));
  } else if (type == 2) {
    for (int64_t i = 0; i < count; i++) ((_Float16*)to)[i] = (_Float16)from[i];
  } else {
    for (int64_t i = 0; i < count; i++) {
      uint32_t bits;
      memcpy(&bits, from + i, 4);
      bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
      ((uint16_t*)to)[i] = (uint16_t)(nan ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
  }
}

void roundToTf32(float* values, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, values + i, 4);
    if ((bits & 0x7f800000u) != 0x7f800000u) bits = (bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu;
    memcpy(values + i, &bits, 4);
  }
}

// ---- graphs ------------------------------------------------------------------------------------------------------

// For the runtime's library; see there.
SHARED int beginCapture(Stream* stream, int mode) {
  if (!known(stream)) return misuse(INVALID_HANDLE, "recording a stream that is none");
  std::lock_guard<std::mutex> lock(stream->mutex);
  for (auto& standard : world().defaults) {
    if (standard.second == stream) return misuse(CAPTURE_UNSUPPORTED, "recording the default stream");
  }
  if (mode < 0 || mode > 2) return misuse(INVALID_VALUE, "recording in mode %d", mode);
  if (stream->graph) return misuse(CAPTURE_UNMATCHED, "recording a stream that records");
  stream->graph = std::make_unique<Graph>();
  stream->invalid = false;
  stream->mode = mode;
  stream->recorder = std::this_thread::get_id();
  return SUCCESS;
}

SHARED int endCapture(Stream* stream, Graph** graph) {
  if (!known(stream)) return misuse(INVALID_HANDLE, "the end of recording a stream that is none");
  std::lock_guard<std::mutex> lock(stream->mutex);
  *graph = nullptr;
  if (!stream->graph) return misuse(CAPTURE_UNMATCHED, "the end of a recording that nobody began");
  if (stream->mode != 2 && stream->recorder != std::this_thread::get_id()) return CAPTURE_WRONG_THREAD;
  std::unique_ptr<Graph> made = std::move(stream->graph);
  if (stream->invalid) return CAPTURE_INVALIDATED;
  *graph = made.release();
  born(Kind::GRAPH, *graph);
  return SUCCESS;
}

SHARED int destroyGraph(Graph* graph, bool executable) {
  if (!buried(executable ? Kind::EXECUTABLE : Kind::GRAPH, graph)) {
    return misuse(INVALID_VALUE, "a graph is destroyed that is none");
  }
  delete graph;
  return SUCCESS;
}

SHARED int instantiate(Graph* graph, Graph** executable) {
  if (!alive(Kind::GRAPH, graph)) return misuse(INVALID_VALUE, "a graph is instantiated that is none");
  *executable = new Graph(*graph);
  born(Kind::EXECUTABLE, *executable);
  return SUCCESS;
}

SHARED int launchGraph(Graph* executable, Stream* stream) {
  if (!alive(Kind::EXECUTABLE, executable)) return misuse(INVALID_VALUE, "a graph is launched that is none");
  Operation whole{"a graph", {}, {}};
  std::vector<std::function<void()>> bodies;
  {
    std::lock_guard<std::mutex> lock(world().mutex);
    for (const Queued& step : executable->steps) {
      for (const Use& use : step.uses) {
        auto found = world().allocations.find(use.address);
        if (found == world().allocations.end() || found->second.serial != use.serial) {
          fprintf(stderr, "stand-in: memory of %s at %p was given back after it was recorded\n",
                  step.operation.name.c_str(), (void*)use.address);
          whole.touches.push_back({nullptr, 1});
        } else {
          whole.touches.push_back({(void*)use.address, 1});
        }
      }
      bodies.push_back(step.operation.body);
    }
  }
  whole.body = [bodies] {
    for (auto& body : bodies) body();
  };
  return enqueue(stream, std::move(whole));
}

// ---- modules -----------------------------------------------------------------------------------------------------

namespace {
// What a launch of a kernel needs; the stand-in of NVRTC writes these into what it compiles.
typedef void (*Run)(void* kernel, const void* arguments, unsigned gridX, unsigned gridY, unsigned gridZ,
                    unsigned blockX, unsigned blockY, unsigned blockZ);
struct Module {
  void* library;
  // Where the loader has it from. Open as long as that is loaded, which the loader knows again by this name.
  int file;
  int device;
  Run run;
  const unsigned long* layout;
  std::map<std::string, struct Function*> functions;
  // Launches that are queued.
  std::shared_ptr<std::atomic<int>> queued;
};
struct Function {
  std::string name;
  Module* module;
  void* kernel;
};

size_t lengthOf(const unsigned char* image) {
  Elf64_Ehdr head;
  memcpy(&head, image, sizeof head);
  return head.e_shoff + (size_t)head.e_shentsize * head.e_shnum;
}

// Code for a newer device comes as text: here, the same in hexadecimal digits behind a line.
std::vector<unsigned char> machineCode(const char* image) {
  static const char ELF[] = {0x7f, 'E', 'L', 'F'};
  if (memcmp(image, ELF, 4) == 0) {
    return std::vector<unsigned char>(image, image + lengthOf((const unsigned char*)image));
  }
  std::vector<unsigned char> code;
  const char* digits = strncmp(image, "// stand-in", 11) == 0 ? strstr(image, "\nhex ") : nullptr;
  for (digits = digits ? digits + 5 : ""; digits[0] && digits[1]; digits += 2) {
    unsigned byte = 0;
    sscanf(digits, "%2x", &byte);
    code.push_back((unsigned char)byte);
  }
  return code;
}

// Handles of functions, valid while their modules are.
std::set<Function*>& functions() {
  static auto* all = new std::set<Function*>();
  return *all;
}
}  // namespace
}  // namespace standin

using namespace standin;

#define ENTER                             \
  if (int stays = called(__func__)) return stays; \
  if (int fault = faulted(__func__)) return fault; \
  if (!hasContext()) return misuse(INVALID_CONTEXT, "%s by a thread without a context", __func__)

API int cuModuleLoadData(Module** module, const void* image) {
  ENTER;
  if (int refused = unsafe(__func__)) return refused;
  std::vector<unsigned char> code = machineCode((const char*)image);
  if (code.empty()) return INVALID_IMAGE;
  int file = memfd_create("kernels", MFD_CLOEXEC);
  void* library = nullptr;
  if (file >= 0 && write(file, code.data(), code.size()) == (ssize_t)code.size()) {
    library = dlopen(("/proc/self/fd/" + std::to_string(file)).c_str(), RTLD_NOW | RTLD_LOCAL);
  }
  if (!library) {
    fprintf(stderr, "stand-in: %s\n", dlerror());
    close(file);
    return INVALID_IMAGE;
  }
  Run run = (Run)dlsym(library, "standin_run");
  auto layout = (const unsigned long*)dlsym(library, "standin_layout");
  if (!run || !layout) return INVALID_IMAGE;
  *module = new Module{library, file, device(), run, layout, {}, std::make_shared<std::atomic<int>>(0)};
  born(Kind::MODULE, *module);
  return SUCCESS;
}

API int cuModuleGetFunction(Function** function, Module* module, const char* name) {
  ENTER;
  if (!alive(Kind::MODULE, module)) return misuse(INVALID_HANDLE, "kernel %s of a module that is none", name);
  void* kernel = dlsym(module->library, name);
  if (!kernel) return NOT_FOUND;
  Function*& known = module->functions[name];
  if (!known) known = new Function{name, module, kernel};
  std::lock_guard<std::mutex> lock(world().mutex);
  functions().insert(known);
  *function = known;
  return SUCCESS;
}

API int cuModuleUnload(Module* module) {
  ENTER;
  if (!alive(Kind::MODULE, module)) return misuse(INVALID_HANDLE, "a module is unloaded that is none");
  if (*module->queued > 0) return misuse(LAUNCH_FAILURE, "a module is unloaded while its kernels are queued");
  buried(Kind::MODULE, module);
  {
    std::lock_guard<std::mutex> lock(world().mutex);
    for (auto& function : module->functions) functions().erase(function.second);
  }
  for (auto& function : module->functions) delete function.second;
  dlclose(module->library);
  close(module->file);
  delete module;
  return SUCCESS;
}

API int cuLaunchKernel(Function* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                       unsigned blockY, unsigned blockZ, unsigned sharedBytes, Stream* stream, void** parameters,
                       void** extra) {
  ENTER;
  bool exists;
  {
    std::lock_guard<std::mutex> lock(world().mutex);
    exists = functions().count(function) > 0;
  }
  if (!exists) return misuse(INVALID_HANDLE, "a kernel is launched that is none");
  const char* name = function->name.c_str();
  if (function->module->device != device()) {
    return misuse(INVALID_HANDLE, "%s of device %d is launched on device %d", name, function->module->device, device());
  }
  if (gridX < 1 || gridX > 0x7fffffffu || gridY < 1 || gridY > 65535 || gridZ < 1 || gridZ > 65535 || blockX < 1 ||
      blockX > 1024 || blockY < 1 || blockY > 1024 || blockZ < 1 || blockZ > 64) {
    return misuse(INVALID_VALUE, "%s on a grid of %u x %u x %u blocks of %u x %u x %u", name, gridX, gridY, gridZ,
                  blockX, blockY, blockZ);
  }
  const unsigned long* layout = function->module->layout;
  if (blockX * blockY * blockZ > layout[2]) {
    return misuse(LAUNCH_OUT_OF_RESOURCES, "%s in blocks of %u threads, compiled for %lu", name,
                  blockX * blockY * blockZ, layout[2]);
  }
  if (sharedBytes > 49152) return misuse(INVALID_VALUE, "%s with %u bytes of shared memory", name, sharedBytes);
  if (!parameters || !parameters[0] || extra) return misuse(INVALID_VALUE, "%s without parameters", name);
  std::vector<unsigned char> arguments((unsigned char*)parameters[0], (unsigned char*)parameters[0] + layout[0]);
  Operation operation{name, {}, {}};
  for (unsigned long i = 0; i < layout[1]; i++) {
    void* pointer;
    memcpy(&pointer, &arguments[i * sizeof pointer], sizeof pointer);
    if (pointer) operation.touches.push_back({pointer, 1});
  }
  Run run = function->module->run;
  void* kernel = function->kernel;
  stream = stream ? stream : defaultStream();
  // Within a graph it counts for nothing, since that may be launched never or often.
  std::shared_ptr<std::atomic<int>> queued = capturing(stream) ? nullptr : function->module->queued;
  if (queued) ++*queued;
  operation.body = [=] {
    run(kernel, arguments.data(), gridX, gridY, gridZ, blockX, blockY, blockZ);
    if (queued) --*queued;
  };
  return enqueue(stream, std::move(operation));
}

API int cuDeviceGetName(char* name, int length, int index) {
  if (int stays = called(__func__)) return stays;
  if (index < 0 || index >= deviceCount()) return INVALID_DEVICE;
  snprintf(name, length, "Stand-in for a GPU");
  return SUCCESS;
}

API int cuGetErrorName(int error, const char** name) {
  called(__func__);
  static const std::map<int, const char*> names = {
      {SUCCESS, "CUDA_SUCCESS"},
      {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
      {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
      {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE"},
      {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE"},
      {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
      {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"},
      {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
      {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"},
      {LAUNCH_FAILURE, "CUDA_ERROR_LAUNCH_FAILED"},
      {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"},
      {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"}};
  auto found = names.find(error);
  *name = found == names.end() ? nullptr : found->second;
  return found == names.end() ? INVALID_VALUE : SUCCESS;
}
