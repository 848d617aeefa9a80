// The attention kernel: products in registers, 6 queries by 64 keys at a time, and the softmax taken along as the keys go by (Milakov and
// Gimelshein 2018; Dao et al. 2022).
#include "product.h"

#include <algorithm>
#include <limits>
#include <memory>

#if defined(__x86_64__)

namespace faas::kernels {

namespace {

constexpr int64_t kBlock = 8 * kKeys;  // keys whose scores are held, if there are so many
constexpr float kLog2E = 1.44269504f;

// The product over rows that are a multiple of 6.
template <class T>
FAAS_VECTOR void multiply(const T* a, int64_t a_stride, int64_t rows, const T* b, int64_t k, float* c, int64_t c_stride, int64_t columns,
                         bool add) {
  for (int64_t r = 0; r < rows; r += kRows) {
    const T* rows_of_a = a + r * a_stride;
    float* rows_of_c = c + r * c_stride;
    switch ((columns + kLanes - 1) / kLanes) {
      case 1: product<1>(rows_of_a, a_stride, b, k, rows_of_c, c_stride, add); break;
      case 2: product<2>(rows_of_a, a_stride, b, k, rows_of_c, c_stride, add); break;
      case 3: product<3>(rows_of_a, a_stride, b, k, rows_of_c, c_stride, add); break;
      default: product<kVectors>(rows_of_a, a_stride, b, k, rows_of_c, c_stride, add);
    }
  }
}

// A row's scores become exp2(scale * score - max), with the row's greatest so far taken along.
struct RowState {
  float max = -std::numeric_limits<float>::infinity(), sum = 0;
};

template <class T>
FAAS_VECTOR void soften(float* scores, T* weights, int64_t n, float scale, RowState& row, float* out, int64_t out_width) {
  __m512 greatest = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  for (int64_t i = 0; i < n; i += kLanes) greatest = _mm512_max_ps(greatest, _mm512_loadu_ps(scores + i));
  const float max = std::max(row.max, scale * _mm512_reduce_max_ps(greatest));
  __m512 sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < n; i += kLanes) {
    const __m512 w = exp2(_mm512_fmsub_ps(_mm512_loadu_ps(scores + i), _mm512_set1_ps(scale), _mm512_set1_ps(max)));
    sum = _mm512_add_ps(sum, w);
    store(weights + i, w, 0xffff);
  }
  const __m512 fade = exp2(_mm512_set1_ps(row.max - max));  // what was added up so far had another max
  row.sum = row.sum * _mm512_cvtss_f32(fade) + _mm512_reduce_add_ps(sum);
  if (row.max != max) {
    for (int64_t i = 0; i < out_width; i += kLanes) _mm512_storeu_ps(out + i, _mm512_mul_ps(_mm512_loadu_ps(out + i), fade));
  }
  row.max = max;
}

struct Sizes {
  int64_t k, n;  // width up to whole pairs; value width up to whole vectors
  Sizes(int64_t width, int64_t value_width) : k(up(width, 2)), n(up(value_width, kLanes)) {}
  int64_t values_at() const { return k * kKeys; }
  int64_t tile() const { return values_at() + up(n, kKeys) * kKeys; }
};

struct Free {
  void operator()(void* p) const { std::free(p); }
};
template <class T>
using Scratch = std::unique_ptr<T[], Free>;

template <class T>
Scratch<T> scratch(int64_t n) {
  return Scratch<T>(static_cast<T*>(std::aligned_alloc(64, up(n * sizeof(T), 64))));
}

}  // namespace

int64_t tile_size(int64_t width, int64_t value_width) { return Sizes(width, value_width).tile(); }

template <class T>
void pack_tile(const T* keys, int64_t key_stride, const T* values, int64_t value_stride, int64_t first, int64_t all, int64_t width,
               int64_t value_width, T* tile) {
  const Sizes sizes(width, value_width);
  constexpr int64_t step = pair(T{});
  std::fill_n(tile, sizes.tile(), T{});
  const int64_t count = std::min(kKeys, all - first);
  for (int64_t key = 0; key < count; key++) {
    const T* row = keys + (first + key) * key_stride;
    for (int64_t i = 0; i < width; i++) tile[(i / step * kKeys + key) * step + i % step] = row[i];
  }
  tile += sizes.values_at();
  for (int64_t key = 0; key < count; key++) {
    const T* row = values + (first + key) * value_stride;
    for (int64_t i = 0; i < value_width; i++) {
      tile[i / kKeys * kKeys * kKeys + (key / step * kKeys + i % kKeys) * step + key % step] = row[i];
    }
  }
}

template <class T>
FAAS_VECTOR void attend(const T* queries, int64_t query_stride, int64_t count, const T* tiles, int64_t keys, int64_t width,
                        int64_t value_width, double scale, T* out, int64_t out_stride) {
  const Sizes sizes(width, value_width);
  const int64_t rows = up(count, kRows), most = std::min(kBlock, up(keys, kKeys));
  const float scale2 = static_cast<float>(scale) * kLog2E;
  auto q = scratch<T>(rows * sizes.k);
  auto scores = scratch<float>(rows * most);
  auto weights = scratch<T>(rows * most);
  auto sums = scratch<float>(rows * sizes.n);
  std::fill_n(q.get(), rows * sizes.k, T{});
  std::fill_n(sums.get(), rows * sizes.n, 0.0f);
  for (int64_t r = 0; r < count; r++) std::copy_n(queries + r * query_stride, width, q.get() + r * sizes.k);
  RowState states[kQueries + kRows];

  for (int64_t first = 0; first < keys; first += most) {
    const int64_t held = std::min(most, up(keys - first, kKeys));
    const T* block = tiles + first / kKeys * sizes.tile();
    for (int64_t i = 0; i < held; i += kKeys) {
      multiply(q.get(), sizes.k, rows, block + i / kKeys * sizes.tile(), sizes.k, scores.get() + i, most, kKeys, false);
    }
    for (int64_t r = 0; r < rows; r++) {
      float* row = scores.get() + r * most;
      std::fill(row + std::min(held, keys - first), row + held, -std::numeric_limits<float>::infinity());
      soften(row, weights.get() + r * most, held, scale2, states[r], sums.get() + r * sizes.n, sizes.n);
    }
    for (int64_t i = 0; i < held; i += kKeys) {
      const T* values = block + i / kKeys * sizes.tile() + sizes.values_at();
      for (int64_t n = 0; n < sizes.n; n += kKeys) {
        multiply(weights.get() + i, most, rows, values + n * kKeys, kKeys, sums.get() + n, sizes.n, std::min(kKeys, sizes.n - n), true);
      }
    }
  }
  for (int64_t r = 0; r < count; r++) {
    const __m512 share = _mm512_set1_ps(1 / states[r].sum);
    for (int64_t n = 0; n < value_width; n += kLanes) {
      store(out + r * out_stride + n, _mm512_mul_ps(_mm512_loadu_ps(sums.get() + r * sizes.n + n), share), first_lanes(value_width - n));
    }
  }
}

template void pack_tile(const float*, int64_t, const float*, int64_t, int64_t, int64_t, int64_t, int64_t, float*);
template void pack_tile(const BFloat16*, int64_t, const BFloat16*, int64_t, int64_t, int64_t, int64_t, int64_t, BFloat16*);
template void attend(const float*, int64_t, int64_t, const float*, int64_t, int64_t, int64_t, double, float*, int64_t);
template void attend(const BFloat16*, int64_t, int64_t, const BFloat16*, int64_t, int64_t, int64_t, double, BFloat16*, int64_t);

}  // namespace faas::kernels

#endif
