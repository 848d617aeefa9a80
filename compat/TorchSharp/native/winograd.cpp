// Convolution by Winograd's F(4x4, 3x3): y = A' [(G w G') * (B' d B)] A for each 6x6 piece d of the input, where * multiplies element by
// element and adds up over the input channels: 36 matrix products. Sixteen tiles lie side by side in a vector.
#include "product.h"

#include <algorithm>

#if defined(__x86_64__)

namespace faas::kernels {

namespace {

constexpr int64_t kElements = 36, kHalf = 8;  // kHalf tiles, 32 pixels, are always of one row of tiles

int64_t padded(int64_t outputs) { return up(outputs, kRows); }

// Rows of 64 tiles are 256 bytes; one more a matrix keeps the 36 matrices' elements out of the same cache sets.
int64_t matrix(int64_t rows) { return (rows + 1) * kTiles; }

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

// 64 pixels in a row, a .. d, become four vectors of every fourth pixel, and back.
FAAS_INLINE void deal(__m512 a, __m512 b, __m512 c, __m512 d, __m512& p0, __m512& p1, __m512& p2, __m512& p3) {
  const __m512i i01 = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
  const __m512i i23 = _mm512_add_epi32(i01, _mm512_set1_epi32(2));
  const __m512 ab01 = _mm512_permutex2var_ps(a, i01, b), cd01 = _mm512_permutex2var_ps(c, i01, d);
  const __m512 ab23 = _mm512_permutex2var_ps(a, i23, b), cd23 = _mm512_permutex2var_ps(c, i23, d);
  p0 = _mm512_shuffle_f32x4(ab01, cd01, 0x44);
  p1 = _mm512_shuffle_f32x4(ab01, cd01, 0xee);
  p2 = _mm512_shuffle_f32x4(ab23, cd23, 0x44);
  p3 = _mm512_shuffle_f32x4(ab23, cd23, 0xee);
}

FAAS_INLINE void collect(const __m512 (&p)[4], __m512 (&pixels)[4]) {
  const __m512 low01 = _mm512_shuffle_f32x4(p[0], p[1], 0x44), high01 = _mm512_shuffle_f32x4(p[0], p[1], 0xee);
  const __m512 low23 = _mm512_shuffle_f32x4(p[2], p[3], 0x44), high23 = _mm512_shuffle_f32x4(p[2], p[3], 0xee);
  const __m512i first = _mm512_setr_epi32(0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27);
  const __m512i second = _mm512_add_epi32(first, _mm512_set1_epi32(4));
  pixels[0] = _mm512_permutex2var_ps(low01, first, low23);
  pixels[1] = _mm512_permutex2var_ps(low01, second, low23);
  pixels[2] = _mm512_permutex2var_ps(high01, first, high23);
  pixels[3] = _mm512_permutex2var_ps(high01, second, high23);
}

// Sixteen pixels of a row from column on, which may begin before the row or end behind it.
template <class T>
FAAS_INLINE __m512 pixels(const T* row, int64_t column, int64_t width) {
  __mmask16 lanes = first_lanes(std::max<int64_t>(width - column, 0));
  if (column < 0) lanes &= static_cast<__mmask16>(0xffff << -column);
  return load(row + column, lanes);
}

// Where a half lies: its first tile's upper left pixel.
struct Half {
  int64_t row, column;
  Half(int64_t index, int64_t width) : row(index / (width / 32) * 4), column(index % (width / 32) * 32) {}
};

// One channel's 16 tiles, of which halves a and b are given, into the 36 matrices: elements matrix floats apart.
template <class T>
FAAS_VECTOR void gather(const T* channel, int64_t height, int64_t width, Half a, Half b, float* to, int64_t apart) {
  __m512 d[6][6];
#pragma GCC unroll 6
  for (int i = 0; i < 6; i++) {
    __m512 row[8];
    for (int k = 0; k < 8; k++) row[k] = _mm512_setzero_ps();
    const int64_t ya = a.row - 1 + i, yb = b.row - 1 + i;
    if (ya >= 0 && ya < height) {
      const T* p = channel + ya * width;
      row[0] = pixels(p, a.column - 1, width), row[1] = pixels(p, a.column + 15, width);
      row[4] = pixels(p, a.column + 3, width), row[5] = pixels(p, a.column + 19, width);
    }
    if (yb >= 0 && yb < height) {
      const T* p = channel + yb * width;
      row[2] = pixels(p, b.column - 1, width), row[3] = pixels(p, b.column + 15, width);
      row[6] = pixels(p, b.column + 3, width), row[7] = pixels(p, b.column + 19, width);
    }
    __m512 line[6], beyond2, beyond3;
    deal(row[0], row[1], row[2], row[3], line[0], line[1], line[2], line[3]);
    deal(row[4], row[5], row[6], row[7], line[4], line[5], beyond2, beyond3);
    transform_input(line, d[i]);
  }
#pragma GCC unroll 6
  for (int j = 0; j < 6; j++) {
    __m512 column[6], t[6];
    for (int i = 0; i < 6; i++) column[i] = d[i][j];
    transform_input(column, t);
    for (int i = 0; i < 6; i++) _mm512_storeu_ps(to + (i * 6 + j) * apart, t[i]);
  }
}

// The way back: 16 tiles of one output channel.
template <class T>
FAAS_VECTOR void scatter(const float* from, int64_t apart, float bias, Half a, Half b, T* channel, int64_t width) {
  __m512 m[4][6];
#pragma GCC unroll 6
  for (int j = 0; j < 6; j++) {
    __m512 column[6], o[4];
    for (int i = 0; i < 6; i++) column[i] = _mm512_loadu_ps(from + (i * 6 + j) * apart);
    transform_output(column, o);
    for (int i = 0; i < 4; i++) m[i][j] = o[i];
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    __m512 o[4], line[4];
    transform_output(m[i], o);
    for (int k = 0; k < 4; k++) o[k] = _mm512_add_ps(o[k], _mm512_set1_ps(bias));
    collect(o, line);
    T *to_a = channel + (a.row + i) * width + a.column, *to_b = channel + (b.row + i) * width + b.column;
    store(to_a, line[0], 0xffff), store(to_a + kLanes, line[1], 0xffff);
    store(to_b, line[2], 0xffff), store(to_b + kLanes, line[3], 0xffff);
  }
}

float widened(float x) { return x; }
float widened(BFloat16 x) {
  const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
  return *reinterpret_cast<const float*>(&bits);
}

}  // namespace

bool winograd_fits(int64_t inputs, int64_t outputs, int64_t height, int64_t width) {
  return inputs % kLanes == 0 && inputs >= 64 && outputs >= 64 && height % 4 == 0 && width % 32 == 0 && height / 4 * (width / 32) % 2 == 0;
}

int64_t winograd_weights(int64_t inputs, int64_t outputs) { return kElements * padded(outputs) * inputs; }

int64_t winograd_scratch(int64_t inputs, int64_t outputs) { return kElements * (matrix(inputs) + matrix(padded(outputs))); }

template <class T>
FAAS_VECTOR void winograd_transform(const T* weights, int64_t inputs, int64_t outputs, int64_t output, float* transformed) {
  const int64_t apart = padded(outputs) * inputs;
  for (int64_t c = 0; c < inputs; c += kLanes) {
    alignas(64) float w[9][kLanes];
    const T* from = weights + (output * inputs + c) * 9;
    for (int lane = 0; lane < kLanes; lane++)
      for (int k = 0; k < 9; k++) w[k][lane] = widened(from[lane * 9 + k]);
    __m512 rows[3][6];
    for (int i = 0; i < 3; i++) transform_weight(_mm512_load_ps(w[3 * i]), _mm512_load_ps(w[3 * i + 1]), _mm512_load_ps(w[3 * i + 2]), rows[i]);
    for (int j = 0; j < 6; j++) {
      __m512 u[6];
      transform_weight(rows[0][j], rows[1][j], rows[2][j], u);
      for (int i = 0; i < 6; i++) _mm512_storeu_ps(transformed + (i * 6 + j) * apart + output * inputs + c, u[i]);
    }
  }
}

template <class T>
FAAS_VECTOR void winograd(const T* x, const float* transformed, const T* bias, T* y, int64_t inputs, int64_t outputs, int64_t height,
                          int64_t width, int64_t first, float* scratch) {
  const int64_t halves = height / 4 * (width / 32), from = first / kHalf, to = std::min(halves, from + kTiles / kHalf);
  const int64_t rows = padded(outputs), in = matrix(inputs), out = matrix(rows);
  float* products = scratch + kElements * in;
  for (int64_t c = 0; c < inputs; c++) {
    for (int64_t h = from; h < to; h += 2) {
      gather(x + c * height * width, height, width, Half(h, width), Half(h + 1, width), scratch + c * kTiles + (h - from) * kHalf, in);
    }
  }
  for (int64_t e = 0; e < kElements; e++) {
    for (int64_t r = 0; r < rows; r += kRows) {
      product<kVectors>(transformed + (e * rows + r) * inputs, inputs, scratch + e * in, inputs, products + e * out + r * kTiles, kTiles,
                        false);
    }
  }
  for (int64_t k = 0; k < outputs; k++) {
    const float b = bias == nullptr ? 0 : widened(bias[k]);
    for (int64_t h = from; h < to; h += 2) {
      scatter(products + k * kTiles + (h - from) * kHalf, out, b, Half(h, width), Half(h + 1, width), y + k * height * width, width);
    }
  }
}

template void winograd_transform(const float*, int64_t, int64_t, int64_t, float*);
template void winograd_transform(const BFloat16*, int64_t, int64_t, int64_t, float*);
template void winograd(const float*, const float*, const float*, float*, int64_t, int64_t, int64_t, int64_t, int64_t, float*);
template void winograd(const BFloat16*, const float*, const BFloat16*, BFloat16*, int64_t, int64_t, int64_t, int64_t, int64_t, float*);

}  // namespace faas::kernels

#endif
