// The matrix product that lies in registers, of which the kernels are made.
#pragma once

#include "vector.h"

#include <cstring>

#if defined(__x86_64__)

namespace faas::kernels {

constexpr int kRows = 6, kVectors = 4;  // of the result that is in registers: with the operands 29 of 32
constexpr int64_t kColumns = kVectors * kLanes;

inline int64_t up(int64_t n, int64_t unit) { return (n + unit - 1) / unit * unit; }

FAAS_INLINE __m512 multiply_add(const float* a, const float* b, __m512 c) {
  return _mm512_fmadd_ps(_mm512_set1_ps(*a), _mm512_loadu_ps(b), c);
}
FAAS_INLINE __m512 multiply_add(const BFloat16* a, const BFloat16* b, __m512 c) {  // two products a lane
  int two;
  std::memcpy(&two, a, sizeof two);
  return _mm512_dpbf16_ps(c, (__m512bh)_mm512_set1_epi32(two), (__m512bh)_mm512_loadu_si512(b));
}

// Factors that one instruction multiplies: bfloat16 in pairs. A tile of 64 columns has its element
// (k, column) at (k / pair * 64 + column) * pair + k % pair.
constexpr int64_t pair(float) { return 1; }
constexpr int64_t pair(BFloat16) { return 2; }

// c[rows, 16 vectors] = or += a[rows, k] b[k, 64]; b as in a tile.
template <int vectors, int rows = kRows, class T>
FAAS_VECTOR inline void product(const T* a, int64_t a_stride, const T* b, int64_t k, float* c, int64_t c_stride, bool add) {
  __m512 sum[rows][vectors];
#pragma GCC unroll 6
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) sum[r][v] = _mm512_setzero_ps();
  constexpr int64_t step = pair(T{});
  for (int64_t i = 0; i < k; i += step, b += step * kColumns) {
#pragma GCC unroll 6
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++) sum[r][v] = multiply_add(a + r * a_stride + i, b + v * step * kLanes, sum[r][v]);
  }
#pragma GCC unroll 6
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
      float* to = c + r * c_stride + v * kLanes;
      _mm512_storeu_ps(to, add ? _mm512_add_ps(_mm512_loadu_ps(to), sum[r][v]) : sum[r][v]);
    }
}

}  // namespace faas::kernels

#endif
