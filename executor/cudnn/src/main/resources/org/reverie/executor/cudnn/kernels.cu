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

// Where maxima of V channels were.
template <int V, typename Place>
struct alignas(V * sizeof(Place)) Places {
  Place v[V];
};

template <int V>
DEVICE Pack<V> pack(const void* from, long long first) {
  return *(const Pack<V>*)((const Element*)from + first);
}

template <int V, typename Place>
DEVICE Places<V, Place> placesOf(const void* from, long long first) {
  return *(const Places<V, Place>*)((const Place*)from + first);
}

template <int V>
DEVICE void load(const Element* from, float* to) {
  const Pack<V> values = pack<V>(from, 0);
#pragma unroll
  for (int k = 0; k < V; k++) {
    to[k] = widen(values.v[k]);
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
DEVICE constexpr int larger(int a, int b) { return a > b ? a : b; }
DEVICE constexpr int smaller(int a, int b) { return a < b ? a : b; }
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
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
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
      (Element*)a.p[0] + at(gridRow(), a.i[2], column / a.i[1], a.i[3]) + column % a.i[1] * V);
}
KERNEL(zero)

// y = z > 0 ? z : slope z with z = x + bias, and one bit per value that says z > 0. Eight channels
// a thread. p: x, bias (float, or null), y (or null: only the bits), bits (or null).
// i: columns, groups of eight, width, x pitch, y pitch, channels. f: slope.
template <int V>
DEVICE void rectify(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = column % a.i[1] * 8;
  int x = column / a.i[1];
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
    ((unsigned char*)a.p[3])[at(gridRow(), a.i[2], x, a.i[1]) + column % a.i[1]] =
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
  int channel = column % a.i[1] * 8;
  int x = column / a.i[1];
  int count = smaller(8, a.i[5] - channel);
  unsigned int bits =
      ((const unsigned char*)a.p[1])[at(gridRow(), a.i[2], x, a.i[1]) + column % a.i[1]];
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

// Maximum pooling: y and the place of the maximum in its window, row by row; the largest number
// where a rectified input holds nothing above 0, so that nobody takes the gradient. K and S are the
// kernel and the stride along both axes where they are known beforehand, which lets all loads of a
// window start at once; else 0.
// p: x, y, places. i: columns, groups, out width, x pitch, y pitch, in height, in width, kernel height,
// kernel width, stride height, stride width, pad height, pad width, channels, rectified.
template <int V, typename Place, int K, int S>
DEVICE void maximumOf(const Arguments& a, int none) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
  int kernelHeight = K ? K : a.i[7];
  int kernelWidth = K ? K : a.i[8];
  int top = gridRow() * (S ? S : a.i[9]) - a.i[11];
  int left = x * (S ? S : a.i[10]) - a.i[12];
  float best[V];
  int place[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    best[k] = 0;
    place[k] = -1;
  }
  Pack<V> window[K ? K * K : 1];
#pragma unroll
  for (int tap = 0; tap < K * K; tap++) {
    // What lies outside is not looked at below; something near it may be loaded.
    window[tap] = pack<V>(
        a.p[0],
        at(inside(top + tap / larger(K, 1), a.i[5]),
           a.i[6],
           inside(left + tap % larger(K, 1), a.i[6]),
           a.i[3]) +
            channel);
  }
#pragma unroll K ? K : 1
  for (int row = 0; row < kernelHeight; row++) {
#pragma unroll K ? K : 1
    for (int tap = 0; tap < kernelWidth; tap++) {
      if (top + row < 0 || top + row >= a.i[5] || left + tap < 0 || left + tap >= a.i[6]) continue;
      const Pack<V> values =
          K ? window[K ? row * K + tap : 0]
            : pack<V>(a.p[0], at(top + row, a.i[6], left + tap, a.i[3]) + channel);
#pragma unroll
      for (int k = 0; k < V; k++) {
        float value = widen(values.v[k]);
        if (place[k] < 0 || value > best[k]) {
          best[k] = value;
          place[k] = row * kernelWidth + tap;
        }
      }
    }
  }
  if (a.p[2]) {
    Places<V, Place> places;
#pragma unroll
    for (int k = 0; k < V; k++) {
      places.v[k] = (Place)(a.i[14] && !(best[k] > 0) ? none : place[k]);
    }
    *(Places<V, Place>*)((Place*)a.p[2] + at(gridRow(), a.i[2], x, a.i[13]) + channel) = places;
  }
  store<V>(best, (Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + channel);
}
template <int V>
DEVICE void pool_maximum(const Arguments& a) {
  bool square = a.i[7] == a.i[8] && a.i[9] == a.i[10];
  if (square && a.i[7] == 3 && a.i[9] == 2) {
    maximumOf<V, unsigned char, 3, 2>(a, 255);
  } else if (square && a.i[7] == 3 && a.i[9] == 1) {
    maximumOf<V, unsigned char, 3, 1>(a, 255);
  } else if (square && a.i[7] == 2 && a.i[9] == 2) {
    maximumOf<V, unsigned char, 2, 2>(a, 255);
  } else {
    maximumOf<V, unsigned char, 0, 0>(a, 255);
  }
}
KERNEL(pool_maximum)
template <int V>
DEVICE void pool_maximum_wide(const Arguments& a) {
  maximumOf<V, unsigned short, 0, 0>(a, 65535);
}
KERNEL(pool_maximum_wide)

// Its gradient, gathered by each input; K and S as above.
// p: g, places, dx. i: columns, groups, in width, g pitch,
// dx pitch, out height, out width, kernel height, kernel width, stride height, stride width, pad height,
// pad width, channels, accumulate.
template <int V, typename Place, int K, int S>
DEVICE void maximumBackOf(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
  int kernelHeight = K ? K : a.i[7];
  int kernelWidth = K ? K : a.i[8];
  int strideHeight = S ? S : a.i[9];
  int strideWidth = S ? S : a.i[10];
  int down = gridRow() + a.i[11];
  int right = x + a.i[12];
  // Windows that may hold this input, the last one first.
  int rows = (kernelHeight + strideHeight - 1) / strideHeight;
  int columns = (kernelWidth + strideWidth - 1) / strideWidth;
  int lastRow = down / strideHeight;
  int lastColumn = right / strideWidth;
  float sum[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    sum[k] = 0;
  }
  constexpr int N = K ? (K + larger(S, 1) - 1) / larger(S, 1) : 1;
  Pack<V> windows[N * N];
  Places<V, Place> maxima[N * N];
#pragma unroll
  for (int k = 0; k < N * N; k++) {
    // As above, something near.
    long long place =
        at(inside(lastRow + 1 - N + k / N, a.i[5]), a.i[6], inside(lastColumn + 1 - N + k % N, a.i[6]), 1);
    if (K) {
      windows[k] = pack<V>(a.p[0], place * a.i[3] + channel);
      maxima[k] = placesOf<V, Place>(a.p[1], place * a.i[13] + channel);
    }
  }
#pragma unroll K ? K : 1
  for (int before = rows - 1; before >= 0; before--) {
    int row = lastRow - before;
    int ownRow = down - row * strideHeight;
#pragma unroll K ? K : 1
    for (int aside = columns - 1; aside >= 0; aside--) {
      int out = lastColumn - aside;
      int ownColumn = right - out * strideWidth;
      if (row < 0 || row >= a.i[5] || ownRow >= kernelHeight) continue;
      if (out < 0 || out >= a.i[6] || ownColumn >= kernelWidth) continue;
      int own = ownRow * kernelWidth + ownColumn;
      long long place = at(row, a.i[6], out, 1);
      int known = K ? (N - 1 - before) * N + N - 1 - aside : 0;
      const Pack<V> values = K ? windows[known] : pack<V>(a.p[0], place * a.i[3] + channel);
      const Places<V, Place> places =
          K ? maxima[known] : placesOf<V, Place>(a.p[1], place * a.i[13] + channel);
#pragma unroll
      for (int k = 0; k < V; k++) {
        if (places.v[k] == own) sum[k] += widen(values.v[k]);
      }
    }
  }
  deliver<V>(sum, (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[4]) + channel, a.i[14]);
}
template <int V>
DEVICE void pool_maximum_back(const Arguments& a) {
  bool square = a.i[7] == a.i[8] && a.i[9] == a.i[10];
  if (square && a.i[7] == 3 && a.i[9] == 2) {
    maximumBackOf<V, unsigned char, 3, 2>(a);
  } else if (square && a.i[7] == 3 && a.i[9] == 1) {
    maximumBackOf<V, unsigned char, 3, 1>(a);
  } else if (square && a.i[7] == 2 && a.i[9] == 2) {
    maximumBackOf<V, unsigned char, 2, 2>(a);
  } else {
    maximumBackOf<V, unsigned char, 0, 0>(a);
  }
}
KERNEL(pool_maximum_back)
template <int V>
DEVICE void pool_maximum_back_wide(const Arguments& a) {
  maximumBackOf<V, unsigned short, 0, 0>(a);
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
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
  int top = gridRow() * a.i[9] - a.i[11];
  int left = x * a.i[10] - a.i[12];
  float area = clippedArea(a, gridRow(), x, a.i[5], a.i[6]);
  float sum[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    sum[k] = 0;
  }
  for (int row = larger(0, -top); row < smaller(a.i[7], a.i[5] - top); row++) {
    for (int tap = larger(0, -left); tap < smaller(a.i[8], a.i[6] - left); tap++) {
      float values[V];
      load<V>((const Element*)a.p[0] + at(top + row, a.i[6], left + tap, a.i[3]) + channel, values);
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
  store<V>(sum, (Element*)a.p[1] + at(gridRow(), a.i[2], x, a.i[4]) + channel);
}
KERNEL(pool_average)

// Its gradient. p: g, unused, dx. i as for the maximum's gradient, and in height.
template <int V>
DEVICE void pool_average_back(const Arguments& a) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
  int down = gridRow() + a.i[11];
  int right = x + a.i[12];
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
      load<V>((const Element*)a.p[0] + at(row, a.i[6], out, a.i[3]) + channel, values);
#pragma unroll
      for (int k = 0; k < V; k++) {
        sum[k] += values[k] / area;
      }
    }
  }
  deliver<V>(sum, (Element*)a.p[2] + at(gridRow(), a.i[2], x, a.i[4]) + channel, a.i[14]);
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
  int channel = column % a.i[1];
  int x = column / a.i[1];
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
  asm("sqrt.approx.f32 %0, %1;" : "=f"(result) : "f"(value));
  return result;
}
DEVICE float inverseRoot(float value) {
  float result;
  asm("rsqrt.approx.f32 %0, %1;" : "=f"(result) : "f"(value));
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
  int group = column % a.i[1];
  int x = column / a.i[1];
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
  int channel = column % a.i[1];
  int x = column / a.i[1];
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
  int group = column % a.i[1];
  int x = column / a.i[1];
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
  int channel = column % a.i[1];
  int x = column / a.i[1];
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
  int channel = column % a.i[1];
  int x = column / a.i[1];
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
  int channel = column % a.i[1];
  int x = column / a.i[1];
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
  int channel = column % a.i[1];
  int x = column / a.i[1];
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
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
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
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
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
  int channel = column % a.i[1] * V;
  int x = column / a.i[1];
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

// The guide's column with the largest product at each position, the first on ties. Products lie
// with positions innermost. p: products (float), best (int). i: positions, count.
SINGLE_KERNEL(guide_best) {
  int position = gridColumn();
  if (position >= a.i[0]) return;
  const float* products = (const float*)a.p[0] + position;
  float largest = products[0];
  int best = 0;
  for (int j = 1; j < a.i[1]; j++) {
    float product = products[(long long)j * a.i[0]];
    if (product > largest) {
      largest = product;
      best = j;
    }
  }
  ((int*)a.p[1])[position] = best;
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
  const float* products = (const float*)a.p[0] + position;
  int best = a.i[12 + region];
  float largest = products[(long long)best * a.i[0]];
  for (int j = best + 1; j < a.i[13 + region]; j++) {
    float product = products[(long long)j * a.i[0]];
    if (product > largest) {
      largest = product;
      best = j;
    }
  }
  ((int*)a.p[1])[position] = best;
}

// D = weight times that column. p: best, columns (float, one after the other), D. i: columns of the
// grid, channels, first position, D pitch, accumulate. f: weight.
SINGLE_KERNEL(guide_write) {
  int column = gridColumn();
  if (column >= a.i[0]) return;
  int channel = column % a.i[1];
  int position = column / a.i[1];
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
  int output = column % a.i[1];
  int x = column / a.i[1];
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
  int input = column % a.i[1];
  int x = column / a.i[1];
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
  int channel = column % a.i[1] * WIDTH;
  int block = column / a.i[1];
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
  for (int first = thread; first < count; first += 256 * 16) {
    // Loads start together; sums have one order.
    double some[16];
#pragma unroll
    for (int k = 0; k < 16; k++) {
      int place = first + 256 * k;
      some[k] = place < count ? ((const double*)a.p[1])[place] : 0;
    }
#pragma unroll
    for (int k = 0; k < 16; k++) {
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
  X(normalise_within_back) X(guide_best) X(guide_best_regional) X(guide_write) X(convolve) X(convolve_back)             \
  X(canvas_load) X(gradient_store) X(sum_rows) X(sum_parts) X(sum_all) X(canvas_step) X(advance)
