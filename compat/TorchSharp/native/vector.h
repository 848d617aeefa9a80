// Sixteen numbers at a time, for the kernels.
#pragma once

#include "kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define FAAS_INLINE FAAS_VECTOR inline __attribute__((always_inline))

namespace faas::kernels {

constexpr int64_t kLanes = 16;

template <class T>
constexpr int64_t kLine = 64 / sizeof(T);  // of the caches

FAAS_INLINE void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }

FAAS_INLINE __mmask16 first_lanes(int64_t n) { return n >= kLanes ? 0xffff : static_cast<__mmask16>((1u << n) - 1); }

FAAS_INLINE __m512 load(const float* p, __mmask16 lanes) { return _mm512_maskz_loadu_ps(lanes, p); }
FAAS_INLINE __m512 load(const BFloat16* p, __mmask16 lanes) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes, p)), 16));
}

FAAS_INLINE void store(float* p, __m512 x, __mmask16 lanes) { _mm512_mask_storeu_ps(p, lanes, x); }
FAAS_INLINE void store(BFloat16* p, __m512 x, __mmask16 lanes) {
  _mm256_mask_storeu_epi16(p, lanes, (__m256i)_mm512_cvtneps_pbh(x));
}

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

// The highest power's coefficient first.
template <int n>
FAAS_INLINE __m512 polynomial(const float (&coefficients)[n], __m512 x) {
  __m512 p = _mm512_set1_ps(coefficients[0]);
#pragma GCC unroll 16
  for (int i = 1; i < n; i++) p = _mm512_fmadd_ps(p, x, _mm512_set1_ps(coefficients[i]));
  return p;
}

// 2^x, to 2e-9 before rounding; 0 far below and infinity far above. The coefficients fit 2^f over [-1/2, 1/2].
FAAS_INLINE __m512 exp2(__m512 x) {
  x = _mm512_max_ps(_mm512_set1_ps(-200), _mm512_min_ps(_mm512_set1_ps(200), x));  // this order lets NaN through
  const __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), f = _mm512_sub_ps(x, n);
  constexpr float fit[] = {1.5337577e-4f, 1.339986e-3f, 9.61852e-3f, 5.550329e-2f, 0.24022646f, 0.6931472f, 1.0f};
  return _mm512_scalef_ps(polynomial(fit, f), n);
}

FAAS_INLINE __m512 exp(__m512 x) { return exp2(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f))); }

}  // namespace faas::kernels

#endif
