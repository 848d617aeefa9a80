// Linear layers: a panel of 64 outputs' weights is brought into the order of the products, stays in the second cache and meets row after
// row, six at a time.
#include "product.h"

#include <algorithm>

#if defined(__x86_64__)

namespace faas::kernels {

namespace {

// Inputs that are added up before the next begin: their 64 outputs' weights and the rows that meet them stay in a core's second cache.
template <class T>
constexpr int64_t kInputs = 2048 / sizeof(T);

}  // namespace

template <class T>
bool linear_fits(int64_t rows, int64_t inputs, int64_t outputs) {
  return rows >= kRows && inputs > 0 && inputs % (pair(T{}) * kLanes) == 0 && outputs % kOutputs == 0;
}

template <class T>
FAAS_VECTOR void linear_pack(const T* weights, int64_t inputs, T* panel) {
  constexpr int64_t block = pair(T{}) * kLanes;  // inputs in a vector, each lane's of one output
  for (int64_t output = 0; output < kOutputs; output += kLanes, panel += block) {
    const T* rows = weights + output * inputs;
    for (int64_t i = 0; i < inputs; i += block) {
      __m512i lanes[kLanes];
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; r++) {
        lanes[r] = _mm512_loadu_si512(rows + r * inputs + i);
        prefetch(rows + (kLanes + r) * inputs + i);  // the next outputs' are on other pages, where the processor does not look ahead
      }
      transpose(lanes);
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; r++) _mm512_storeu_si512(panel + (i + pair(T{}) * r) * kOutputs, lanes[r]);
    }
  }
}

template <class T>
FAAS_VECTOR void linear(const T* x, int64_t rows, const T* panel, const T* bias, int64_t inputs, T* y, int64_t y_stride) {
  static_assert(kRowsAtOnce == kRows && kOutputs == kColumns, "the product's");
  alignas(64) float sums[kLinearRows * kOutputs];
  for (int64_t i = 0; i < inputs; i += kInputs<T>) {
    const int64_t some = std::min(kInputs<T>, inputs - i);
    for (int64_t r = 0; r < rows; r += kRows) {
      const T* from = x + std::min(r, rows - kRows) * inputs + i;  // of the last rows some may be computed twice
      product<kVectors>(from, inputs, panel + i * kOutputs, some, sums + r * kOutputs, kOutputs, i > 0);
    }
  }
  for (int64_t r = 0; r < rows; r += kRows) {
    T* to = y + std::min(r, rows - kRows) * y_stride;
    for (int64_t i = 0; i < kRows; i++) {
#pragma GCC unroll 4
      for (int64_t n = 0; n < kOutputs; n += kLanes) {
        const __m512 offset = bias != nullptr ? load(bias + n, 0xffff) : _mm512_setzero_ps();
        store(to + i * y_stride + n, _mm512_add_ps(_mm512_load_ps(sums + (r + i) * kOutputs + n), offset), 0xffff);
      }
    }
  }
}

template bool linear_fits<float>(int64_t, int64_t, int64_t);
template bool linear_fits<BFloat16>(int64_t, int64_t, int64_t);
template void linear_pack(const float*, int64_t, float*);
template void linear_pack(const BFloat16*, int64_t, BFloat16*);
template void linear(const float*, int64_t, const float*, const float*, int64_t, float*, int64_t);
template void linear(const BFloat16*, int64_t, const BFloat16*, const BFloat16*, int64_t, BFloat16*, int64_t);

}  // namespace faas::kernels

#endif
