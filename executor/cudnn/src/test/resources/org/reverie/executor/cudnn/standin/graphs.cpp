// cuDNN's functions: convolutions as graphs, the newer kind of interface. See standin.h.
//
// Descriptors are sets of attributes, checked as documented: which attributes one has, of which type and how many
// values, no change once it is finalized, no use before, and nothing given back that another one refers to. A graph
// is a convolution or its transpose; a convolution's bias and rectifier may follow. Heuristics name engines, the most
// tempting first, and most of them are such as an engine with rules must pass over: their results show it.
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cudnn.h"

using namespace standin;

namespace {
enum DescriptorType {
  POINTWISE = 0,
  CONVOLUTION = 1,
  ENGINE = 2,
  CONFIGURATION = 3,
  HEURISTICS = 4,
  PLAN = 5,
  KNOB_CHOICE = 7,
  FORWARD = 10,
  BACKWARD_DATA = 12,
  POINTWISE_OPERATION = 13,
  GRAPH = 15,
  VARIANT_PACK = 16,
  TENSOR = 17
};
enum AttributeType {
  HANDLE = 0,
  DATA_TYPE = 1,
  BOOLEAN = 2,
  INT64 = 3,
  FLOAT = 4,
  VOID_PTR = 6,
  CONVOLUTION_MODE = 7,
  HEUR_MODE = 8,
  KNOB_TYPE = 9,
  NUMERICAL_NOTE = 11,
  POINTWISE_MODE = 14,
  DESCRIPTOR = 15,
  BEHAVIOR_NOTE = 19
};
enum Note { TENSOR_CORE = 0, DOWN_CONVERT = 1, REDUCED_SUMS = 2, NONDETERMINISTIC = 4, WINOGRAD = 5, STRICT_NAN = 9 };
enum { NOT_FINALIZED = 2004, PATTERN = 3001, SHAPE = 3002, TYPE = 3003, LAYOUT = 3004 };
enum { MODE_B = 1, MODE_FALLBACK = 2, MODE_A = 3 };
enum { ADD = 0, RELU = 100, CROSS_CORRELATION = 1 };

// How an attribute may be set: it must be, it may be, or the library says it.
enum Use { REQUIRED, OPTIONAL, TOLD };

struct Spec {
  int descriptor;
  int type;
  int64_t least, most;
  Use use;
};

// By the attributes' numbers. Those of a handle are needed here, since nothing is told of other machines.
const std::map<int, Spec>& specs() {
  static const auto* all = new std::map<int, Spec>{
      {0, {POINTWISE, POINTWISE_MODE, 1, 1, REQUIRED}},
      {1, {POINTWISE, DATA_TYPE, 1, 1, REQUIRED}},
      {100, {CONVOLUTION, DATA_TYPE, 1, 1, REQUIRED}},
      {101, {CONVOLUTION, CONVOLUTION_MODE, 1, 1, REQUIRED}},
      {102, {CONVOLUTION, INT64, 1, 5, REQUIRED}},
      {103, {CONVOLUTION, INT64, 1, 5, REQUIRED}},
      {104, {CONVOLUTION, INT64, 1, 5, REQUIRED}},
      {105, {CONVOLUTION, INT64, 1, 5, REQUIRED}},
      {106, {CONVOLUTION, INT64, 1, 1, REQUIRED}},
      {200, {HEURISTICS, HEUR_MODE, 1, 1, REQUIRED}},
      {201, {HEURISTICS, DESCRIPTOR, 1, 1, REQUIRED}},
      {202, {HEURISTICS, DESCRIPTOR, 0, 0, TOLD}},
      {300, {CONFIGURATION, DESCRIPTOR, 1, 1, REQUIRED}},
      {302, {CONFIGURATION, DESCRIPTOR, 0, 0, TOLD}},
      {400, {PLAN, HANDLE, 1, 1, REQUIRED}},
      {401, {PLAN, DESCRIPTOR, 1, 1, REQUIRED}},
      {402, {PLAN, INT64, 1, 1, TOLD}},
      {600, {KNOB_CHOICE, KNOB_TYPE, 1, 1, REQUIRED}},
      {601, {KNOB_CHOICE, INT64, 1, 1, REQUIRED}},
      {700, {FORWARD, FLOAT, 1, 1, REQUIRED}},
      {701, {FORWARD, FLOAT, 1, 1, REQUIRED}},
      {702, {FORWARD, DESCRIPTOR, 1, 1, REQUIRED}},
      {703, {FORWARD, DESCRIPTOR, 1, 1, REQUIRED}},
      {704, {FORWARD, DESCRIPTOR, 1, 1, REQUIRED}},
      {705, {FORWARD, DESCRIPTOR, 1, 1, REQUIRED}},
      {706, {BACKWARD_DATA, FLOAT, 1, 1, REQUIRED}},
      {707, {BACKWARD_DATA, FLOAT, 1, 1, REQUIRED}},
      {708, {BACKWARD_DATA, DESCRIPTOR, 1, 1, REQUIRED}},
      {709, {BACKWARD_DATA, DESCRIPTOR, 1, 1, REQUIRED}},
      {710, {BACKWARD_DATA, DESCRIPTOR, 1, 1, REQUIRED}},
      {711, {BACKWARD_DATA, DESCRIPTOR, 1, 1, REQUIRED}},
      {750, {POINTWISE_OPERATION, DESCRIPTOR, 1, 1, REQUIRED}},
      {751, {POINTWISE_OPERATION, DESCRIPTOR, 1, 1, REQUIRED}},
      {752, {POINTWISE_OPERATION, DESCRIPTOR, 1, 1, OPTIONAL}},
      {753, {POINTWISE_OPERATION, DESCRIPTOR, 1, 1, REQUIRED}},
      {800, {GRAPH, HANDLE, 1, 1, REQUIRED}},
      {801, {GRAPH, DESCRIPTOR, 1, 50, REQUIRED}},
      {900, {TENSOR, INT64, 1, 1, REQUIRED}},
      {901, {TENSOR, DATA_TYPE, 1, 1, REQUIRED}},
      {902, {TENSOR, INT64, 1, 8, REQUIRED}},
      {903, {TENSOR, INT64, 1, 8, REQUIRED}},
      {906, {TENSOR, INT64, 1, 1, REQUIRED}},
      {907, {TENSOR, BOOLEAN, 1, 1, OPTIONAL}},
      {1000, {VARIANT_PACK, INT64, 1, 50, REQUIRED}},
      {1001, {VARIANT_PACK, VOID_PTR, 1, 50, REQUIRED}},
      {1003, {VARIANT_PACK, VOID_PTR, 1, 1, REQUIRED}},
      {1301, {ENGINE, INT64, 1, 1, TOLD}},
      {1303, {ENGINE, NUMERICAL_NOTE, 0, 10, TOLD}},
      {1305, {ENGINE, BEHAVIOR_NOTE, 0, 5, TOLD}}};
  return *all;
}

size_t bytesOfAttribute(int type) {
  switch (type) {
    case BOOLEAN: return 1;
    case HANDLE:
    case INT64:
    case VOID_PTR:
    case DESCRIPTOR: return 8;
    default: return 4;
  }
}

// What an engine is, with the settings of one configuration.
struct Way {
  int64_t index;
  std::vector<int> notes;
  bool compiles;
  // By their types; this one decides about scratch memory.
  std::map<int, int64_t> knobs;
  bool has(int note) const { return std::find(notes.begin(), notes.end(), note) != notes.end(); }
};

// What finalizing a graph finds out.
struct Meaning {
  Job job;
  int type;
  bool fused;
  int64_t from, weights, to, bias;
  // Bytes at which each of the four must be divisible.
  std::map<int64_t, int64_t> alignments;
};

struct Descriptor {
  int type;
  uint64_t serial;
  bool finalized = false;
  std::map<int, std::vector<char>> values;
  std::vector<std::pair<Descriptor*, uint64_t>> refers;
  std::shared_ptr<Meaning> meaning;
  std::shared_ptr<Way> way;
  std::vector<Way> ways;

  bool has(int attribute) const { return values.count(attribute) > 0; }
  int64_t count(int attribute) const {
    auto found = values.find(attribute);
    return found == values.end() ? 0 : found->second.size() / bytesOfAttribute(specs().at(attribute).type);
  }
  template <class T>
  T get(int attribute, int64_t index = 0) const {
    T value{};
    if (index < count(attribute)) memcpy(&value, &values.at(attribute)[index * sizeof(T)], sizeof(T));
    return value;
  }
  int choice(int attribute) const { return get<int>(attribute); }
  int64_t number(int attribute, int64_t index = 0) const { return get<int64_t>(attribute, index); }
  Descriptor* other(int attribute, int64_t index = 0) const { return get<Descriptor*>(attribute, index); }
};

std::atomic<uint64_t> serials{0};
thread_local std::string lastError;

int refuse(int status, const std::string& why) {
  lastError = why;
  return status;
}

int wrongly(const Descriptor* d, const std::string& what) {
  std::string text = what + ", of a descriptor of type " + std::to_string(d->type);
  lastError = text;
  return wrong(text.c_str());
}

// Whether it and all that it refers to, near or far, is as it was.
bool whole(const Descriptor* d) {
  for (auto& refer : d->refers) {
    if (!alive(Kind::BACKEND, refer.first) || refer.first->serial != refer.second || !whole(refer.first)) return false;
  }
  return true;
}

void link(Descriptor* from, Descriptor* to) { from->refers.push_back({to, to->serial}); }

// ---- what graphs mean --------------------------------------------------------------------------------------------

bool isVirtual(const Descriptor* tensor) { return tensor->get<bool>(907); }

int finalizeTensor(Descriptor* d) {
  if (cudaType(d->choice(901)) < 0) return refuse(TYPE, "such values are not written here");
  if (d->count(902) != d->count(903)) return wrongly(d, "dimensions and strides of several numbers");
  if (d->count(902) != 4) return refuse(SHAPE, "tensors have 4 dimensions here");
  for (int i = 0; i < 4; i++) {
    if (d->number(902, i) < 1 || d->number(903, i) < 1) return wrongly(d, "a dimension or stride below 1");
  }
  int64_t alignment = d->number(900);
  if (alignment < 1 || (alignment & (alignment - 1)) != 0) return wrongly(d, "an alignment that is no power of two");
  // The same channels innermost that older calls have, with anything in between.
  int64_t c = d->number(902, 1), h = d->number(902, 2), w = d->number(902, 3);
  int64_t image = d->number(903, 0), row = d->number(903, 2), pixel = d->number(903, 3);
  if (d->number(903, 1) != 1 || pixel < c || row < pixel * w || image < row * h) {
    return refuse(LAYOUT, "channels that are not innermost, or values that lie in each other");
  }
  return FINE;
}

Picture pictureOf(const Descriptor* d) {
  return {(int)d->number(902, 0), (int)d->number(902, 1), (int)d->number(902, 2), (int)d->number(902, 3),
          d->number(903, 0), d->number(903, 2), d->number(903, 3)};
}
bool isDense(const Picture& p) {
  Picture dense = Picture::dense(p.n, p.c, p.h, p.w);
  return p.image == dense.image && p.row == dense.row && p.pixel == dense.pixel;
}
bool alike(const Descriptor* a, const Descriptor* b) {
  for (int i = 0; i < 4; i++) {
    if (a->number(902, i) != b->number(902, i)) return false;
  }
  return true;
}

int finalizeConvolution(Descriptor* d) {
  int64_t dimensions = d->number(106);
  for (int attribute : {102, 103, 104, 105}) {
    if (d->count(attribute) != dimensions) return wrongly(d, "values for another number of dimensions");
    for (int64_t i = 0; i < dimensions; i++) {
      bool padding = attribute >= 104;
      if (d->number(attribute, i) < (padding ? 0 : 1)) return wrongly(d, "a padding, stride or dilation too small");
    }
  }
  if (dimensions != 2) return refuse(SHAPE, "convolutions have 2 dimensions here");
  // Float sums go with every type; modes but cross-correlation are not written here.
  if (d->choice(100) != 0 || d->choice(101) != CROSS_CORRELATION) return refuse(NOT_SUPPORTED, "such a convolution");
  return FINE;
}

int finalizePointwise(Descriptor* d) {
  if (d->choice(0) != ADD && d->choice(0) != RELU) return refuse(NOT_SUPPORTED, "such a function");
  return d->choice(1) == 0 ? FINE : refuse(TYPE, "functions of other types than float");
}

int finalizePointwiseOperation(Descriptor* d) {
  bool two = d->other(750)->choice(0) == ADD;
  if (two != d->has(752)) return wrongly(d, "a function of another number of inputs");
  if (!alike(d->other(751), d->other(753))) return wrongly(d, "a result of another size");
  if (!two) return FINE;
  for (int i = 0; i < 4; i++) {
    int64_t size = d->other(752)->number(902, i);
    if (size != 1 && size != d->other(751)->number(902, i)) return wrongly(d, "a second input that does not fit");
  }
  return FINE;
}

// Of a convolution's operation.
struct Sides {
  Descriptor *window, *weights, *fine, *coarse;
};
Sides sidesOf(const Descriptor* d) {
  if (d->type == FORWARD) return {d->other(702), d->other(703), d->other(704), d->other(705)};
  return {d->other(708), d->other(709), d->other(710), d->other(711)};
}

int finalizeConvolving(Descriptor* d) {
  Sides s = sidesOf(d);
  int64_t inner = s.weights->number(902, 1), channels = s.fine->number(902, 1), outputs = s.coarse->number(902, 1);
  if (s.fine->number(902, 0) != s.coarse->number(902, 0)) return wrongly(d, "sides of several numbers of pictures");
  if (channels % inner != 0 || s.weights->number(902, 0) != outputs || outputs % (channels / inner) != 0) {
    return wrongly(d, "channels that do not fit each other");
  }
  for (int i = 0; i < 2; i++) {
    int64_t kernel = (s.weights->number(902, 2 + i) - 1) * s.window->number(102, i) + 1;
    int64_t padded = s.fine->number(902, 2 + i) + s.window->number(105, i) + s.window->number(104, i);
    if (padded < kernel || (padded - kernel) / s.window->number(103, i) + 1 != s.coarse->number(902, 2 + i)) {
      return wrongly(d, "a coarse side of another size");
    }
  }
  if (!isDense(pictureOf(s.weights))) return refuse(LAYOUT, "weights with something in between");
  return FINE;
}

int finalizeGraph(Descriptor* d) {
  Descriptor* first = d->other(801);
  if (first->type != FORWARD && first->type != BACKWARD_DATA) return refuse(PATTERN, "graphs begin with a convolution");
  bool transposed = first->type == BACKWARD_DATA;
  Sides s = sidesOf(first);
  Descriptor* result = transposed ? s.fine : s.coarse;
  const Descriptor* from = transposed ? s.coarse : s.fine;
  const Descriptor* bias = nullptr;
  std::vector<const Descriptor*> tensors{from, s.weights};
  bool rectified = false;
  for (int64_t i = 1; i < d->count(801); i++) {
    Descriptor* next = d->other(801, i);
    bool adds = next->type == POINTWISE_OPERATION && next->other(750)->choice(0) == ADD;
    if (transposed || next->type != POINTWISE_OPERATION || (adds ? i != 1 : rectified)) {
      return refuse(PATTERN, "only a bias and then a rectifier may follow a convolution");
    }
    if (next->other(751) != result) return wrongly(d, "an operation that does not take the one before it");
    if (!isVirtual(result)) return refuse(PATTERN, "results within a graph must be virtual");
    if (result->choice(901) != 0) return refuse(TYPE, "virtual results are float");
    tensors.push_back(result);
    if (adds) {
      bias = next->other(752);
      tensors.push_back(bias);
      if (bias->number(902, 1) != result->number(902, 1) || pictureOf(bias).span() != (size_t)bias->number(902, 1)) {
        return refuse(PATTERN, "a bias is one value for each channel");
      }
    } else {
      rectified = true;
    }
    result = next->other(753);
  }
  tensors.push_back(result);
  if (isVirtual(result) || isVirtual(from) || isVirtual(s.weights) || (bias && isVirtual(bias))) {
    return wrongly(d, "a virtual tensor that nothing makes or takes");
  }
  int type = from->choice(901);
  if (s.weights->choice(901) != type || result->choice(901) != type) return refuse(TYPE, "values of several types");
  if (bias && bias->choice(901) != type && bias->choice(901) != 0) return refuse(TYPE, "a bias of a third type");
  float beta = first->get<float>(transposed ? 707 : 701);
  if (beta != 0 && d->count(801) > 1) return refuse(PATTERN, "a sum with what a virtual tensor was");
  auto meaning = std::make_shared<Meaning>();
  for (const Descriptor* tensor : tensors) {
    if (!meaning->alignments.insert({tensor->number(906), tensor->number(900)}).second) {
      return wrongly(d, "two tensors of one name");
    }
    if (isVirtual(tensor)) meaning->alignments[tensor->number(906)] = 0;
  }
  const Descriptor* w = s.window;
  Picture fine = transposed ? pictureOf(result) : pictureOf(from);
  Picture coarse = transposed ? pictureOf(from) : pictureOf(result);
  meaning->job = {transposed, cudaType(type), bias ? cudaType(bias->choice(901)) : 0, fine, coarse,
                  (int)s.weights->number(902, 2), (int)s.weights->number(902, 3), (int)w->number(105, 0),
                  (int)w->number(105, 1), (int)w->number(103, 0), (int)w->number(103, 1), (int)w->number(102, 0),
                  (int)w->number(102, 1), (int)(fine.c / s.weights->number(902, 1)), rectified, false,
                  first->get<float>(transposed ? 706 : 700), beta};
  meaning->type = cudaType(type);
  meaning->fused = d->count(801) > 1;
  meaning->from = from->number(906);
  meaning->weights = s.weights->number(906);
  meaning->to = result->number(906);
  meaning->bias = bias ? bias->number(906) : -1;
  d->meaning = meaning;
  return FINE;
}

// ---- engines -----------------------------------------------------------------------------------------------------

enum { NEEDLESS = 0, SLIGHT = 1, COPIES = 2, HUGE_MEMORY = 3 };
enum { KNOB_TILE = 2, KNOB_WORKSPACE = 25 };

std::vector<Way> waysOf(int mode, const Meaning& m) {
  bool cores = m.type == 2 ? capability() >= 70 : capability() >= 80;
  std::vector<Way> ways;
  auto add = [&](int64_t index, std::vector<int> notes, bool compiles, int64_t tile, int64_t workspace) {
    ways.push_back({index, notes, compiles, {{KNOB_TILE, tile}, {KNOB_WORKSPACE, workspace}}});
  };
  if (mode == MODE_A) {
    // The fastest are none for whoever wants the same bytes, or all bits, or has the memory.
    add(61, {NONDETERMINISTIC}, false, 1, SLIGHT);
    add(4, {WINOGRAD, STRICT_NAN}, false, 0, NEEDLESS);
    if (cores) {
      add(51, {TENSOR_CORE, STRICT_NAN}, true, 3, HUGE_MEMORY);
      add(52, {TENSOR_CORE, m.type == 0 ? DOWN_CONVERT : REDUCED_SUMS}, true, 2, NEEDLESS);
      add(51, {TENSOR_CORE, STRICT_NAN}, true, 2, COPIES);
      add(57, {TENSOR_CORE}, m.fused, 1, SLIGHT);
    }
    if (m.type == 0 || !cores) add(1, {STRICT_NAN}, false, 0, SLIGHT);
  } else if (mode == MODE_B) {
    if (cores) add(58, {TENSOR_CORE, NONDETERMINISTIC}, false, 1, NEEDLESS);
    if (cores) add(59, {TENSOR_CORE}, false, 1, COPIES);
    add(0, {}, false, 0, NEEDLESS);
  } else {
    add(61, {NONDETERMINISTIC, STRICT_NAN}, false, 0, NEEDLESS);
    add(0, {}, false, 0, NEEDLESS);
  }
  return ways;
}

int64_t workspaceOf(const Way& way, const Job& job) {
  int64_t bytes = (int64_t)bytesOf(job.type), copies = 0;
  switch (way.knobs.at(KNOB_WORKSPACE)) {
    case SLIGHT: return 768 + (int64_t)job.coarse.h * job.coarse.w * 4;
    case COPIES:
      for (const Picture* side : {&job.fine, &job.coarse}) {
        if (!isDense(*side)) copies += (int64_t)side->n * side->c * side->h * side->w * bytes;
      }
      return copies;
    case HUGE_MEMORY: return (int64_t)2 << 30;
    default: return 0;
  }
}

bool refuses(const Meaning& m, int64_t what, int64_t way) {
  const Job& j = m.job;
  return standin::refuses({what, way, m.type, m.fused, j.transposed, j.fine.c, j.fine.h, j.fine.w, j.coarse.c,
                           j.kernelH, j.kernelW, j.strideH, j.padH, j.groups, j.beta != 0});
}

int finalizeHeuristics(Descriptor* d) {
  Descriptor* graph = d->other(201);
  const Meaning& meaning = *graph->meaning;
  int mode = d->choice(200);
  if (mode < 0 || mode > 3) return wrongly(d, "a mode that is none");
  if (mode == 0) return refuse(NOT_SUPPORTED, "an obsolete mode");
  if (meaning.type == 14 && capability() < 80) return refuse(3007, "no bfloat16 on such a device");
  if (refuses(meaning, 1, mode) && refuses(meaning, 2, mode)) return refuse(NOT_SUPPORTED, "heuristics without a result");
  d->ways = waysOf(mode, meaning);
  return FINE;
}

int finalizePlan(Descriptor* d) {
  if (unsafe(__func__)) return EXECUTION_FAILED;
  const Descriptor* configuration = d->other(401);
  const Meaning& meaning = *configuration->meaning;
  const Way& way = *configuration->way;
  // Tensor cores want whole loads of 16 bytes at a time where channels are not all there are; others no slices at all.
  for (const Picture* side : {&meaning.job.fine, &meaning.job.coarse}) {
    int64_t load = 16 / (int64_t)bytesOf(meaning.job.type);
    bool fits = way.has(TENSOR_CORE) ? side->pixel % load == 0 && side->c % load == 0 : false;
    if (!isDense(*side) && !fits) return refuse(LAYOUT, "a slice that this engine does not take");
  }
  if (refuses(meaning, 3, way.index)) return refuse(NOT_SUPPORTED, "no kernel of this engine");
  d->meaning = configuration->meaning;
  d->way = configuration->way;
  return FINE;
}

int finalizeVariantPack(Descriptor* d) {
  if (d->count(1000) != d->count(1001)) return wrongly(d, "names and addresses of several numbers");
  for (int64_t i = 0; i < d->count(1000); i++) {
    for (int64_t j = 0; j < i; j++) {
      if (d->number(1000, i) == d->number(1000, j)) return wrongly(d, "a name that comes twice");
    }
  }
  return FINE;
}

int finalize(Descriptor* d) {
  switch (d->type) {
    case POINTWISE: return finalizePointwise(d);
    case CONVOLUTION: return finalizeConvolution(d);
    case HEURISTICS: return finalizeHeuristics(d);
    case PLAN: return finalizePlan(d);
    case FORWARD:
    case BACKWARD_DATA: return finalizeConvolving(d);
    case POINTWISE_OPERATION: return finalizePointwiseOperation(d);
    case GRAPH: return finalizeGraph(d);
    case VARIANT_PACK: return finalizeVariantPack(d);
    case TENSOR: return finalizeTensor(d);
    // Engines and configurations come from heuristics here.
    default: return refuse(NOT_SUPPORTED, "such descriptors are only told here");
  }
}

// Which descriptors an attribute may refer to.
bool fits(int attribute, int type) {
  switch (attribute) {
    case 201: return type == GRAPH;
    case 300: return type == ENGINE;
    case 401: return type == CONFIGURATION;
    case 702:
    case 708: return type == CONVOLUTION;
    case 750: return type == POINTWISE;
    case 801: return type == FORWARD || type == BACKWARD_DATA || type == POINTWISE_OPERATION;
    default: return type == TENSOR;
  }
}

const Spec* specOf(const Descriptor* d, int attribute) {
  auto found = specs().find(attribute);
  return found == specs().end() || found->second.descriptor != d->type ? nullptr : &found->second;
}

// What an attribute that the library tells holds, if not descriptors.
std::vector<char> told(const Descriptor* d, int attribute) {
  std::vector<char> bytes;
  auto put = [&](const void* value, size_t size) {
    bytes.insert(bytes.end(), (const char*)value, (const char*)value + size);
  };
  if (attribute == 402) {
    int64_t workspace = workspaceOf(*d->way, d->meaning->job);
    put(&workspace, sizeof workspace);
  } else if (attribute == 1301) {
    put(&d->way->index, sizeof d->way->index);
  } else if (attribute == 1303) {
    for (int note : d->way->notes) put(&note, sizeof note);
  } else if (attribute == 1305) {
    int compiles = 0, recorded = 3;
    if (d->way->compiles) put(&compiles, sizeof compiles);
    put(&recorded, sizeof recorded);
  }
  return bytes;
}

// Makes a descriptor that a caller handed in one of those that an attribute holds.
int tell(const Descriptor* d, int attribute, int64_t index, Descriptor* into) {
  static const std::map<int, int> types = {{202, CONFIGURATION}, {300, ENGINE}, {302, KNOB_CHOICE}};
  if (!alive(Kind::BACKEND, into)) return wrongly(d, "a result that is to go to no descriptor");
  if (!types.count(attribute) || into->type != types.at(attribute)) return wrongly(d, "a result of another type");
  if (into->finalized) return wrongly(d, "a result that is to go to a finalized descriptor");
  into->finalized = true;
  into->refers.clear();
  // A configuration is what the graph is for, not who named it.
  if (attribute == 202) {
    link(into, d->other(201));
    into->meaning = d->other(201)->meaning;
    into->way = std::make_shared<Way>(d->ways[index]);
  } else if (attribute == 300) {
    into->refers = d->refers;
    into->meaning = d->meaning;
    into->way = d->way;
  } else {
    auto knob = std::next(d->way->knobs.begin(), index);
    into->values[600].assign((char*)&knob->first, (char*)&knob->first + 4);
    into->values[601].assign((char*)&knob->second, (char*)&knob->second + 8);
  }
  return FINE;
}

#define CHECK_DESCRIPTOR                                                                \
  if (called(__func__)) return refuse(EXECUTION_FAILED, "nothing goes after a misuse"); \
  if (int fault = faulted(__func__)) return refuse(fault, "a test asks for it");        \
  if (!alive(Kind::BACKEND, descriptor)) return wrong("a descriptor of a graph that is none")
}  // namespace

API int cudnnBackendCreateDescriptor(int type, Descriptor** made) {
  if (called(__func__)) return refuse(EXECUTION_FAILED, "nothing goes after a misuse");
  bool known = false;
  for (auto& spec : specs()) known |= spec.second.descriptor == type;
  if (!known) return refuse(NOT_SUPPORTED, "such a descriptor is not written here");
  *made = new Descriptor();
  (*made)->type = type;
  (*made)->serial = ++serials;
  born(Kind::BACKEND, *made);
  return FINE;
}

API int cudnnBackendDestroyDescriptor(Descriptor* descriptor) {
  called(__func__);
  if (!buried(Kind::BACKEND, descriptor)) return wrong("a descriptor of a graph that is destroyed twice");
  delete descriptor;
  return FINE;
}

API int cudnnBackendSetAttribute(Descriptor* descriptor, int attribute, int type, int64_t count, const void* values) {
  CHECK_DESCRIPTOR;
  std::string name = "attribute " + std::to_string(attribute);
  const Spec* spec = specOf(descriptor, attribute);
  if (descriptor->finalized) return wrongly(descriptor, name + " set after it was finalized");
  if (!spec || spec->use == TOLD) return wrongly(descriptor, name + ", which cannot be set");
  if (type != spec->type) return wrongly(descriptor, name + " set as type " + std::to_string(type));
  if (count < spec->least || count > spec->most || !values) return wrongly(descriptor, name + " of another length");
  if (type == DESCRIPTOR) {
    for (int64_t i = 0; i < count; i++) {
      Descriptor* other = ((Descriptor* const*)values)[i];
      if (!alive(Kind::BACKEND, other)) return wrongly(descriptor, name + " refers to no descriptor");
      if (!other->finalized) return wrongly(descriptor, name + " refers to one that is not finalized");
      if (!fits(attribute, other->type)) return wrongly(descriptor, name + " refers to another type");
      link(descriptor, other);
    }
  }
  if (type == HANDLE && !alive(Kind::CUDNN, *(Context* const*)values)) return wrongly(descriptor, name + ", no handle");
  descriptor->values[attribute].assign((const char*)values, (const char*)values + count * bytesOfAttribute(type));
  return FINE;
}

API int cudnnBackendFinalize(Descriptor* descriptor) {
  CHECK_DESCRIPTOR;
  if (descriptor->finalized) return wrongly(descriptor, "finalized twice");
  for (auto& spec : specs()) {
    if (spec.second.descriptor == descriptor->type && spec.second.use == REQUIRED && !descriptor->has(spec.first)) {
      return wrongly(descriptor, "attribute " + std::to_string(spec.first) + " is not set");
    }
  }
  if (!whole(descriptor)) return wrongly(descriptor, "something it refers to was destroyed");
  int status;
  if (descriptor->type == GRAPH || descriptor->type == PLAN) {
    Context* handle = descriptor->get<Context*>(descriptor->type == GRAPH ? 800 : 400);
    CHECK_TURN;
    status = finalize(descriptor);
  } else {
    status = finalize(descriptor);
  }
  descriptor->finalized = status == FINE;
  return status;
}

API int cudnnBackendGetAttribute(const Descriptor* descriptor, int attribute, int type, int64_t requested,
                                 int64_t* count, void* values) {
  CHECK_DESCRIPTOR;
  std::string name = "attribute " + std::to_string(attribute);
  const Spec* spec = specOf(descriptor, attribute);
  if (!descriptor->finalized) return wrongly(descriptor, name + " read before it was finalized");
  if (!spec) return wrongly(descriptor, name + ", which it does not have");
  if (type != spec->type) return wrongly(descriptor, name + " read as type " + std::to_string(type));
  if (requested < 0 || !count || (requested > 0 && !values)) return wrongly(descriptor, name + " read to nowhere");
  if (!whole(descriptor)) return wrongly(descriptor, "something it refers to was destroyed");
  if (type == DESCRIPTOR) {
    *count = attribute == 202   ? (int64_t)descriptor->ways.size()
             : attribute == 302 ? (int64_t)descriptor->way->knobs.size()
             : attribute == 300 ? 1
                                : 0;
    for (int64_t i = 0; i < std::min(requested, *count); i++) {
      if (int status = tell(descriptor, attribute, i, ((Descriptor**)values)[i])) return status;
    }
    return FINE;
  }
  std::vector<char> bytes = spec->use == TOLD ? told(descriptor, attribute) : descriptor->values.at(attribute);
  *count = (int64_t)(bytes.size() / bytesOfAttribute(type));
  memcpy(values, bytes.data(), std::min(requested, *count) * bytesOfAttribute(type));
  return FINE;
}

API int cudnnBackendExecute(Context* handle, const Descriptor* plan, const Descriptor* variants) {
  TAKE_TURN;
  for (const Descriptor* one : {plan, variants}) {
    if (!alive(Kind::BACKEND, one) || !one->finalized) return wrong("a plan or its addresses that are not finalized");
  }
  if (plan->type != PLAN || variants->type != VARIANT_PACK) return wrong("execution of something else than a plan");
  if (!whole(plan)) return wrongly(plan, "something it refers to was destroyed");
  if (plan->get<Context*>(400) != handle) return wrongly(plan, "execution with another handle");
  const Meaning& meaning = *plan->meaning;
  std::map<int64_t, void*> addresses;
  for (int64_t i = 0; i < variants->count(1000); i++) {
    int64_t name = variants->number(1000, i);
    void* at = variants->get<void*>(1001, i);
    auto alignment = meaning.alignments.find(name);
    if (alignment == meaning.alignments.end() || alignment->second == 0) {
      return wrongly(variants, "an address for something that is not in memory");
    }
    if (!at || (uintptr_t)at % alignment->second != 0) return wrongly(variants, "an address that is not aligned");
    addresses[name] = at;
  }
  for (auto& alignment : meaning.alignments) {
    if (alignment.second != 0 && !addresses.count(alignment.first)) return wrongly(variants, "a missing address");
  }
  int64_t needed = workspaceOf(*plan->way, meaning.job);
  void* workspace = variants->get<void*>(1003);
  if (needed > 0 && !workspace) return wrongly(variants, "no scratch memory");
  if (refuses(meaning, 4, 0) && refuses(meaning, 5, 0)) return refuse(NOT_SUPPORTED, "this plan does not run");
  Job job = meaning.job;
  const Way& way = *plan->way;
  job.tf32 = job.type == 0 && way.has(TENSOR_CORE);
  // What must not be chosen shows.
  job.unsteady = way.has(NONDETERMINISTIC);
  bool rough = way.has(DOWN_CONVERT) || way.has(REDUCED_SUMS) || way.has(WINOGRAD);
  job.off = job.unsteady || rough ? 0.25f : 0;
  return queue(__func__, handle, job, addresses[meaning.from], addresses[meaning.weights],
               meaning.fused && meaning.bias >= 0 ? addresses[meaning.bias] : nullptr, addresses[meaning.to], workspace,
               (size_t)needed);
}

API void cudnnGetLastErrorString(char* message, size_t size) {
  called(__func__);
  if (size == 0) return;
  size_t length = std::min(size - 1, lastError.size());
  memcpy(message, lastError.data(), length);
  message[length] = 0;
  lastError.clear();
}
