// cuBLASLt's functions: matrix products. See standin.h.
#include <algorithm>
#include <cstring>
#include <vector>

#include "standin.h"

using namespace standin;

namespace {
enum { FINE = 0, NOT_INITIALIZED = 1, BAD_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum { COMPUTE_32F = 68, COMPUTE_32F_FAST_TF32 = 77 };
enum { EPILOGUE_DEFAULT = 1, EPILOGUE_RELU = 2, EPILOGUE_BIAS = 4, EPILOGUE_RELU_BIAS = 6 };

struct Context {};

struct Description {
  int compute;
  int scale;
  int transposedA = 0;
  int transposedB = 0;
  int epilogue = EPILOGUE_DEFAULT;
  const void* bias = nullptr;
  int biasType = -1;
};

struct Layout {
  int type;
  uint64_t rows;
  uint64_t columns;
  int64_t pitch;
};

struct Preference {
  uint64_t workspace = 0;
  // Of A, B, C and D, as documented.
  uint32_t alignment[4] = {256, 256, 256, 256};
};

// Public structures; what the words of an algorithm mean is the library's own affair.
struct Algorithm {
  uint64_t words[8];
};
struct Result {
  Algorithm algorithm;
  size_t workspace;
  int state;
  float waves;
  int reserved[4];
};
const uint64_t MARK = 0x7374616e642d696eu;

int wrong(const char* what) {
  misuse(INVALID_VALUE, "cuBLASLt: %s", what);
  return BAD_VALUE;
}

bool type(int value) { return value == 0 || value == 2 || value == 14; }

uint64_t spanBytes(const Layout& m) { return ((m.columns - 1) * m.pitch + m.rows) * bytesOf(m.type); }

uint64_t problem(const Description& d, const Layout& a, const Layout& b, const Layout& c, const Layout& to) {
  uint64_t hash = d.compute * 31 + d.transposedA * 5 + d.transposedB * 7 + d.epilogue;
  for (const Layout* m : {&a, &b, &c, &to}) {
    for (uint64_t n : {(uint64_t)m->type, m->rows, m->columns, (uint64_t)m->pitch}) hash = hash * 1000003 + n;
  }
  return hash;
}

// What both the search and the product itself check.
int check(const Description& d, const Layout& a, const Layout& b, const Layout& c, const Layout& to) {
  uint64_t m = d.transposedA ? a.columns : a.rows;
  uint64_t k = d.transposedA ? a.rows : a.columns;
  uint64_t kb = d.transposedB ? b.columns : b.rows;
  uint64_t n = d.transposedB ? b.rows : b.columns;
  if (k != kb || m != to.rows || n != to.columns || c.rows != to.rows || c.columns != to.columns) {
    return wrong("matrices that do not fit each other");
  }
  // Of the documented combinations those with float sums: A and B alike, C and D alike, either as these or float.
  if (a.type != b.type || c.type != to.type || (to.type != a.type && to.type != 0)) return NOT_SUPPORTED;
  if (d.compute == COMPUTE_32F_FAST_TF32 && (a.type != 0 || to.type != 0)) return NOT_SUPPORTED;
  if (d.compute != COMPUTE_32F && d.compute != COMPUTE_32F_FAST_TF32) return NOT_SUPPORTED;
  if (d.scale != 0) return NOT_SUPPORTED;
  if (d.epilogue != EPILOGUE_DEFAULT && d.epilogue != EPILOGUE_BIAS && d.epilogue != EPILOGUE_RELU &&
      d.epilogue != EPILOGUE_RELU_BIAS) {
    return NOT_SUPPORTED;
  }
  if ((d.epilogue & EPILOGUE_BIAS) && d.biasType != -1 && d.biasType != to.type) return NOT_SUPPORTED;
  return FINE;
}

// to = values of op(M), rows by columns, rows innermost.
void read(const Layout& m, const void* at, bool transposed, bool tf32, std::vector<float>& to) {
  to.resize(m.rows * m.columns);
  std::vector<float> line(m.rows);
  for (uint64_t column = 0; column < m.columns; column++) {
    widen(m.type, (const char*)at + column * m.pitch * bytesOf(m.type), line.data(), m.rows);
    if (tf32) roundToTf32(line.data(), m.rows);
    if (transposed) {
      for (uint64_t row = 0; row < m.rows; row++) to[row * m.columns + column] = line[row];
    } else {
      memcpy(&to[column * m.rows], line.data(), m.rows * sizeof(float));
    }
  }
}

typedef float Lanes __attribute__((vector_size(32), aligned(4)));
const int WIDE = 16;
const int HIGH = 6;
// Rows of B gone through at a time, so that what a block reads of A stays near; groups of columns that share that.
const int64_t DEEP = 512;
const int64_t SHARED_BY = 12;

// Adds the products of WIDE rows of A with HIGH columns of B, count of each; a is packed, b has k to a column.
void block(const float* a, const float* b, uint64_t k, int64_t count, float* sums) {
  Lanes total[HIGH][2];
  memcpy(total, sums, sizeof total);
  for (int64_t i = 0; i < count; i++) {
    Lanes low = *(const Lanes*)(a + i * WIDE);
    Lanes high = *(const Lanes*)(a + i * WIDE + 8);
    for (int j = 0; j < HIGH; j++) {
      float factor = b[j * k + i];
      total[j][0] += low * factor;
      total[j][1] += high * factor;
    }
  }
  memcpy(sums, total, sizeof total);
}

void multiply(const Description& d, float alpha, const void* a, Layout la, const void* b, Layout lb, float beta,
              const void* c, Layout lc, void* to, Layout lt) {
  std::vector<float> left, right;
  bool tf32 = d.compute == COMPUTE_32F_FAST_TF32;
  read(la, a, d.transposedA, tf32, left);
  read(lb, b, d.transposedB, tf32, right);
  uint64_t m = lt.rows, n = lt.columns, k = left.size() / m;
  std::vector<float> bias;
  if (d.epilogue & EPILOGUE_BIAS) {
    bias.resize(m);
    widen(lt.type, d.bias, bias.data(), m);
  }
  // Panels of WIDE rows each, so that a block reads one stretch of memory.
  uint64_t panels = (m + WIDE - 1) / WIDE;
  std::vector<float> packed(panels * k * WIDE, 0.0f);
  for (uint64_t p = 0; p < panels; p++) {
    uint64_t rows = std::min<uint64_t>(WIDE, m - p * WIDE);
    for (uint64_t i = 0; i < k; i++) memcpy(&packed[(p * k + i) * WIDE], &left[i * m + p * WIDE], rows * sizeof(float));
  }
  right.resize((n + HIGH) * k);
  int64_t groups = (n + HIGH - 1) / HIGH;
  parallel((groups + SHARED_BY - 1) / SHARED_BY, 2.0 * m * n * k, [&](int64_t first, int64_t end) {
    // Of each group and panel HIGH times WIDE sums.
    std::vector<float> sums(SHARED_BY * panels * HIGH * WIDE), line(panels * WIDE), before(m);
    for (int64_t start = first * SHARED_BY; start < std::min(end * SHARED_BY, groups); start += SHARED_BY) {
      int64_t some = std::min(SHARED_BY, groups - start);
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (int64_t depth = 0; depth < (int64_t)k; depth += DEEP)
        for (uint64_t p = 0; p < panels; p++)
          for (int64_t g = 0; g < some; g++)
            block(&packed[(p * k + depth) * WIDE], &right[(start + g) * HIGH * k + depth], k,
                  std::min<int64_t>(DEEP, k - depth), &sums[(g * panels + p) * HIGH * WIDE]);
      for (uint64_t column = start * HIGH; column < std::min<uint64_t>((start + some) * HIGH, n); column++) {
        uint64_t g = column / HIGH - start, j = column % HIGH;
        for (uint64_t p = 0; p < panels; p++) {
          memcpy(&line[p * WIDE], &sums[((g * panels + p) * HIGH + j) * WIDE], WIDE * sizeof(float));
        }
        if (beta != 0) {
          widen(lc.type, (const char*)c + column * lc.pitch * bytesOf(lc.type), before.data(), m);
        }
        for (uint64_t row = 0; row < m; row++) {
          float value = alpha * line[row];
          if (beta != 0) value += beta * before[row];
          if (!bias.empty()) value += bias[row];
          if ((d.epilogue & EPILOGUE_RELU) && !(value > 0)) value = 0;
          line[row] = value;
        }
        narrow(lt.type, line.data(), (char*)to + column * lt.pitch * bytesOf(lt.type), m);
      }
    }
  });
}

bool aligned(const void* at, uint64_t bytes) { return (uintptr_t)at % bytes == 0; }
}  // namespace

// That it is there is all that is asked of the other library.
API int cublasGetVersion_v2(void*, int* version) {
  *version = CUDA_MAJOR * 10000;
  return FINE;
}

API int cublasLtCreate(Context** handle) {
  if (called(__func__) || !hasContext()) return NOT_INITIALIZED;
  *handle = new Context();
  born(Kind::CUBLAS, *handle);
  return FINE;
}

API int cublasLtDestroy(Context* handle) {
  called(__func__);
  if (!buried(Kind::CUBLAS, handle)) return wrong("a handle is destroyed that is none");
  delete handle;
  return FINE;
}

API int cublasLtMatmulDescCreate(Description** made, int compute, int scale) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  *made = new Description{compute, scale};
  born(Kind::MATMUL, *made);
  return FINE;
}
API int cublasLtMatmulDescDestroy(Description* description) {
  called(__func__);
  if (!buried(Kind::MATMUL, description)) return wrong("a description is destroyed that is none");
  delete description;
  return FINE;
}

API int cublasLtMatmulDescSetAttribute(Description* d, int attribute, const void* value, size_t bytes) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::MATMUL, d)) return wrong("an attribute of a description that is none");
  int number = 0;
  if (attribute == 8) {
    if (bytes != sizeof d->bias) return wrong("a pointer of another size");
    memcpy(&d->bias, value, bytes);
    return FINE;
  }
  if (bytes != sizeof number) return wrong("an attribute of another size");
  memcpy(&number, value, bytes);
  switch (attribute) {
    case 3:
    case 4:
      if (number != 0 && number != 1) return wrong("an operation that is none");
      (attribute == 3 ? d->transposedA : d->transposedB) = number;
      return FINE;
    case 7: d->epilogue = number; return FINE;
    case 26: d->biasType = number; return FINE;
    default: return wrong("an attribute that this stand-in does not know");
  }
}

API int cublasLtMatrixLayoutCreate(Layout** made, int valueType, uint64_t rows, uint64_t columns, int64_t pitch) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!type(valueType) || rows < 1 || columns < 1 || pitch < (int64_t)rows) return wrong("a matrix of such a shape");
  *made = new Layout{valueType, rows, columns, pitch};
  born(Kind::LAYOUT, *made);
  return FINE;
}
API int cublasLtMatrixLayoutDestroy(Layout* layout) {
  called(__func__);
  if (!buried(Kind::LAYOUT, layout)) return wrong("a layout is destroyed that is none");
  delete layout;
  return FINE;
}

API int cublasLtMatmulPreferenceCreate(Preference** made) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  *made = new Preference();
  born(Kind::PREFERENCE, *made);
  return FINE;
}
API int cublasLtMatmulPreferenceDestroy(Preference* preference) {
  called(__func__);
  if (!buried(Kind::PREFERENCE, preference)) return wrong("a preference is destroyed that is none");
  delete preference;
  return FINE;
}
API int cublasLtMatmulPreferenceSetAttribute(Preference* preference, int attribute, const void* value, size_t bytes) {
  called(__func__);
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::PREFERENCE, preference)) return wrong("an attribute of a preference that is none");
  if (attribute == 1 && bytes == sizeof preference->workspace) {
    memcpy(&preference->workspace, value, bytes);
  } else if (attribute >= 5 && attribute <= 8 && bytes == sizeof *preference->alignment) {
    memcpy(&preference->alignment[attribute - 5], value, bytes);
  } else {
    return wrong("a preference that this stand-in does not know, or of another size");
  }
  return FINE;
}

API int cublasLtMatmulAlgoGetHeuristic(Context* handle, Description* d, Layout* a, Layout* b, Layout* c, Layout* to,
                                       Preference* preference, int wanted, Result* results, int* found) {
  if (called(__func__)) return NOT_INITIALIZED;
  if (int fault = faulted(__func__)) return fault;
  *found = 0;
  if (!alive(Kind::CUBLAS, handle) || !alive(Kind::MATMUL, d) || !alive(Kind::PREFERENCE, preference)) {
    return wrong("a search with a handle, description or preference that is none");
  }
  for (Layout* layout : {a, b, c, to}) {
    if (!alive(Kind::LAYOUT, layout)) return wrong("a search with a layout that is none");
  }
  if (wanted < 1 || !results) return wrong("a search for no algorithm");
  if (int status = check(*d, *a, *b, *c, *to)) return status;
  bool bias = d->epilogue & EPILOGUE_BIAS;
  if (bias && !d->bias) return wrong("a search with a bias that is nowhere");
  // A product with B transposed has no way round it.
  if (!d->transposedB &&
      refuses({bias, (int64_t)a->rows, (int64_t)a->columns, (int64_t)b->columns, to->pitch, to->type})) {
    return NOT_SUPPORTED;
  }
  // Tensor cores want whole lines of 16 bytes; what does without them needs neither these nor scratch memory.
  bool lines = true;
  const Layout* layouts[] = {a, b, c, to};
  for (int i = 0; i < 4; i++) {
    lines &= preference->alignment[i] >= 16 && layouts[i]->pitch * bytesOf(layouts[i]->type) % 16 == 0;
    if (preference->alignment[i] < bytesOf(layouts[i]->type)) return wrong("values that are not aligned");
  }
  const uint64_t scratch = 4 << 20;
  bool cores = lines && preference->workspace >= scratch;
  memset(results, 0, sizeof(Result) * wanted);
  results->algorithm.words[0] = MARK;
  results->algorithm.words[1] = problem(*d, *a, *b, *c, *to);
  results->algorithm.words[2] = cores ? 16 : 1;
  results->algorithm.words[3] = cores ? scratch : 0;
  results->workspace = results->algorithm.words[3];
  results->state = FINE;
  results->waves = 1;
  *found = 1;
  return FINE;
}

API int cublasLtMatmul(Context* handle, Description* d, const void* alpha, const void* a, Layout* la, const void* b,
                       Layout* lb, const void* beta, const void* c, Layout* lc, void* to, Layout* lt,
                       const Algorithm* algorithm, void* workspace, size_t workspaceBytes, Stream* stream) {
  if (called(__func__)) return NOT_INITIALIZED;
  if (int fault = faulted(__func__)) return fault;
  if (!alive(Kind::CUBLAS, handle) || !alive(Kind::MATMUL, d)) return wrong("a product with a handle that is none");
  for (Layout* layout : {la, lb, lc, lt}) {
    if (!alive(Kind::LAYOUT, layout)) return wrong("a product with a layout that is none");
  }
  if (int status = check(*d, *la, *lb, *lc, *lt)) return status;
  if (!algorithm || algorithm->words[0] != MARK || algorithm->words[1] != problem(*d, *la, *lb, *lc, *lt)) {
    return wrong("a product with an algorithm for another");
  }
  for (const void* at : {a, b, c, (const void*)to}) {
    if (!aligned(at, algorithm->words[2])) return wrong("a matrix that is aligned less than was said");
  }
  if (workspaceBytes < algorithm->words[3]) return wrong("a product with too little scratch memory");
  if (workspaceBytes > 0 && !aligned(workspace, 16)) return wrong("scratch memory that is not aligned");
  Operation operation{"cublasLtMatmul", {}, {}};
  operation.touches = {{a, spanBytes(*la)}, {b, spanBytes(*lb)}, {c, spanBytes(*lc)}, {to, spanBytes(*lt)}};
  if (workspaceBytes > 0) operation.touches.push_back({workspace, workspaceBytes});
  if (d->epilogue & EPILOGUE_BIAS) {
    if (!aligned(d->bias, 16)) return wrong("a bias that is not aligned");
    operation.touches.push_back({d->bias, lt->rows * bytesOf(lt->type)});
  }
  float factor, before;
  memcpy(&factor, alpha, sizeof factor);
  memcpy(&before, beta, sizeof before);
  Description description = *d;
  Layout layouts[4] = {*la, *lb, *lc, *lt};
  size_t scratch = algorithm->words[3];
  operation.body = [=] {
    multiply(description, factor, a, layouts[0], b, layouts[1], before, c, layouts[2], to, layouts[3]);
    if (scratch > 0) memset(workspace, 0xff, std::min<size_t>(scratch, 1 << 16));
  };
  return enqueue(stream ? stream : defaultStream(), std::move(operation)) ? EXECUTION_FAILED : FINE;
}
