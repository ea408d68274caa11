// Stands for a device in tests: compiles the engine's kernels for the processor and runs them, one
// thread of the grid after the other, as a program on the other side of a pipe says. What cuDNN and
// cuBLAS do on a device is written out here in plain loops.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

struct Index {
  unsigned x, y;
};
static Index blockIdx, blockDim, threadIdx;
#define __global__
#define __launch_bounds__(n)
#define DEVICE static inline
#include "kernels.cu"

typedef void (*Kernel)(const Arguments);

static std::map<std::string, Kernel> kernels() {
  std::map<std::string, Kernel> all;
#define PAIR(name)            \
  all[#name "_1"] = name##_1; \
  all[#name "_v"] = name##_v;
  PAIRED_KERNELS(PAIR)
#define ONE(name) all[#name] = name;
  SINGLE_KERNELS(ONE)
  return all;
}

static void take(void* to, size_t bytes) {
  if (bytes > 0 && fread(to, 1, bytes, stdin) != bytes) exit(0);
}
template <class T>
static T take() {
  T value;
  take(&value, sizeof value);
  return value;
}
static void give(const void* from, size_t bytes) {
  fwrite(from, 1, bytes, stdout);
  fflush(stdout);
}

// What enters a product of the libraries: tensor cores take float32 as TF32, of which this is the
// coarsest reading, without rounding.
static float operand(Element element) {
  float value = widen(element);
#ifdef TF32
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits &= 0xffffe000u;
  memcpy(&value, &bits, sizeof bits);
#endif
  return value;
}

static std::vector<float> floats(const Element* from, size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; i++) values[i] = operand(from[i]);
  return values;
}

static void finish(float* sums, int count, const Element* bias, int rectified, Element* to, int add) {
  for (int k = 0; k < count; k++) {
    float value = sums[k] + (bias ? widen(bias[k]) : 0.0f);
    if (rectified && !(value > 0)) value = 0;
    to[k] = narrow(add ? value + widen(to[k]) : value);
  }
}

struct Window {
  int fine, coarse, kernelHeight, kernelWidth, strideHeight, strideWidth, padHeight, padWidth;
  int dilationHeight, dilationWidth, group;
};

static void convolution() {
  Element* from = take<Element*>();
  const Element* packed = take<Element*>();
  const Element* bias = take<Element*>();
  Element* to = take<Element*>();
  Window w = take<Window>();
  int transposed = take<int>(), fineHeight = take<int>(), fineWidth = take<int>();
  int coarseHeight = take<int>(), coarseWidth = take<int>();
  int rectified = take<int>(), accumulate = take<int>();
  int fromPitch = take<int>(), toPitch = take<int>();
  int perGroup = w.fine / w.group, outputs = w.coarse / w.group;
  std::vector<float> weights =
      floats(packed, (size_t)w.coarse * w.kernelHeight * w.kernelWidth * perGroup);
  int height = transposed ? fineHeight : coarseHeight;
  int width = transposed ? fineWidth : coarseWidth;
  int made = transposed ? w.fine : w.coarse;
  int read = transposed ? w.coarse : w.fine;
  std::vector<float> sums(made), line(read);
  // Towards the coarse side, weights lie best with outputs innermost.
  std::vector<float> turned;
  if (!transposed) {
    turned.resize(weights.size());
    size_t taps = (size_t)w.kernelHeight * w.kernelWidth * perGroup;
    for (int o = 0; o < w.coarse; o++)
      for (size_t t = 0; t < taps; t++)
        turned[((size_t)(o / outputs) * taps + t) * outputs + o % outputs] = weights[o * taps + t];
  }
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (int ky = 0; ky < w.kernelHeight; ky++)
        for (int kx = 0; kx < w.kernelWidth; kx++) {
          int row, column;
          if (transposed) {
            int down = y + w.padHeight - ky * w.dilationHeight;
            int right = x + w.padWidth - kx * w.dilationWidth;
            if (down < 0 || right < 0 || down % w.strideHeight || right % w.strideWidth) continue;
            row = down / w.strideHeight;
            column = right / w.strideWidth;
            if (row >= coarseHeight || column >= coarseWidth) continue;
          } else {
            row = y * w.strideHeight + ky * w.dilationHeight - w.padHeight;
            column = x * w.strideWidth + kx * w.dilationWidth - w.padWidth;
            if (row < 0 || column < 0 || row >= fineHeight || column >= fineWidth) continue;
          }
          const Element* source =
              from + ((size_t)row * (transposed ? coarseWidth : fineWidth) + column) * fromPitch;
          for (int c = 0; c < read; c++) line[c] = operand(source[c]);
          int tap = ky * w.kernelWidth + kx, taps = w.kernelHeight * w.kernelWidth;
          if (transposed) {
            for (int o = 0; o < w.coarse; o++) {
              const float* row = &weights[((size_t)o * taps + tap) * perGroup];
              float* into = &sums[o / outputs * perGroup];
              for (int i = 0; i < perGroup; i++) into[i] += line[o] * row[i];
            }
          } else {
            for (int i = 0; i < w.fine; i++) {
              int g = i / perGroup;
              const float* row =
                  &turned[(((size_t)g * taps + tap) * perGroup + i % perGroup) * outputs];
              float* into = &sums[g * outputs];
              for (int o = 0; o < outputs; o++) into[o] += line[i] * row[o];
            }
          }
        }
      finish(sums.data(), made, bias, rectified, to + ((size_t)y * width + x) * toPitch, accumulate);
    }
}

static void product() {
  Element* from = take<Element*>();
  const Element* packed = take<Element*>();
  const Element* bias = take<Element*>();
  Element* to = take<Element*>();
  int positions = take<int>(), inputs = take<int>(), outputs = take<int>();
  int fromPitch = take<int>(), toPitch = take<int>(), transposed = take<int>();
  int rectified = take<int>(), accumulate = take<int>();
  std::vector<float> weights = floats(packed, (size_t)inputs * outputs), turned(weights.size());
  for (int o = 0; o < outputs; o++)
    for (int i = 0; i < inputs; i++)
      turned[(size_t)i * outputs + o] =
          transposed ? weights[(size_t)i * outputs + o] : weights[(size_t)o * inputs + i];
  std::vector<float> sums(outputs);
  for (int p = 0; p < positions; p++) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int i = 0; i < inputs; i++) {
      float value = operand(from[(size_t)p * fromPitch + i]);
      const float* row = &turned[(size_t)i * outputs];
      for (int o = 0; o < outputs; o++) sums[o] += value * row[o];
    }
    finish(sums.data(), outputs, bias, rectified, to + (size_t)p * toPitch, accumulate);
  }
}

static void guideProducts() {
  Element* from = take<Element*>();
  const Element* columns = take<Element*>();
  float* to = take<float*>();
  int positions = take<int>(), channels = take<int>(), count = take<int>(), pitch = take<int>();
  for (int p = 0; p < positions; p++)
    for (int j = 0; j < count; j++) {
      float sum = 0;
      for (int c = 0; c < channels; c++)
        sum += widen(from[(size_t)p * pitch + c]) * widen(columns[(size_t)c * count + j]);
      to[(size_t)j * positions + p] = sum;
    }
}

int main() {
  std::map<std::string, Kernel> all = kernels();
  blockDim = {256, 1};
  while (true) {
    switch (take<char>()) {
      case 'A': {
        size_t bytes = take<int64_t>();
        // What a device has for us is not zeros either: these bytes are NaN.
        void* memory = aligned_alloc(512, (bytes + 511) / 512 * 512);
        if (memory) memset(memory, 0xff, bytes);
        give(&memory, sizeof memory);
        break;
      }
      case 'F':
        free(take<void*>());
        break;
      case 'W': {
        void* to = take<void*>();
        take(to, take<int64_t>());
        break;
      }
      case 'R': {
        void* from = take<void*>();
        give(from, take<int64_t>());
        break;
      }
      case 'L': {
        std::string name(take<int>(), ' ');
        take(&name[0], name.size());
        int columns = take<int>(), rows = take<int>();
        Arguments arguments = take<Arguments>();
        Kernel kernel = all.at(name);
        unsigned blocks = (columns + 255) / 256;
        for (int row = 0; row < rows; row++)
          for (unsigned block = 0; block < blocks; block++)
            for (unsigned thread = 0; thread < 256; thread++) {
              blockIdx = {block, (unsigned)row};
              threadIdx = {thread, 0};
              kernel(arguments);
            }
        break;
      }
      case 'C':
        convolution();
        break;
      case 'P':
        product();
        break;
      case 'G':
        guideProducts();
        break;
      default:
        return 1;
    }
  }
}
