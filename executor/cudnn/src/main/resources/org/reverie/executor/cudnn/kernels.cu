// The engine's own kernels. NVRTC compiles them for the device found, once per type of activations
// (ELEMENT 0: float, 1: half, 2: bfloat16); a C++ compiler with a few definitions in front compiles
// them for a processor, which is how their arithmetic is tested without a device.
//
// Tensors lie with channels innermost: the value of (row, column, channel) is at
// channel + pitch * (row * width + column). Every kernel takes the same Arguments. Columns of the grid
// run over (column, group of channels) of one row of a tensor, rows of the grid over its rows. No kernel
// adds through atomics or waits for another thread, so that every sum has one order.

#ifndef DEVICE
#define DEVICE static __device__ __forceinline__
#endif

#if ELEMENT == 0
typedef float Element;
#define WIDTH 4
DEVICE float widen(Element value) { return value; }
DEVICE Element narrow(float value) { return value; }
#elif ELEMENT == 1
struct Element {
  unsigned short bits;
};
#define WIDTH 8
#ifdef __CUDACC_RTC__
DEVICE float widen(Element value) {
  float wide;
  asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(value.bits));
  return wide;
}
DEVICE Element narrow(float value) {
  Element half;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half.bits) : "f"(value));
  return half;
}
#else
DEVICE float widen(Element value) {
  union {
    unsigned short bits;
    _Float16 half;
  } as;
  as.bits = value.bits;
  return (float)as.half;
}
DEVICE Element narrow(float value) {
  union {
    unsigned short bits;
    _Float16 half;
  } as;
  as.half = (_Float16)value;
  Element half;
  half.bits = as.bits;
  return half;
}
#endif
#else
struct Element {
  unsigned short bits;
};
#define WIDTH 8
DEVICE float widen(Element value) {
  union {
    unsigned int bits;
    float wide;
  } as;
  as.bits = (unsigned int)value.bits << 16;
  return as.wide;
}
// Rounds to the nearest, ties to even; NaN stays NaN.
DEVICE Element narrow(float value) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  Element rounded;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(rounded.bits) : "f"(value));
  return rounded;
#else
  union {
    unsigned int bits;
    float wide;
  } as;
  as.wide = value;
  Element result;
  if ((as.bits & 0x7fffffffu) > 0x7f800000u) {
    result.bits = (unsigned short)((as.bits >> 16) | 0x40u);
  } else {
    result.bits = (unsigned short)((as.bits + 0x7fffu + ((as.bits >> 16) & 1u)) >> 16);
  }
  return result;
#endif
}
#endif

// Of the kernels that compute with pointers p, lengths i and numbers f; each says which is which.
struct Arguments {
  void* p[8];
  int i[40];
  float f[8];
};

// What changes between replays of a graph. The host writes it before a run and reads it back after.
struct Control {
  int iteration;
  int loadedWidth;
  int loadedHeight;
  int coreX;
  int coreY;
  int coreWidth;
  int coreHeight;
  int ownMean;        // whether factors follow from the sums
  int applies;        // whether the step is taken
  int stopped;        // set once a gradient was not finite
  int tableLength;    // ints per iteration
  int found;          // set once a value of a gradient was not finite
  double step;
  double values;
  float low[4];
  float high[4];
  float factors[64];
  double sums[64];
};

template <int V>
struct alignas(V * sizeof(Element)) Pack {
  Element v[V];
};

// Where maxima of V channels were; four bytes in a register.
template <int V, typename Place>
struct alignas(V * sizeof(Place)) Places {
  Place v[V];
};
template <>
struct alignas(WIDTH) Places<WIDTH, unsigned char> {
  unsigned int four[WIDTH / 4];
};
template <int V, typename Place>
DEVICE void setPlace(Places<V, Place>& places, int k, int place) {
  places.v[k] = (Place)place;
}
DEVICE void setPlace(Places<WIDTH, unsigned char>& places, int k, int place) {
  unsigned int own = (unsigned int)place << k % 4 * 8;
  places.four[k / 4] = k % 4 == 0 ? own & 0xffu : places.four[k / 4] | (own & 0xffu << k % 4 * 8);
}
template <int V, typename Place>
DEVICE bool isPlace(const Places<V, Place>& places, int k, int place) {
  return places.v[k] == place;
}
DEVICE bool isPlace(const Places<WIDTH, unsigned char>& places, int k, int place) {
  unsigned int same = places.four[k / 4] ^ (unsigned int)place * 0x01010101u;
  return (same & 0xffu << k % 4 * 8) == 0;
}

template <int V>
DEVICE Pack<V> pack(const void* from, long long first) {
  return *(const Pack<V>*)((const Element*)from + first);
}

#if ELEMENT != 0
// 16 bits of a value in the upper half of a number: a bfloat16 as a float. Two values lie in one register.
template <int V>
DEVICE unsigned int upper(const Pack<V>& values, int k) {
  if (V == 1) return (unsigned int)values.v[0].bits << 16;
  unsigned int two;
  memcpy(&two, &values.v[k & ~1], sizeof two);
  return k & 1 ? two & 0xffff0000u : two << 16;
}
#endif

template <int V, typename Place>
DEVICE Places<V, Place> placesOf(const void* from, long long first) {
  return *(const Places<V, Place>*)((const Place*)from + first);
}

// Value k of a pack.
template <int V>
DEVICE float valueIn(const Pack<V>& values, int k) {
#if ELEMENT == 2
  unsigned int bits = upper(values, k);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
#else
  return widen(values.v[k]);
#endif
}

template <int V>
DEVICE void load(const Element* from, float* to) {
  const Pack<V> values = pack<V>(from, 0);
#pragma unroll
  for (int k = 0; k < V; k++) {
    to[k] = valueIn(values, k);
  }
}

template <int V>
DEVICE void store(const float* from, Element* to) {
  Pack<V> pack;
#pragma unroll
  for (int k = 0; k < V; k++) {
    pack.v[k] = narrow(from[k]);
  }
  *(Pack<V>*)to = pack;
}

// Adds to what is there if asked to.
template <int V>
DEVICE void deliver(float* values, Element* to, int accumulate) {
  if (accumulate) {
    float before[V];
    load<V>(to, before);
#pragma unroll
    for (int k = 0; k < V; k++) {
      values[k] += before[k];
    }
  }
  store<V>(values, to);
}

DEVICE int gridColumn() { return (int)(blockIdx.x * blockDim.x + threadIdx.x); }
DEVICE int gridRow() { return (int)blockIdx.y; }
DEVICE long long at(int row, int width, int column, int pitch) {
  return ((long long)row * width + column) * pitch;
}
// Where one thread reads many values, so many loads start together: waits for memory are what takes time.
// Sums are in one order all the same.
#define TOGETHER 16
DEVICE constexpr int larger(int a, int b) { return a > b ? a : b; }
DEVICE constexpr int smaller(int a, int b) { return a < b ? a : b; }
// The group of channels and the column of a tensor that a column of the grid stands for; whole numbers
// without a sign are divided by half the instructions.
DEVICE int groupAt(int column, const Arguments& a) {
  return (int)((unsigned int)column % (unsigned int)a.i[1]);
}
DEVICE int columnAt(int column, const Arguments& a) {
  return (int)((unsigned int)column / (unsigned int)a.i[1]);
}
// The position along an axis of that length that is nearest.
DEVICE int inside(int position, int length) { return larger(0, smaller(length - 1, position)); }

#define KERNEL(name)                                                                       \
  extern "C" __global__ void __launch_bounds__(256) name##_1(const Arguments a) { name<1>(a); } \
  extern "C" __global__ void __launch_bounds__(256) name##_v(const Arguments a) { name<WIDTH>(a); }
#define SINGLE_KERNEL(name) extern "C" __global__ void __launch_bounds__(256) name(const Arguments a)

// y = factor x, or y += factor x.
// p: x, y. i: columns, groups, width, x pitch, y pitch, accumulate. f: factor.
template <int V>
DEVICE void copy(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a) * V;
  int x = columnAt(column, a);
  float values[V];
  load<V>((const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + channel, values);
#pragma unroll
  for (int k = 0; k < V; k++) {
    values[k] *= a.f[0];
  }
  deliver<V>(values, (Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + channel, a.i[5]);
}
KERNEL(copy)

// y = x 0. p: y. i: columns, groups, width, pitch.
template <int V>
DEVICE void zero(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  float values[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    values[k] = 0;
  }
  store<V>(
      values,
      (Element*)a.p[0] + at(gridRow(), a.i[2], columnAt(column, a), a.i[3]) + groupAt(column, a) * V);
}
KERNEL(zero)

// y = z > 0 ? z : slope z with z = x + bias, and one bit per value that says z > 0. Eight channels
// a thread. p: x, bias (float, or null), y (or null: only the bits), bits (or null).
// i: columns, groups of eight, width, x pitch, y pitch, channels. f: slope.
template <int V>
DEVICE void rectify(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a) * 8;
  int x = columnAt(column, a);
  int count = smaller(8, a.i[5] - channel);
  const Element* from = (const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + channel;
  const float* bias = (const float*)a.p[1];
  Element* to = (Element*)a.p[2];
  unsigned int bits = 0;
#pragma unroll
  for (int part = 0; part < 8; part += V) {
    if (part < count) {
      float values[V];
      load<V>(from + part, values);
#pragma unroll
      for (int k = 0; k < V; k++) {
        float value = values[k];
        if (bias) value += bias[channel + part + k];
        bool positive = value > 0;
        bits |= positive ? 1u << (part + k) : 0u;
        values[k] = positive ? value : a.f[0] * value;
      }
      if (to) {
        store<V>(values, to + at(gridRow(), a.i[2], x, a.i[4]) + channel + part);
      }
    }
  }
  if (a.p[3]) {
    ((unsigned char*)a.p[3])[at(gridRow(), a.i[2], x, a.i[1]) + groupAt(column, a)] =
        (unsigned char)bits;
  }
}
KERNEL(rectify)

// y = bit ? g : slope g. p: g, bits, y. i: columns, groups of eight, width, g pitch, y pitch,
// channels. f: slope.
template <int V>
DEVICE void unrectify(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a) * 8;
  int x = columnAt(column, a);
  int count = smaller(8, a.i[5] - channel);
  unsigned int bits =
      ((const unsigned char*)a.p[1])[at(gridRow(), a.i[2], x, a.i[1]) + groupAt(column, a)];
  const Element* from = (const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + channel;
  Element* to = (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[4]) + channel;
#pragma unroll
  for (int part = 0; part < 8; part += V) {
    if (part < count) {
      float values[V];
      load<V>(from + part, values);
#pragma unroll
      for (int k = 0; k < V; k++) {
        values[k] = bits >> (part + k) & 1u ? values[k] : a.f[0] * values[k];
      }
      store<V>(values, to + part);
    }
  }
}
KERNEL(unrectify)

// Poolings. Their windows overlap, so a thread computes a cell of some rows and columns of V channels,
// and a block of 256 threads 8 packs (128 bytes) of 8 columns of 4 rows of cells: what they share is read
// once from memory beyond the multiprocessor. Columns of the grid are 256 for each such part of a row of
// parts, packs innermost; a row of the grid is 4 rows of cells.
#define PART_PACKS 8
#define PART_COLUMNS 8
#define PART_ROWS 4
struct Cell {
  int channel;
  int column;
  int row;
};
template <int V>
DEVICE Cell cell(int groups) {
  unsigned int column = gridColumn();
  unsigned int thread = column % (PART_PACKS * PART_COLUMNS * PART_ROWS);
  unsigned int part = column / (PART_PACKS * PART_COLUMNS * PART_ROWS);
  unsigned int parts = (unsigned int)(groups + PART_PACKS - 1) / PART_PACKS;
  Cell cell;
  cell.channel = (part % parts * PART_PACKS + thread % PART_PACKS) * V;
  cell.column = part / parts * PART_COLUMNS + thread / PART_PACKS % PART_COLUMNS;
  cell.row = gridRow() * PART_ROWS + thread / (PART_PACKS * PART_COLUMNS);
  return cell;
}

// The largest value of each of V channels so far and where it was, the first one on ties.
#if ELEMENT == 0
template <int V, bool SIGNED>
struct Maxima {
  float best[V];
  int place[V];
};
template <int V, bool SIGNED>
DEVICE void take(Maxima<V, SIGNED>& maxima, const Pack<V>& values, int place, bool first) {
#pragma unroll
  for (int k = 0; k < V; k++) {
    if (first || values.v[k] > maxima.best[k]) {
      maxima.best[k] = values.v[k];
      maxima.place[k] = place;
    }
  }
}
// Takes maxima of some more places, each that many further.
template <int V, bool SIGNED>
DEVICE void merge(Maxima<V, SIGNED>& maxima, const Maxima<V, SIGNED>& more, int further, bool first) {
#pragma unroll
  for (int k = 0; k < V; k++) {
    if (first || more.best[k] > maxima.best[k]) {
      maxima.best[k] = more.best[k];
      maxima.place[k] = more.place[k] + further;
    }
  }
}
template <int V, bool SIGNED>
DEVICE int placeOf(const Maxima<V, SIGNED>& maxima, int k) {
  return maxima.place[k];
}
template <int V, bool SIGNED>
DEVICE bool isPositive(const Maxima<V, SIGNED>& maxima, int k) {
  return maxima.best[k] > 0;
}
template <int V, bool SIGNED>
DEVICE Element valueOf(const Maxima<V, SIGNED>& maxima, int k) {
  return maxima.best[k];
}
#else
// One number orders both: 16 bits of the value, such that whole numbers are in its order, and
// behind them 65535 - place. Values below 0 are in order if their other bits are turned round, which
// is left out where there are none.
template <int V, bool SIGNED>
struct Maxima {
  int key[V];
};
template <int V, bool SIGNED>
DEVICE void take(Maxima<V, SIGNED>& maxima, const Pack<V>& values, int place, bool first) {
  unsigned int behind = 65535u - (unsigned int)place;
#pragma unroll
  for (int k = 0; k < V; k++) {
    unsigned int front = upper(values, k);
    if (SIGNED) front ^= (unsigned int)((int)front >> 31) & 0x7fff0000u;
    int key = (int)(k & 1 ? front | behind : front + behind);
    maxima.key[k] = first ? key : larger(maxima.key[k], key);
  }
}
template <int V, bool SIGNED>
DEVICE void merge(Maxima<V, SIGNED>& maxima, const Maxima<V, SIGNED>& more, int further, bool first) {
#pragma unroll
  for (int k = 0; k < V; k++) {
    int key = more.key[k] - further;
    maxima.key[k] = first ? key : larger(maxima.key[k], key);
  }
}
template <int V, bool SIGNED>
DEVICE int placeOf(const Maxima<V, SIGNED>& maxima, int k) {
  return 65535 - (maxima.key[k] & 65535);
}
template <int V, bool SIGNED>
DEVICE bool isPositive(const Maxima<V, SIGNED>& maxima, int k) {
  return maxima.key[k] > 65535;
}
template <int V, bool SIGNED>
DEVICE Element valueOf(const Maxima<V, SIGNED>& maxima, int k) {
  int front = maxima.key[k] >> 16;
  if (SIGNED) front ^= (front >> 31) & 0x7fff;
  Element value;
  value.bits = (unsigned short)front;
  return value;
}
#endif

// The result of a window: y and where the maximum was.
template <int V, typename Place, bool SIGNED>
DEVICE void finish(const Arguments& a, const Maxima<V, SIGNED>& maxima, int row, int column, int channel) {
  constexpr int NONE = (Place)-1;
  if (a.p[2]) {
    Places<V, Place> places;
#pragma unroll
    for (int k = 0; k < V; k++) {
      setPlace(places, k, a.i[14] && !isPositive(maxima, k) ? NONE : placeOf(maxima, k));
    }
    *(Places<V, Place>*)((Place*)a.p[2] + at(row, a.i[2], column, a.i[13]) + channel) = places;
  }
  Pack<V> best;
#pragma unroll
  for (int k = 0; k < V; k++) {
    best.v[k] = valueOf(maxima, k);
  }
  *(Pack<V>*)((Element*)a.p[1] + at(row, a.i[2], column, a.i[4]) + channel) = best;
}

// Maximum pooling: y and the place of the maximum in its window, row by row; the largest number
// where a rectified input holds nothing above 0, so that nobody takes the gradient.
// p: x, y, places. i: windows (0 any, 1 three by three one apart, 2 two apart, 3 two by two two apart), groups, out width, x pitch, y pitch, in height, in width, kernel height,
// kernel width, stride height, stride width, pad height, pad width, channels, rectified, out height,
// signed (whether there may be values below 0).
template <int V, typename Place, bool SIGNED>
DEVICE void maximumOf(const Arguments& a) {
  Cell to = cell<V>(a.i[1]);
  if (to.channel >= a.i[1] * V || to.column >= a.i[2] || to.row >= a.i[15]) return;
  int top = to.row * a.i[9] - a.i[11];
  int left = to.column * a.i[10] - a.i[12];
  Maxima<V, SIGNED> maxima;
  // Nobody's, should the window hold nothing.
  take(maxima, Pack<V>{}, 65535, true);
  bool first = true;
  for (int row = larger(0, -top); row < smaller(a.i[7], a.i[5] - top); row++) {
    for (int tap = larger(0, -left); tap < smaller(a.i[8], a.i[6] - left); tap++) {
      long long from = at(top + row, a.i[6], left + tap, a.i[3]) + to.channel;
      take(maxima, pack<V>(a.p[0], from), row * a.i[8] + tap, first);
      first = false;
    }
  }
  finish<V, Place>(a, maxima, to.row, to.column, to.channel);
}

// The same with kernel K and stride S along both axes, in cells of that many rows, whose windows share
// the maxima of rows; windows of these hold something. What lies outside stands for the nearest that the window holds, and is taken at the
// place of that.
template <int V, int K, int S, int ROWS, bool SIGNED>
DEVICE void maximumOfSquare(const Arguments& a) {
  Cell to = cell<V>(a.i[1]);
  int firstRow = to.row * ROWS;
  if (to.channel >= a.i[1] * V || to.column >= a.i[2] || firstRow >= a.i[15]) return;
  int top = firstRow * S - a.i[11];
  int left = to.column * S - a.i[12];
  constexpr int LINES = (ROWS - 1) * S + K;
  Maxima<V, SIGNED> lines[LINES];
#pragma unroll
  for (int i = 0; i < LINES; i++) {
    const Element* line = (const Element*)a.p[0] + at(inside(top + i, a.i[5]), a.i[6], 0, a.i[3]);
#pragma unroll
    for (int tap = 0; tap < K; tap++) {
      int column = inside(left + tap, a.i[6]);
      take(lines[i], pack<V>(line + (column * a.i[3] + to.channel), 0), column - left, tap == 0);
    }
  }
#pragma unroll
  for (int j = 0; j < ROWS; j++) {
    if (firstRow + j >= a.i[15]) break;
    Maxima<V, SIGNED> maxima;
#pragma unroll
    for (int row = 0; row < K; row++) {
      int further = (inside(top + j * S + row, a.i[5]) - top - j * S) * K;
      merge(maxima, lines[j * S + row], further, row == 0);
    }
    finish<V, unsigned char>(a, maxima, firstRow + j, to.column, to.channel);
  }
}
template <int V, bool SIGNED>
DEVICE void maximumOfKnown(const Arguments& a) {
  switch (a.i[0]) {
    case 1: maximumOfSquare<V, 3, 1, 2, SIGNED>(a); break;
    case 2: maximumOfSquare<V, 3, 2, 1, SIGNED>(a); break;
    case 3: maximumOfSquare<V, 2, 2, 1, SIGNED>(a); break;
    default: maximumOf<V, unsigned char, SIGNED>(a);
  }
}
template <int V>
DEVICE void pool_maximum(const Arguments& a) {
  if (ELEMENT != 0 && !a.i[16]) {
    maximumOfKnown<V, false>(a);
  } else {
    maximumOfKnown<V, true>(a);
  }
}
KERNEL(pool_maximum)
template <int V>
DEVICE void pool_maximum_wide(const Arguments& a) {
  maximumOf<V, unsigned short, true>(a);
}
KERNEL(pool_maximum_wide)

// Adds those of V gradients that belong to the place.
template <int V, typename Place>
DEVICE void add(const Pack<V>& gradients, const Places<V, Place>& places, int own, float* sum) {
#pragma unroll
  for (int k = 0; k < V; k++) {
    if (isPlace(places, k, own)) sum[k] += valueIn(gradients, k);
  }
}

// Its gradient, gathered by each input.
// p: g, places, dx. i: windows as above, groups, in width, g pitch,
// dx pitch, out height, out width, kernel height, kernel width, stride height, stride width, pad height,
// pad width, channels, accumulate, in height.
template <int V, typename Place>
DEVICE void maximumBackOf(const Arguments& a) {
  Cell to = cell<V>(a.i[1]);
  if (to.channel >= a.i[1] * V || to.column >= a.i[2] || to.row >= a.i[15]) return;
  int down = to.row + a.i[11];
  int right = to.column + a.i[12];
  // The last windows that may hold this input, and how many may.
  int lastRow = down / a.i[9];
  int lastColumn = right / a.i[10];
  int rows = (a.i[7] + a.i[9] - 1) / a.i[9];
  int columns = (a.i[8] + a.i[10] - 1) / a.i[10];
  float sum[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    sum[k] = 0;
  }
  for (int row = larger(0, lastRow + 1 - rows); row <= smaller(lastRow, a.i[5] - 1); row++) {
    int ownRow = down - row * a.i[9];
    for (int out = larger(0, lastColumn + 1 - columns); out <= smaller(lastColumn, a.i[6] - 1); out++) {
      int ownColumn = right - out * a.i[10];
      if (ownRow >= a.i[7] || ownColumn >= a.i[8]) continue;
      long long place = at(row, a.i[6], out, 1);
      const Pack<V> values = pack<V>(a.p[0], place * a.i[3] + to.channel);
      const Places<V, Place> places = placesOf<V, Place>(a.p[1], place * a.i[13] + to.channel);
      add<V>(values, places, ownRow * a.i[8] + ownColumn, sum);
    }
  }
  deliver<V>(sum, (Element*)a.p[2] + at(to.row, a.i[2], to.column, a.i[4]) + to.channel, a.i[14]);
}

// The same with kernel K and stride S along both axes, in cells of ROWS x COLUMNS inputs, both of them
// multiples of the stride: cells begin where windows do, so that it is known beforehand which place of
// which window is whose.
template <int V, int K, int S, int ROWS, int COLUMNS>
DEVICE void maximumBackOfSquare(const Arguments& a) {
  Cell to = cell<V>(a.i[1]);
  int firstRow = to.row * ROWS - a.i[11] % S;
  int firstColumn = to.column * COLUMNS - a.i[12] % S;
  if (to.channel >= a.i[1] * V || firstColumn >= a.i[2] || firstRow >= a.i[15]) return;
  // The first windows that may hold an input of the cell, how many may, and how far they begin before it.
  constexpr int NOWHERE = 254;
  constexpr int BEFORE = (K - 1) / S;
  constexpr int DOWN = BEFORE + (ROWS - 1) / S + 1;
  constexpr int ACROSS = BEFORE + (COLUMNS - 1) / S + 1;
  int row = (firstRow + a.i[11]) / S - BEFORE;
  int column = (firstColumn + a.i[12]) / S - BEFORE;
  float sums[ROWS * COLUMNS][V];
#pragma unroll
  for (int input = 0; input < ROWS * COLUMNS; input++) {
#pragma unroll
    for (int k = 0; k < V; k++) {
      sums[input][k] = 0;
    }
  }
#pragma unroll
  for (int i = 0; i < DOWN; i++) {
    // Where there is no window, that of another is loaded, and nothing taken of it.
    bool inRows = row + i >= 0 && row + i < a.i[5];
    long long line = at(inside(row + i, a.i[5]), a.i[6], 0, 1);
    const Element* gradients = (const Element*)a.p[0] + line * a.i[3];
    const unsigned char* maxima = (const unsigned char*)a.p[1] + line * a.i[13];
#pragma unroll
    for (int j = 0; j < ACROSS; j++) {
      bool isWindow = inRows && column + j >= 0 && column + j < a.i[6];
      int out = inside(column + j, a.i[6]);
      const Pack<V> gradient = pack<V>(gradients + (out * a.i[3] + to.channel), 0);
      const Places<V, unsigned char> places =
          placesOf<V, unsigned char>(maxima + (out * a.i[13] + to.channel), 0);
#pragma unroll
      for (int input = 0; input < ROWS * COLUMNS; input++) {
        int ownRow = input / COLUMNS + (BEFORE - i) * S;
        int ownColumn = input % COLUMNS + (BEFORE - j) * S;
        if (ownRow >= 0 && ownRow < K && ownColumn >= 0 && ownColumn < K) {
          add<V>(gradient, places, isWindow ? ownRow * K + ownColumn : NOWHERE, sums[input]);
        }
      }
    }
  }
#pragma unroll
  for (int input = 0; input < ROWS * COLUMNS; input++) {
    int y = firstRow + input / COLUMNS;
    int x = firstColumn + input % COLUMNS;
    if (y >= 0 && y < a.i[15] && x >= 0 && x < a.i[2]) {
      deliver<V>(sums[input], (Element*)a.p[2] + at(y, a.i[2], x, a.i[4]) + to.channel, a.i[14]);
    }
  }
}
template <int V>
DEVICE void pool_maximum_back(const Arguments& a) {
  switch (a.i[0]) {
    case 1: maximumBackOfSquare<V, 3, 1, 2, 1>(a); break;
    case 2: maximumBackOfSquare<V, 3, 2, 2, 2>(a); break;
    case 3: maximumBackOfSquare<V, 2, 2, 2, 2>(a); break;
    default: maximumBackOf<V, unsigned char>(a);
  }
}
KERNEL(pool_maximum_back)
template <int V>
DEVICE void pool_maximum_back_wide(const Arguments& a) {
  maximumBackOf<V, unsigned short>(a);
}
KERNEL(pool_maximum_back_wide)

// How much of a window, clipped to the padded input, an average divides by.
DEVICE float clippedArea(const Arguments& a, int row, int column, int height, int width) {
  int top = row * a.i[9] - a.i[11];
  int left = column * a.i[10] - a.i[12];
  int rows = smaller(top + a.i[7], height + a.i[11]) - top;
  int columns = smaller(left + a.i[8], width + a.i[12]) - left;
  return (float)(rows * columns);
}

// Average pooling. p: x, y. i as for the maximum.
template <int V>
DEVICE void pool_average(const Arguments& a) {
  Cell to = cell<V>(a.i[1]);
  if (to.channel >= a.i[1] * V || to.column >= a.i[2] || to.row >= a.i[15]) return;
  int top = to.row * a.i[9] - a.i[11];
  int left = to.column * a.i[10] - a.i[12];
  float area = clippedArea(a, to.row, to.column, a.i[5], a.i[6]);
  float sum[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    sum[k] = 0;
  }
  for (int row = larger(0, -top); row < smaller(a.i[7], a.i[5] - top); row++) {
    for (int tap = larger(0, -left); tap < smaller(a.i[8], a.i[6] - left); tap++) {
      float values[V];
      load<V>((const Element*)a.p[0] + at(top + row, a.i[6], left + tap, a.i[3]) + to.channel, values);
#pragma unroll
      for (int k = 0; k < V; k++) {
        sum[k] += values[k];
      }
    }
  }
#pragma unroll
  for (int k = 0; k < V; k++) {
    sum[k] /= area;
  }
  store<V>(sum, (Element*)a.p[1] + at(to.row, a.i[2], to.column, a.i[4]) + to.channel);
}
KERNEL(pool_average)

// Its gradient. p: g, unused, dx. i as for the maximum's gradient.
template <int V>
DEVICE void pool_average_back(const Arguments& a) {
  Cell to = cell<V>(a.i[1]);
  if (to.channel >= a.i[1] * V || to.column >= a.i[2] || to.row >= a.i[15]) return;
  int down = to.row + a.i[11];
  int right = to.column + a.i[12];
  int lastRow = smaller(a.i[5] - 1, down / a.i[9]);
  int lastColumn = smaller(a.i[6] - 1, right / a.i[10]);
  int firstRow = down < a.i[7] ? 0 : (down - a.i[7]) / a.i[9] + 1;
  int firstColumn = right < a.i[8] ? 0 : (right - a.i[8]) / a.i[10] + 1;
  float sum[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    sum[k] = 0;
  }
  for (int row = firstRow; row <= lastRow; row++) {
    for (int out = firstColumn; out <= lastColumn; out++) {
      float area = clippedArea(a, row, out, a.i[15], a.i[2]);
      float values[V];
      load<V>((const Element*)a.p[0] + at(row, a.i[6], out, a.i[3]) + to.channel, values);
#pragma unroll
      for (int k = 0; k < V; k++) {
        sum[k] += values[k] / area;
      }
    }
  }
  deliver<V>(sum, (Element*)a.p[2] + at(to.row, a.i[2], to.column, a.i[4]) + to.channel, a.i[14]);
}
KERNEL(pool_average_back)

// Mean or maximum of each channel; a thread per channel. p: x, y, places (int).
// i: channels, positions, x pitch, maximum.
SINGLE_KERNEL(pool_all) {
  int channel = gridColumn();
  if (channel >= a.i[0]) return;
  const Element* from = (const Element*)a.p[0] + channel;
  double sum = 0;
  float best = 0;
  int place = -1;
#pragma unroll TOGETHER
  for (int position = 0; position < a.i[1]; position++) {
    float value = widen(from[(long long)position * a.i[2]]);
    sum += value;
    if (place < 0 || value > best) {
      best = value;
      place = position;
    }
  }
  ((int*)a.p[2])[channel] = place;
  ((Element*)a.p[1])[channel] = narrow(a.i[3] ? best : (float)(sum / a.i[1]));
}

// Its gradient. p: g, places, dx. i: columns, channels, width, dx pitch, positions, maximum,
// accumulate.
SINGLE_KERNEL(pool_all_back) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a);
  int x = columnAt(column, a);
  float gradient = widen(((const Element*)a.p[0])[channel]);
  float value[1];
  if (a.i[5]) {
    value[0] = ((const int*)a.p[1])[channel] == gridRow() * a.i[2] + x ? gradient : 0.0f;
  } else {
    value[0] = gradient / (float)a.i[4];
  }
  deliver<1>(value, (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[3]) + channel, a.i[6]);
}

// Square roots by the special function unit, within two units in the last place.
#ifdef __CUDACC_RTC__
DEVICE float root(float value) {
  float result;
  asm("sqrt.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(value));
  return result;
}
DEVICE float inverseRoot(float value) {
  float result;
  asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(value));
  return result;
}
#else
DEVICE float root(float value) { return sqrtf(value); }
DEVICE float inverseRoot(float value) { return 1.0f / sqrtf(value); }
#endif

// scale ^ -beta, with the inverse root of the scale; 3/4 is what every published network has.
DEVICE float inversePower(float scale, float inverse, float beta) {
  return beta == 0.75f ? inverse * root(inverse) : powf(scale, -beta);
}

// Normalisation across channels, with V channels a thread: the channels around them are the packs
// before and behind. R is the reach if it is known beforehand, else V / 2, the largest that packs allow.
// p: x, y. i: columns, groups, width, x pitch, y pitch, reach. f: alpha / n, beta, k.
template <int V, int R>
DEVICE void normalise_packs(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int group = groupAt(column, a);
  int x = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + group * V;
  float values[3 * V];
#pragma unroll
  for (int k = 0; k < 3 * V; k++) {
    values[k] = 0;
  }
  if (group > 0) load<V>(from - V, values);
  load<V>(from, values + V);
  if (group + 1 < a.i[1]) load<V>(from + V, values + 2 * V);
  float result[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    float sum = 0;
#pragma unroll
    for (int d = -R; d <= R; d++) {
      float value = values[V + k + d];
      if (d >= -a.i[5] && d <= a.i[5]) sum += value * value;
    }
    float scale = a.f[2] + a.f[0] * sum;
    result[k] = values[V + k] * inversePower(scale, inverseRoot(scale), a.f[1]);
  }
  store<V>(result, (Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + group * V);
}
extern "C" __global__ void __launch_bounds__(256) normalise_v(const Arguments a) {
  if (a.i[5] == 2) {
    normalise_packs<WIDTH, 2>(a);
  } else {
    normalise_packs<WIDTH, WIDTH / 2>(a);
  }
}

// The same for any number of channels.
DEVICE float scaleAcross(const Element* channels, int count, int channel, int reach, const Arguments& a) {
  float sum = 0;
  for (int c = larger(0, channel - reach); c <= smaller(count - 1, channel + reach); c++) {
    float value = widen(channels[c]);
    sum += value * value;
  }
  return a.f[2] + a.f[0] * sum;
}
extern "C" __global__ void __launch_bounds__(256) normalise_1(const Arguments a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a);
  int x = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]);
  float scale = scaleAcross(from, a.i[1], channel, a.i[5], a);
  ((Element*)a.p[1])[at(gridRow(), a.i[2], x, a.i[4]) + channel] =
      narrow(widen(from[channel]) * inversePower(scale, inverseRoot(scale), a.f[1]));
}

// Its gradient: with s the scale, dx = g s^-b - 2 alpha b / n x sum(g x s^(-b - 1)) over the same
// channels; 0 where a rectified input is. R as above. p: x, g, dx. i: columns, groups, width, x pitch, g pitch,
// reach, dx pitch, rectified, accumulate. f: alpha / n, beta, k.
template <int V, int R>
DEVICE void normalise_packs_back(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int group = groupAt(column, a);
  int x = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + group * V;
  const Element* back = (const Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + group * V;
  float values[3 * V];
  float gradients[3 * V];
#pragma unroll
  for (int k = 0; k < 3 * V; k++) {
    values[k] = 0;
    gradients[k] = 0;
  }
  if (group > 0) {
    load<V>(from - V, values);
    load<V>(back - V, gradients);
  }
  load<V>(from, values + V);
  load<V>(back, gradients + V);
  if (group + 1 < a.i[1]) {
    load<V>(from + V, values + 2 * V);
    load<V>(back + V, gradients + 2 * V);
  }
  // Twice the reach is at most V, so that every scale that matters is known from three packs.
  float direct[V + 2 * R];
  float ratios[V + 2 * R];
#pragma unroll
  for (int k = 0; k < V + 2 * R; k++) {
    int own = k + V - R;
    float sum = 0;
#pragma unroll
    for (int d = -R; d <= R; d++) {
      float value = values[own + d];
      if (d >= -a.i[5] && d <= a.i[5]) sum += value * value;
    }
    float scale = a.f[2] + a.f[0] * sum;
    float inverse = inverseRoot(scale);
    direct[k] = gradients[own] * inversePower(scale, inverse, a.f[1]);
    ratios[k] = direct[k] * values[own] * (inverse * inverse);
  }
  float result[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    float sum = 0;
#pragma unroll
    for (int d = -R; d <= R; d++) {
      if (d >= -a.i[5] && d <= a.i[5]) sum += ratios[k + R + d];
    }
    float own = values[V + k];
    result[k] = direct[R + k] - 2 * a.f[0] * a.f[1] * own * sum;
    if (a.i[7] && !(own > 0)) result[k] = 0;
  }
  deliver<V>(result, (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[6]) + group * V, a.i[8]);
}
extern "C" __global__ void __launch_bounds__(256) normalise_back_v(const Arguments a) {
  if (a.i[5] == 2) {
    normalise_packs_back<WIDTH, 2>(a);
  } else {
    normalise_packs_back<WIDTH, WIDTH / 2>(a);
  }
}

extern "C" __global__ void __launch_bounds__(256) normalise_back_1(const Arguments a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a);
  int x = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]);
  const Element* back = (const Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]);
  float sum = 0;
  for (int c = larger(0, channel - a.i[5]); c <= smaller(a.i[1] - 1, channel + a.i[5]); c++) {
    float scale = scaleAcross(from, a.i[1], c, a.i[5], a);
    sum += widen(back[c]) * inversePower(scale, inverseRoot(scale), a.f[1]) * widen(from[c]) / scale;
  }
  float own = widen(from[channel]);
  float scale = scaleAcross(from, a.i[1], channel, a.i[5], a);
  float result[1];
  result[0] =
      widen(back[channel]) * inversePower(scale, inverseRoot(scale), a.f[1]) - 2 * a.f[0] * a.f[1] * own * sum;
  if (a.i[7] && !(own > 0)) result[0] = 0;
  deliver<1>(result, (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[6]) + channel, a.i[8]);
}

// The scale of normalisation within a channel, over a square.
DEVICE float scaleWithin(
    const Element* x, int row, int column, int height, int width, int pitch, const Arguments& a) {
  float sum = 0;
  for (int y = larger(0, row - a.i[5]); y <= smaller(height - 1, row + a.i[5]); y++) {
    for (int c = larger(0, column - a.i[5]); c <= smaller(width - 1, column + a.i[5]); c++) {
      float value = widen(x[at(y, width, c, pitch)]);
      sum += value * value;
    }
  }
  return a.f[2] + a.f[0] * sum;
}

// Normalisation within a channel. p: x, y. i: columns, channels, width, x pitch, y pitch, reach,
// height. f: alpha / n^2, beta, k.
SINGLE_KERNEL(normalise_within) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a);
  int x = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + channel;
  float scale = scaleWithin(from, gridRow(), x, a.i[6], a.i[2], a.i[3], a);
  ((Element*)a.p[1])[at(gridRow(), a.i[2], x, a.i[4]) + channel] =
      narrow(widen(from[at(gridRow(), a.i[2], x, a.i[3])]) * inversePower(scale, inverseRoot(scale), a.f[1]));
}

// What its gradient is added up from: g x s^(-b - 1), dense, float. p: x, g, ratios. i: columns,
// channels, width, x pitch, g pitch, reach, height. f as above.
SINGLE_KERNEL(normalise_within_ratios) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a);
  int x = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + channel;
  float scale = scaleWithin(from, gridRow(), x, a.i[6], a.i[2], a.i[3], a);
  ((float*)a.p[2])[at(gridRow(), a.i[2], x, a.i[1]) + channel] =
      widen(((const Element*)a.p[1])[at(gridRow(), a.i[2], x, a.i[4]) + channel]) *
      widen(from[at(gridRow(), a.i[2], x, a.i[3])]) * inversePower(scale, inverseRoot(scale), a.f[1]) / scale;
}

// Its gradient. p: x, g, dx, ratios. i: columns, channels, width, x pitch, g pitch, reach, height,
// dx pitch, accumulate. f as above.
SINGLE_KERNEL(normalise_within_back) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a);
  int x = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + channel;
  const float* ratios = (const float*)a.p[3] + channel;
  float scale = scaleWithin(from, gridRow(), x, a.i[6], a.i[2], a.i[3], a);
  float sum = 0;
  for (int y = larger(0, gridRow() - a.i[5]); y <= smaller(a.i[6] - 1, gridRow() + a.i[5]); y++) {
    for (int c = larger(0, x - a.i[5]); c <= smaller(a.i[2] - 1, x + a.i[5]); c++) {
      sum += ratios[at(y, a.i[2], c, a.i[1])];
    }
  }
  float own = widen(from[at(gridRow(), a.i[2], x, a.i[3])]);
  float gradient = widen(((const Element*)a.p[1])[at(gridRow(), a.i[2], x, a.i[4]) + channel]);
  float result[1];
  result[0] = gradient * inversePower(scale, inverseRoot(scale), a.f[1]) - 2 * a.f[0] * a.f[1] * own * sum;
  deliver<1>(result, (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[7]) + channel, a.i[8]);
}

// (shift + scale x) ^ power; powf would lose the sign of an odd power's base on some platforms.
DEVICE float raised(float base, float power) {
  if (power == 1) return base;
  if (power == 2) return base * base;
  if (power == 3) return base * base * base;
  if (power == 0) return 1;
  return powf(base, power);
}

// Functions of one value. p: x, y, per channel (float), per channel (float). i: columns, groups,
// width, x pitch, y pitch, kind. f: three numbers.
template <int V>
DEVICE void pointwise(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a) * V;
  int x = columnAt(column, a);
  const float* first = (const float*)a.p[2];
  const float* second = (const float*)a.p[3];
  float values[V];
  load<V>((const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + channel, values);
#pragma unroll
  for (int k = 0; k < V; k++) {
    float value = values[k];
    switch (a.i[5]) {
      case 0: value = value > 0 ? value : a.f[0] * value; break;
      case 1: value = value > 0 ? value : first[channel + k] * value; break;
      case 2: value = value > 0 ? value : a.f[0] * (expf(value) - 1); break;
      case 3: value = 1 / (1 + expf(-value)); break;
      case 4: value = tanhf(value); break;
      case 5: value = fabsf(value); break;
      case 6: value = raised(a.f[2] + a.f[1] * value, a.f[0]); break;
      case 7: value = first[channel + k] * value + second[channel + k]; break;
    }
    values[k] = value;
  }
  store<V>(values, (Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + channel);
}
KERNEL(pointwise)

// Their gradients. p: x, g, dx, per channel. i: columns, groups, width, x pitch, g pitch, kind,
// dx pitch, accumulate. f: three numbers.
template <int V>
DEVICE void pointwise_back(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a) * V;
  int x = columnAt(column, a);
  const float* first = (const float*)a.p[3];
  float values[V];
  float gradients[V];
  load<V>((const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + channel, values);
  load<V>((const Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + channel, gradients);
#pragma unroll
  for (int k = 0; k < V; k++) {
    float value = values[k];
    float slope = 0;
    switch (a.i[5]) {
      case 0: slope = value > 0 ? 1 : a.f[0]; break;
      case 1: slope = value > 0 ? 1 : first[channel + k]; break;
      case 2: slope = value > 0 ? 1 : a.f[0] * expf(value); break;
      case 3: {
        float y = 1 / (1 + expf(-value));
        slope = y * (1 - y);
        break;
      }
      case 4: {
        float y = tanhf(value);
        slope = 1 - y * y;
        break;
      }
      case 5: slope = value > 0 ? 1.0f : value < 0 ? -1.0f : 0.0f; break;
      case 6:
        slope = a.f[0] == 0 ? 0 : a.f[0] * a.f[1] * raised(a.f[2] + a.f[1] * value, a.f[0] - 1);
        break;
      case 7: slope = first[channel + k]; break;
    }
    gradients[k] *= slope;
  }
  deliver<V>(gradients, (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[6]) + channel, a.i[7]);
}
KERNEL(pointwise_back)

// Two tensors to one: y = x z, the larger of both; or, for gradients, y = y z, and y = 0 where z
// wins over the own x. p: x, z, y. i: columns, groups, width, x pitch, z pitch, y pitch, kind (0 product,
// 1 maximum, 2 product with y, 3 lost if z >= x, 4 lost if z > x).
template <int V>
DEVICE void combine(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a) * V;
  int x = columnAt(column, a);
  float one[V];
  float other[V];
  float result[V] = {};
  Element* to = (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[5]) + channel;
  load<V>((const Element*)a.p[0] + at(gridRow(), a.i[2], x, a.i[3]) + channel, one);
  load<V>((const Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + channel, other);
  if (a.i[6] >= 2) load<V>(to, result);
#pragma unroll
  for (int k = 0; k < V; k++) {
    switch (a.i[6]) {
      case 0: result[k] = one[k] * other[k]; break;
      case 1: result[k] = other[k] > one[k] ? other[k] : one[k]; break;
      case 2: result[k] = result[k] * other[k]; break;
      case 3: result[k] = other[k] >= one[k] ? 0 : result[k]; break;
      case 4: result[k] = other[k] > one[k] ? 0 : result[k]; break;
    }
  }
  store<V>(result, to);
}
KERNEL(combine)

// Products with a guide's columns, without a library. p: x, columns (channels x count), products (float,
// positions innermost). i: columns of the grid, positions, channels, x pitch, first position, count.
SINGLE_KERNEL(guide_products) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int position = groupAt(column, a);
  int own = columnAt(column, a);
  const Element* from = (const Element*)a.p[0] + (long long)(a.i[4] + position) * a.i[3];
  const Element* guide = (const Element*)a.p[1] + own;
  float sum = 0;
  for (int c = 0; c < a.i[2]; c++) {
    sum += widen(from[c]) * widen(guide[(long long)c * a.i[5]]);
  }
  ((float*)a.p[2])[column] = sum;
}

// Which of the products from one to another, which lie that far apart, is the largest, the first on ties.
DEVICE int largestOf(const float* products, int apart, int from, int end) {
  float largest = products[(long long)from * apart];
  int best = from;
#pragma unroll TOGETHER
  for (int j = from + 1; j < end; j++) {
    float product = products[(long long)j * apart];
    if (product > largest) {
      largest = product;
      best = j;
    }
  }
  return best;
}

// The guide's column with the largest product at each position, the first on ties. Products lie
// with positions innermost. p: products (float), best (int). i: positions, count.
SINGLE_KERNEL(guide_best) {
  int position = gridColumn();
  if (position >= a.i[0]) return;
  ((int*)a.p[1])[position] = largestOf((const float*)a.p[0] + position, a.i[0], 0, a.i[1]);
}

// The same among the columns of the region that a position belongs to: that of the loaded pixel at
// the centre of what it sees. p: products, best, control, tables, regions (bytes, of the loaded
// pixels). i: positions, first position, layer width, then for columns and for rows offset, jump,
// divisor and length of the input, then regions, 0, and for each region one past its last column.
DEVICE int centre(const Arguments& a, int axis, int position) {
  int pixel = (a.i[axis] + a.i[axis + 1] * position) / a.i[axis + 2];
  return larger(0, smaller(a.i[axis + 3] - 1, pixel));
}
SINGLE_KERNEL(guide_best_regional) {
  int position = gridColumn();
  if (position >= a.i[0]) return;
  const Control* control = (const Control*)a.p[2];
  const int* table = (const int*)a.p[3] + (long long)control->iteration * control->tableLength;
  int place = a.i[1] + position;
  int column = table[centre(a, 3, place % a.i[2])];
  int row = table[a.i[6] + centre(a, 7, place / a.i[2])];
  int region = ((const unsigned char*)a.p[4])[(long long)row * control->loadedWidth + column];
  ((int*)a.p[1])[position] =
      largestOf((const float*)a.p[0] + position, a.i[0], a.i[12 + region], a.i[13 + region]);
}

// D = weight times that column. p: best, columns (float, one after the other), D. i: columns of the
// grid, channels, first position, D pitch, accumulate. f: weight.
SINGLE_KERNEL(guide_write) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = groupAt(column, a);
  int position = columnAt(column, a);
  int best = ((const int*)a.p[0])[position];
  float value[1];
  value[0] = a.f[0] * ((const float*)a.p[1])[(long long)best * a.i[1] + channel];
  deliver<1>(
      value, (Element*)a.p[2] + (long long)(a.i[2] + position) * a.i[3] + channel, a.i[4]);
}

// A convolution without a library, for what the library refuses: any groups, strides, dilations.
// p: x, weights (outputs x kernel x inputs of a group), bias (float, or null), y. i: columns, outputs,
// out width, x pitch, y pitch, in height, in width, kernel height, kernel width, stride height, stride
// width, pad height, pad width, dilation height, dilation width, inputs, group, accumulate, rectify.
SINGLE_KERNEL(convolve) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int output = groupAt(column, a);
  int x = columnAt(column, a);
  int inputs = a.i[15] / a.i[16];
  int first = output / (a.i[1] / a.i[16]) * inputs;
  float sum = 0;
  for (int row = 0; row < a.i[7]; row++) {
    int y = gridRow() * a.i[9] + row * a.i[13] - a.i[11];
    if (y < 0 || y >= a.i[5]) continue;
    for (int tap = 0; tap < a.i[8]; tap++) {
      int source = x * a.i[10] + tap * a.i[14] - a.i[12];
      if (source < 0 || source >= a.i[6]) continue;
      const Element* from = (const Element*)a.p[0] + at(y, a.i[6], source, a.i[3]) + first;
      const Element* weights =
          (const Element*)a.p[1] + (((long long)output * a.i[7] + row) * a.i[8] + tap) * inputs;
      for (int c = 0; c < inputs; c++) {
        sum += widen(from[c]) * widen(weights[c]);
      }
    }
  }
  if (a.p[2]) sum += ((const float*)a.p[2])[output];
  if (a.i[18] && !(sum > 0)) sum = 0;
  float value[1];
  value[0] = sum;
  deliver<1>(value, (Element*)a.p[3] + at(gridRow(), a.i[2], x, a.i[4]) + output, a.i[17]);
}

// Its transpose: gradients at the input, or a deconvolution. p: g, weights, bias (float, of the
// inputs, or null), dx. i: columns, inputs, in width, g pitch, dx pitch, out height, out width, kernel
// height .. dilation width as above, outputs, group, accumulate, rectify.
SINGLE_KERNEL(convolve_back) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int input = groupAt(column, a);
  int x = columnAt(column, a);
  int inputs = a.i[1] / a.i[16];
  int outputs = a.i[15] / a.i[16];
  int first = input / inputs * outputs;
  float sum = 0;
  for (int row = 0; row < a.i[7]; row++) {
    int y = gridRow() + a.i[11] - row * a.i[13];
    if (y < 0 || y % a.i[9] != 0 || y / a.i[9] >= a.i[5]) continue;
    for (int tap = 0; tap < a.i[8]; tap++) {
      int source = x + a.i[12] - tap * a.i[14];
      if (source < 0 || source % a.i[10] != 0 || source / a.i[10] >= a.i[6]) continue;
      const Element* from =
          (const Element*)a.p[0] + at(y / a.i[9], a.i[6], source / a.i[10], a.i[3]) + first;
      for (int o = 0; o < outputs; o++) {
        sum += widen(from[o]) *
               widen(((const Element*)a.p[1])
                         [(((long long)(first + o) * a.i[7] + row) * a.i[8] + tap) * inputs +
                          input % inputs]);
      }
    }
  }
  if (a.p[2]) sum += ((const float*)a.p[2])[input];
  if (a.i[18] && !(sum > 0)) sum = 0;
  float value[1];
  value[0] = sum;
  deliver<1>(value, (Element*)a.p[3] + at(gridRow(), a.i[2], x, a.i[4]) + input, a.i[17]);
}

// The network's input from the canvas: rolled, mirrored, channels innermost, in blocks of pixels whose
// channels are (row, column, colour); 0 outside and in channels that only fill a pack.
// p: control, tables, canvas (float planes), input. i: columns, groups, tensor width, width, height,
// block height, block width, first row, first column.
// An iteration's table holds, for each column and row of the input, the loaded column and row it shows,
// then for each loaded column and row the one of the input that shows it, or -1.
SINGLE_KERNEL(canvas_load) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  const Control* control = (const Control*)a.p[0];
  const int* table = (const int*)a.p[1] + (long long)control->iteration * control->tableLength;
  long long plane = (long long)control->loadedWidth * control->loadedHeight;
  int channel = groupAt(column, a) * WIDTH;
  int block = columnAt(column, a);
  float values[WIDTH];
#pragma unroll
  for (int k = 0; k < WIDTH; k++) {
    int pixel = (channel + k) / 3;
    int y = (gridRow() - a.i[7]) * a.i[5] + pixel / a.i[6];
    int x = (block - a.i[8]) * a.i[6] + pixel % a.i[6];
    bool shown = pixel < a.i[5] * a.i[6] && y >= 0 && y < a.i[4] && x >= 0 && x < a.i[3];
    values[k] = shown ? ((const float*)a.p[2])[(channel + k) % 3 * plane +
                                               (long long)table[a.i[3] + y] * control->loadedWidth +
                                               table[x]]
                      : 0.0f;
  }
  store<WIDTH>(
      values, (Element*)a.p[3] + at(gridRow(), a.i[2], block, a.i[1] * WIDTH) + channel);
}

// The gradient of the canvas from that of the input, whose pixels may lie in blocks.
// p: control, tables, gradient of the input, gradient planes (float). i: columns, width, height, block
// height, block width, first row, first column, tensor width, pitch. Columns and rows are those loaded.
SINGLE_KERNEL(gradient_store) {
  int x = gridColumn();
  const Control* control = (const Control*)a.p[0];
  if (x >= control->loadedWidth || gridRow() >= control->loadedHeight) return;
  const int* table = (const int*)a.p[1] + (long long)control->iteration * control->tableLength +
                     a.i[1] + a.i[2];
  int column = table[x];
  int row = table[control->loadedWidth + gridRow()];
  long long plane = (long long)control->loadedWidth * control->loadedHeight;
  float* to = (float*)a.p[3] + (long long)gridRow() * control->loadedWidth + x;
  if (column < 0 || row < 0) {
    for (int c = 0; c < 3; c++) {
      to[c * plane] = 0;
    }
    return;
  }
  const Element* from =
      (const Element*)a.p[2] +
      at(row / a.i[3] + a.i[5], a.i[7], column / a.i[4] + a.i[6], a.i[8]) +
      (row % a.i[3] * a.i[4] + column % a.i[4]) * 3;
  for (int c = 0; c < 3; c++) {
    float value = widen(from[c]);
    // Infinity minus itself and NaN minus itself are NaN. All who find one write the same.
    if (value - value != 0) ((Control*)a.p[0])->found = 1;
    to[c * plane] = value;
  }
}

// Sums of |g| over the core: 32 for each row, each over every 32nd column of all channels.
// p: control, gradient planes, sums (double). Rows of the grid are those of the core.
SINGLE_KERNEL(sum_rows) {
  int lane = gridColumn();
  const Control* control = (const Control*)a.p[0];
  if (lane >= 32 || gridRow() >= control->coreHeight) return;
  long long plane = (long long)control->loadedWidth * control->loadedHeight;
  const float* line = (const float*)a.p[1] +
                      (long long)(control->coreY + gridRow()) * control->loadedWidth + control->coreX;
  double sum = 0;
  for (int c = 0; c < 3; c++) {
    for (int x = lane; x < control->coreWidth; x += 32) {
      sum += fabsf(line[c * plane + x]);
    }
  }
  ((double*)a.p[2])[gridRow() * 32 + lane] = sum;
}

// 256 sums of those. p: control, sums, fewer sums.
SINGLE_KERNEL(sum_parts) {
  int thread = gridColumn();
  if (thread >= 256) return;
  const Control* control = (const Control*)a.p[0];
  double sum = 0;
  int count = 32 * control->coreHeight;
  for (int first = thread; first < count; first += 256 * TOGETHER) {
    double some[TOGETHER];
#pragma unroll
    for (int k = 0; k < TOGETHER; k++) {
      int place = first + 256 * k;
      some[k] = place < count ? ((const double*)a.p[1])[place] : 0;
    }
#pragma unroll
    for (int k = 0; k < TOGETHER; k++) {
      sum += some[k];
    }
  }
  ((double*)a.p[2])[thread] = sum;
}

// The sum of those, and the factor that follows from it. p: control, fewer sums.
SINGLE_KERNEL(sum_all) {
  if (gridColumn() > 0) return;
  Control* control = (Control*)a.p[0];
  double sum = 0;
  for (int first = 0; first < 256; first += 32) {
    double some[32];
#pragma unroll
    for (int k = 0; k < 32; k++) {
      some[k] = ((const double*)a.p[1])[first + k];
    }
#pragma unroll
    for (int k = 0; k < 32; k++) {
      sum += some[k];
    }
  }
  int iteration = control->iteration;
  // What lies around the core is stepped as well.
  if (control->found || sum - sum != 0) {
    control->stopped = 1;
    sum = sum - sum + sqrt(-1.0);
  }
  control->sums[iteration] = sum;
  if (control->ownMean) {
    control->factors[iteration] =
        // The bound keeps infinity times 0 away from the canvas.
        sum == 0 ? 0.0f : (float)fmin(control->step / (sum / control->values), 3.40282346638528860e38);
  }
}

// canvas = clip(canvas + factor g). p: control, canvas, gradient planes. Rows of the grid are those
// loaded.
SINGLE_KERNEL(canvas_step) {
  int x = gridColumn();
  const Control* control = (const Control*)a.p[0];
  if (x >= control->loadedWidth || gridRow() >= control->loadedHeight) return;
  if (!control->applies || control->stopped) return;
  float factor = control->factors[control->iteration];
  long long plane = (long long)control->loadedWidth * control->loadedHeight;
  long long place = (long long)gridRow() * control->loadedWidth + x;
  for (int c = 0; c < 3; c++) {
    float* value = (float*)a.p[1] + c * plane + place;
    float stepped = *value + factor * ((const float*)a.p[2])[c * plane + place];
    stepped = stepped > control->low[c] ? stepped : control->low[c];
    *value = stepped < control->high[c] ? stepped : control->high[c];
  }
}

// On to the next iteration. p: control.
SINGLE_KERNEL(advance) {
  if (gridColumn() > 0) return;
  ((Control*)a.p[0])->iteration++;
}

#define PAIRED_KERNELS(X)                                                                        \
  X(copy) X(zero) X(rectify) X(unrectify) X(pool_maximum) X(pool_maximum_wide)                   \
  X(pool_maximum_back) X(pool_maximum_back_wide) X(pool_average) X(pool_average_back)            \
  X(normalise) X(normalise_back) X(pointwise) X(pointwise_back) X(combine)
#define SINGLE_KERNELS(X)                                                                        \
  X(pool_all) X(pool_all_back) X(normalise_within) X(normalise_within_ratios)                    \
  X(normalise_within_back) X(guide_products) X(guide_best) X(guide_best_regional) X(guide_write) X(convolve) X(convolve_back)             \
  X(canvas_load) X(gradient_store) X(sum_rows) X(sum_parts) X(sum_all) X(canvas_step) X(advance)
