// Activations and norms.
#include "vector.h"

#include <algorithm>
#include <cmath>

#if defined(__x86_64__)

namespace faas::kernels {

bool available(float) {
  static const bool yes = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
  return yes;
}
bool available(BFloat16) { return available(0.0f) && __builtin_cpu_supports("avx512bf16"); }

namespace {

// erfc(t) for t >= 0, to 2e-9: exp(-t^2) times a polynomial in 1 / (1 + 0.36 t) fitted over [0, 9.3], below which a float's erfc is 0.
FAAS_INLINE __m512 erfc(__m512 t) {
  const __m512 u = _mm512_div_ps(_mm512_set1_ps(1), _mm512_fmadd_ps(t, _mm512_set1_ps(0.36f), _mm512_set1_ps(1)));
  constexpr float fit[] = {0.06935124f,  -0.37240422f, 0.6893133f, -0.5204599f, 0.4786054f,
                           0.033080615f, 0.21997479f,  0.1992137f, 0.20332512f, 0.0f};
  return _mm512_mul_ps(polynomial(fit, u), exp(_mm512_mul_ps(t, _mm512_xor_ps(t, _mm512_set1_ps(-0.0f)))));
}

FAAS_INLINE __m512 gelu(__m512 x) {
  const __m512 tail = _mm512_mul_ps(_mm512_set1_ps(0.5f), erfc(_mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(0.70710678f))));
  const __mmask16 positive = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GT_OQ);
  return _mm512_mul_ps(x, _mm512_mask_sub_ps(tail, positive, _mm512_set1_ps(1), tail));
}

FAAS_INLINE __m512 silu(__m512 x) {
  const __m512 e = exp(_mm512_xor_ps(x, _mm512_set1_ps(-0.0f)));
  return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1), e));
}

struct Moments {
  double mean = 0, squares = 0;  // squares: the sum of (x - mean)^2
};

// In pieces that stay in the first cache for their second pass, put together as by Chan et al. (1979).
template <class T>
FAAS_VECTOR Moments moments(const T* x, int64_t n) {
  constexpr int64_t piece = 4096;
  Moments all;
  for (int64_t at = 0; at < n; at += piece) {
    const int64_t count = std::min(piece, n - at);
    __m512 sum = _mm512_setzero_ps(), squares = sum;
    for (int64_t i = 0; i < count; i += kLanes) sum = _mm512_add_ps(sum, load(x + at + i, first_lanes(count - i)));
    const double mean = _mm512_reduce_add_ps(sum) / static_cast<double>(count);
    for (int64_t i = 0; i < count; i += kLanes) {
      const __mmask16 lanes = first_lanes(count - i);
      const __m512 d = _mm512_maskz_sub_ps(lanes, load(x + at + i, lanes), _mm512_set1_ps(static_cast<float>(mean)));
      squares = _mm512_fmadd_ps(d, d, squares);
    }
    const double share = static_cast<double>(count) / (at + count), apart = mean - all.mean;
    all.mean += apart * share;
    all.squares += _mm512_reduce_add_ps(squares) + apart * apart * share * at;
  }
  return all;
}

float inverse_deviation(const Moments& m, int64_t n, double eps) { return static_cast<float>(1 / std::sqrt(m.squares / n + eps)); }

}  // namespace

template <class T>
FAAS_VECTOR void gelu(const T* x, T* y, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 lanes = first_lanes(n - i);
    store(y + i, gelu(load(x + i, lanes)), lanes);
  }
}

template <class T>
FAAS_VECTOR void silu(const T* x, T* y, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 lanes = first_lanes(n - i);
    store(y + i, silu(load(x + i, lanes)), lanes);
  }
}

template <class T>
FAAS_VECTOR void group_norm(const T* x, T* y, int64_t channels, int64_t pixels, const float* weight, const float* bias, double eps) {
  const Moments m = moments(x, channels * pixels);
  const float inverse = inverse_deviation(m, channels * pixels, eps);
  for (int64_t c = 0; c < channels; c++, x += pixels, y += pixels) {
    const float factor = weight[c] * inverse;
    const __m512 a = _mm512_set1_ps(factor), b = _mm512_set1_ps(bias[c] - static_cast<float>(m.mean) * factor);
    for (int64_t i = 0; i < pixels; i += kLanes) {
      const __mmask16 lanes = first_lanes(pixels - i);
      store(y + i, _mm512_fmadd_ps(load(x + i, lanes), a, b), lanes);
    }
  }
}

template <class T>
FAAS_VECTOR void layer_norm(const T* x, T* y, int64_t n, const float* weight, const float* bias, double eps) {
  const Moments m = moments(x, n);
  const __m512 mean = _mm512_set1_ps(static_cast<float>(m.mean)), inverse = _mm512_set1_ps(inverse_deviation(m, n, eps));
  for (int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 lanes = first_lanes(n - i);
    const __m512 normal = _mm512_mul_ps(_mm512_sub_ps(load(x + i, lanes), mean), inverse);
    store(y + i, _mm512_fmadd_ps(normal, load(weight + i, lanes), load(bias + i, lanes)), lanes);
  }
}

template void gelu(const float*, float*, int64_t);
template void gelu(const BFloat16*, BFloat16*, int64_t);
template void silu(const float*, float*, int64_t);
template void silu(const BFloat16*, BFloat16*, int64_t);
template void group_norm(const float*, float*, int64_t, int64_t, const float*, const float*, double);
template void group_norm(const BFloat16*, BFloat16*, int64_t, int64_t, const float*, const float*, double);
template void layer_norm(const float*, float*, int64_t, const float*, const float*, double);
template void layer_norm(const BFloat16*, BFloat16*, int64_t, const float*, const float*, double);

}  // namespace faas::kernels

#endif
