// Convolution by Winograd's F(4x4, 3x3): y = A' [(G w G') * (B' d B)] A for each 6x6 piece d of the input, where * multiplies element by
// element and adds up over the input channels: 36 matrix products. Sixteen channels lie side by side in a vector.
#include "product.h"

#include <algorithm>

#if defined(__x86_64__)

namespace faas::kernels {

namespace {

constexpr int64_t kSide = 6, kElements = kSide * kSide;

// A row more than is needed keeps the 36 matrices' elements out of the same cache sets.
int64_t matrix(int64_t rows, int64_t columns) { return rows * columns + kLanes; }

// The polynomials are known at 0, a, -a, b, -b and infinity. Textbooks take 1 and 2; with these, all exact in binary, rounding errors
// are a fifth.
constexpr float a1 = 0.625f, a2 = a1 * a1, a3 = a2 * a1, b1 = 1.5f, b2 = b1 * b1, b3 = b2 * b1;

FAAS_INLINE __m512 all(float x) { return _mm512_set1_ps(x); }

// B' d: along one direction.
FAAS_INLINE void transform_input(const __m512 (&d)[6], __m512 (&t)[6]) {
  const __m512 even_a = _mm512_fnmadd_ps(all(b2), d[2], d[4]), odd_a = _mm512_mul_ps(all(a1), _mm512_fnmadd_ps(all(b2), d[1], d[3]));
  const __m512 even_b = _mm512_fnmadd_ps(all(a2), d[2], d[4]), odd_b = _mm512_mul_ps(all(b1), _mm512_fnmadd_ps(all(a2), d[1], d[3]));
  t[0] = _mm512_fmadd_ps(all(a2 * b2), d[0], _mm512_fnmadd_ps(all(a2 + b2), d[2], d[4]));
  t[1] = _mm512_add_ps(even_a, odd_a);
  t[2] = _mm512_sub_ps(even_a, odd_a);
  t[3] = _mm512_add_ps(even_b, odd_b);
  t[4] = _mm512_sub_ps(even_b, odd_b);
  t[5] = _mm512_fmadd_ps(all(a2 * b2), d[1], _mm512_fnmadd_ps(all(a2 + b2), d[3], d[5]));
}

// A' m: along one direction.
FAAS_INLINE void transform_output(const __m512 (&m)[6], __m512 (&o)[4]) {
  const __m512 even_a = _mm512_add_ps(m[1], m[2]), odd_a = _mm512_sub_ps(m[1], m[2]);
  const __m512 even_b = _mm512_add_ps(m[3], m[4]), odd_b = _mm512_sub_ps(m[3], m[4]);
  o[0] = _mm512_add_ps(m[0], _mm512_add_ps(even_a, even_b));
  o[1] = _mm512_fmadd_ps(all(a1), odd_a, _mm512_mul_ps(all(b1), odd_b));
  o[2] = _mm512_fmadd_ps(all(a2), even_a, _mm512_mul_ps(all(b2), even_b));
  o[3] = _mm512_fmadd_ps(all(a3), odd_a, _mm512_fmadd_ps(all(b3), odd_b, m[5]));
}

// G w: along one direction.
FAAS_INLINE void transform_weight(__m512 w0, __m512 w1, __m512 w2, __m512 (&u)[6]) {
  constexpr float at_a = 1 / (2 * a2 * (a2 - b2)), at_b = 1 / (2 * b2 * (b2 - a2));
  const __m512 even_a = _mm512_mul_ps(all(at_a), _mm512_fmadd_ps(all(a2), w2, w0)), odd_a = _mm512_mul_ps(all(at_a * a1), w1);
  const __m512 even_b = _mm512_mul_ps(all(at_b), _mm512_fmadd_ps(all(b2), w2, w0)), odd_b = _mm512_mul_ps(all(at_b * b1), w1);
  u[0] = _mm512_mul_ps(w0, all(1 / (a2 * b2)));
  u[1] = _mm512_add_ps(even_a, odd_a);
  u[2] = _mm512_sub_ps(even_a, odd_a);
  u[3] = _mm512_add_ps(even_b, odd_b);
  u[4] = _mm512_sub_ps(even_b, odd_b);
  u[5] = w2;
}

// Sixteen rows' numbers from some on, stride elements apart, become vectors of one column each.
template <class T>
FAAS_INLINE void columns(const T* rows, int64_t stride, __mmask16 some, __m512 (&column)[kLanes]) {
  __m512i r[kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++) r[i] = _mm512_castps_si512(load(rows + i * stride, some));
  transpose(r);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++) column[i] = _mm512_castsi512_ps(r[i]);
}

// The weights of 16 inputs and 16 outputs, [output][input][3][3], become those of the 36 products, [36][input][64 outputs].
template <class T>
FAAS_VECTOR void transform(const T* weights, int64_t stride, float* to, int64_t apart) {
  alignas(64) float w[9 * kLanes][kLanes];  // [input, pixel][output]
  for (int i = 0; i < 9; i++) {
    __m512 column[kLanes];
    columns(weights + i * kLanes, stride, 0xffff, column);
#pragma GCC unroll 16
    for (int k = 0; k < kLanes; k++) _mm512_store_ps(w[i * kLanes + k], column[k]);
  }
  for (int input = 0; input < kLanes; input++, to += kOutputs) {
    const auto* pixel = w + 9 * input;
    __m512 rows[3][6];
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
      transform_weight(_mm512_load_ps(pixel[3 * i]), _mm512_load_ps(pixel[3 * i + 1]), _mm512_load_ps(pixel[3 * i + 2]), rows[i]);
    }
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      __m512 u[6];
      transform_weight(rows[0][j], rows[1][j], rows[2][j], u);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) _mm512_storeu_ps(to + (i * 6 + j) * apart, u[i]);
    }
  }
}

// The product over any number of rows.
template <int vectors>
FAAS_VECTOR void products(const float* a, int64_t k, int64_t rows, const float* b, float* c, bool add) {
  for (; rows >= kRows; rows -= kRows, a += kRows * k, c += kRows * kOutputs) product<vectors>(a, k, b, k, c, kOutputs, add);
  switch (rows) {
    case 1: return product<vectors, 1>(a, k, b, k, c, kOutputs, add);
    case 2: return product<vectors, 2>(a, k, b, k, c, kOutputs, add);
    case 3: return product<vectors, 3>(a, k, b, k, c, kOutputs, add);
    case 4: return product<vectors, 4>(a, k, b, k, c, kOutputs, add);
    case 5: return product<vectors, 5>(a, k, b, k, c, kOutputs, add);
  }
}

// The way back: up to four tiles side by side of 16 outputs, to [outputs, height, width].
template <class T>
FAAS_VECTOR void scatter(const float* from, int64_t apart, int64_t tiles, __m512 bias, T* to, int64_t width, int64_t pixels) {
  alignas(64) float lines[4][kLanes][kLanes] = {};  // [row][pixel][output]
  for (int64_t tile = 0; tile < tiles; tile++, from += kOutputs) {
    __m512 m[4][6];
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      __m512 column[6], o[4];
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) column[i] = _mm512_loadu_ps(from + (i * 6 + j) * apart);
      transform_output(column, o);
      for (int i = 0; i < 4; i++) m[i][j] = o[i];
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      __m512 o[4];
      transform_output(m[i], o);
      for (int k = 0; k < 4; k++) _mm512_store_ps(lines[i][4 * tile + k], _mm512_add_ps(o[k], bias));
    }
  }
  for (int i = 0; i < 4; i++, to += width) {
    __m512 output[kLanes];
    columns(&lines[i][0][0], kLanes, 0xffff, output);
#pragma GCC unroll 16
    for (int k = 0; k < kLanes; k++) store(to + k * pixels, output[k], first_lanes(4 * tiles));
  }
}

}  // namespace

bool Winograd::fits() const {
  return inputs % kLanes == 0 && inputs >= 64 && outputs % (2 * kLanes) == 0 && outputs >= 64 && height % 4 == 0 && width % 4 == 0;
}

int64_t Winograd::blocks() const { return up(inputs, kInputs) / kInputs; }

int64_t Winograd::gathered() const { return up(tiles, piece) / piece * blocks() * kElements * matrix(piece, kInputs); }

int64_t Winograd::gather_scratch() const { return kSide * (4 * kSegment + 2) * kLanes; }

int64_t Winograd::multiply_scratch() const { return kElements * (matrix(kInputs, kOutputs) + matrix(piece, kOutputs)); }

template <class T>
FAAS_VECTOR void Winograd::gather(const T* x, int64_t row, int64_t column, int64_t count, int64_t block, int64_t first, float* to,
                                  float* scratch) const {
  const int64_t apart = matrix(piece, kInputs), pixels = height * width, length = (4 * count + 2) * kLanes;
  const int64_t some = std::min(kInputs, inputs - block * kInputs);
  const int64_t left = 4 * column - 1, right = 4 * (column + count) + 1, begin = std::max<int64_t>(left, 0), end = std::min(right, width);
  to += block * kElements * apart;
  x += block * kInputs * pixels;
  for (int64_t c = 0; c < some; c += kLanes, x += kLanes * pixels, to += kLanes) {
    float* line = scratch;  // [6][4 count + 2][16 inputs]
    for (int64_t i = 4 * row - 1; i < 4 * row + 5; i++, line += length) {
      if (i < 0 || i >= height) {
        std::fill_n(line, length, 0.0f);
        continue;
      }
      std::fill_n(line, (begin - left) * kLanes, 0.0f);
      std::fill_n(line + (end - left) * kLanes, (right - end) * kLanes, 0.0f);
      for (int64_t j = begin; j < end; j += kLanes) {
        __m512 pixel[kLanes];
        columns(x + i * width + j, pixels, first_lanes(end - j), pixel);
        const int64_t together = std::min(kLanes, end - j);
        for (int64_t k = 0; k < together; k++) _mm512_storeu_ps(line + (j - left + k) * kLanes, pixel[k]);
      }
    }
    for (int64_t n = 0; n < count; n++) {
      __m512 d[6][6];
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) {
        const float* from = scratch + i * length + 4 * n * kLanes;
        __m512 pixel[6];
#pragma GCC unroll 6
        for (int j = 0; j < 6; j++) pixel[j] = _mm512_loadu_ps(from + j * kLanes);
        transform_input(pixel, d[i]);
      }
      const int64_t tile = first + n;
      float* here = to + tile / piece * blocks() * kElements * apart + tile % piece * some;
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++) {
        __m512 column[6], t[6];
        for (int i = 0; i < 6; i++) column[i] = d[i][j];
        transform_input(column, t);
#pragma GCC unroll 6
        for (int i = 0; i < 6; i++) _mm512_stream_ps(here + (i * 6 + j) * apart, t[i]);  // past the caches: another call reads it
      }
    }
  }
  _mm_sfence();
}

template <class T>
FAAS_VECTOR void Winograd::multiply(const float* gathered, int64_t number, const T* weights, const T* bias, int64_t output,
                                    T* y, int64_t first, float* scratch) const {
  const int64_t in = matrix(piece, kInputs), out = matrix(piece, kOutputs), apart = matrix(kInputs, kOutputs);
  const int64_t from = number * piece, count = std::min(piece, tiles - from), some = std::min(kOutputs, outputs - output);
  gathered += number * blocks() * kElements * in;
  float* sums = scratch + kElements * apart;
  for (int64_t input = 0; input < inputs; input += kInputs, gathered += kElements * in) {
    const int64_t k = std::min(kInputs, inputs - input);
    for (int64_t n = 0; n < some; n += kLanes) {
      for (int64_t i = 0; i < k; i += kLanes) {
        transform(weights + ((output + n) * inputs + input + i) * 9, inputs * 9, scratch + i * kOutputs + n, apart);
      }
    }
    // The next block's weights come meanwhile: each output's lie on a page of its own, where the processor does not look ahead.
    const T* next = weights + output * inputs * 9 + (input + k) * 9;
    const int64_t width = std::min(kInputs, inputs - input - k) * 9;
    for (int64_t e = 0; e < kElements; e++) {
      for (int64_t n = e * some / kElements; n < (e + 1) * some / kElements; n++) {
        for (int64_t i = 0; i < width; i += kLine<T>) prefetch(next + n * inputs * 9 + i);
      }
      const float *a = gathered + e * in, *b = scratch + e * apart;
      float* c = sums + e * out;
      if (some == kOutputs) products<kVectors>(a, k, count, b, c, input > 0);
      else products<kVectors / 2>(a, k, count, b, c, input > 0);
    }
  }
  const int64_t in_row = width / 4, in_image = height / 4 * in_row, pixels = height * width;
  for (int64_t i = 0, together; i < count; i += together) {
    const int64_t tile = first + from + i, row = tile % in_image / in_row, column = tile % in_row;
    together = std::min({4 - column % 4, in_row - column, count - i});
    T* to = y + (tile / in_image * outputs + output) * pixels + (row * width + column) * 4;
    for (int64_t n = 0; n < some; n += kLanes) {
      const __m512 offset = bias != nullptr ? load(bias + output + n, 0xffff) : _mm512_setzero_ps();
      scatter(sums + i * kOutputs + n, out, together, offset, to + n * pixels, width, pixels);
    }
  }
}

template void Winograd::gather(const float*, int64_t, int64_t, int64_t, int64_t, int64_t, float*, float*) const;
template void Winograd::gather(const BFloat16*, int64_t, int64_t, int64_t, int64_t, int64_t, float*, float*) const;
template void Winograd::multiply(const float*, int64_t, const float*, const float*, int64_t, float*, int64_t, float*) const;
template void Winograd::multiply(const float*, int64_t, const BFloat16*, const BFloat16*, int64_t, BFloat16*, int64_t, float*) const;

}  // namespace faas::kernels

#endif
