// Linear layers in bfloat16: a panel of 64 outputs' weights is brought into the order of the products, stays in the second cache and meets
// row after row, six at a time.
#include "product.h"

#include <algorithm>

#if defined(__x86_64__)

namespace faas::kernels {

namespace {

// Sixteen rows of sixteen numbers become their columns.
FAAS_INLINE void transpose(__m512i (&r)[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {  // r[4 j + i] has column i of each quarter, of rows 4 j .. 4 j + 3
    t[i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
    t[4 + i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
    t[8 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
    t[12 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
    r[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xdd);
  }
}

}  // namespace

bool linear_fits(int64_t rows, int64_t inputs, int64_t outputs) {
  return rows >= kRows && inputs > 0 && inputs % (2 * kLanes) == 0 && outputs % kOutputs == 0;
}

FAAS_VECTOR void linear_pack(const BFloat16* weights, int64_t inputs, BFloat16* panel) {
  for (int64_t output = 0; output < kOutputs; output += kLanes, panel += 2 * kLanes) {
    const BFloat16* rows = weights + output * inputs;
    for (int64_t i = 0; i < inputs; i += 2 * kLanes) {
      __m512i pairs[kLanes];
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; r++) pairs[r] = _mm512_loadu_si512(rows + r * inputs + i);
      transpose(pairs);
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; r++) _mm512_storeu_si512(panel + (i + 2 * r) * kOutputs, pairs[r]);
    }
  }
}

FAAS_VECTOR void linear(const BFloat16* x, int64_t rows, const BFloat16* panel, const BFloat16* bias, int64_t inputs, BFloat16* y,
                        int64_t y_stride) {
  static_assert(kRowsAtOnce == kRows && kOutputs == kColumns, "the product's");
  for (int64_t i = 0; i < rows; i += kRows) {
    const int64_t first = std::min(i, rows - kRows);  // of the last rows some may be computed twice
    alignas(64) float sums[kRows * kOutputs];
    product<kVectors>(x + first * inputs, inputs, panel, inputs, sums, kOutputs, false);
    for (int64_t r = 0; r < kRows; r++) {
#pragma GCC unroll 4
      for (int64_t n = 0; n < kOutputs; n += kLanes) {
        const __m512 offset = bias != nullptr ? load(bias + n, 0xffff) : _mm512_setzero_ps();
        store(y + (first + r) * y_stride + n, _mm512_add_ps(_mm512_load_ps(sums + r * kOutputs + n), offset), 0xffff);
      }
    }
  }
}

}  // namespace faas::kernels

#endif
