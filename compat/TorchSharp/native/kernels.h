// Loops that libtorch's own operators are slow at, for x86 processors with AVX-512. Memory in, memory out: no tensors, no threads.
// T is float, or BFloat16 for processors that compute with it; all of them accumulate in float32.
#pragma once

#include <cstdint>

namespace faas::kernels {

struct BFloat16 {
  uint16_t bits;
};

// Keys of a tile, see below.
constexpr int64_t kKeys = 64;

// Queries a call of attend should have, so that their scores stay in a core's second cache.
constexpr int64_t kQueries = 96;

// Outputs of a linear layer's panel, rows of x that are multiplied with it at once, and rows that a call of linear takes at most.
constexpr int64_t kOutputs = 64, kRowsAtOnce = 6, kLinearRows = 96 + kRowsAtOnce;

#if defined(__x86_64__)

// Every function that holds vectors carries this: the file is compiled for any x86 processor. All of them one set: what bfloat16 has of
// its own is only used for bfloat16.
#define FAAS_VECTOR __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")))

// Whether this processor runs them.
bool available(float);
bool available(BFloat16);

// ---- attention of one head: softmax(scale * q k^T) v, of which never more than 96 x 512 scores exist.
// Keys and values are first copied into tiles of kKeys keys, in the order in which the products read them.

// Elements of a tile.
int64_t tile_size(int64_t width, int64_t value_width);

// The tile of keys first .. first + 63 of all; what lies beyond the last is zeros. Rows lie stride elements apart.
template <class T>
void pack_tile(const T* keys, int64_t key_stride, const T* values, int64_t value_stride, int64_t first, int64_t all, int64_t width,
               int64_t value_width, T* tile);

template <class T>
FAAS_VECTOR void attend(const T* queries, int64_t query_stride, int64_t count, const T* tiles, int64_t keys, int64_t width,
                        int64_t value_width, double scale, T* out, int64_t out_stride);

// ---- convolution 3x3, stride 1, zeros around, by Winograd's F(4x4, 3x3) (Lavin and Gray 2016, section 4.2): a quarter of the products,
// in float32 whatever T is. A tile is 4x4 pixels of the result; its numbers depend on 6x6 of the input. Tiles are counted row by row, image
// by image, and are first gathered, all inputs of some rows of tiles; then products are made of them, up to kOutputs of the outputs at a
// time, with weights that are transformed when they are needed and do not leave the second cache.
struct Winograd {
  int64_t inputs, outputs, height, width;  // of an image
  int64_t tiles, piece;                    // gathered at once, and multiplied by a call

  // Inputs of a block, whose products are added up before the next block's, and the most tiles of a call of gather.
  static constexpr int64_t kInputs = 32, kSegment = 16;

  // Whether there is a kernel for such sizes.
  bool fits() const;

  // Blocks of inputs, of which each call of gather takes one.
  int64_t blocks() const;

  // Elements of the gathered tiles, and of what each call needs for itself.
  int64_t gathered() const;
  int64_t gather_scratch() const;
  int64_t multiply_scratch() const;

  // Tiles column .. column + count - 1 of a row of tiles of the image x [inputs, height, width], a block of inputs, to gathered tile first;
  // the gathered begin at a multiple of 64 bytes.
  template <class T>
  FAAS_VECTOR void gather(const T* x, int64_t row, int64_t column, int64_t count, int64_t block, int64_t first, float* to,
                          float* scratch) const;

  // A piece of the gathered tiles, the first of which is tile first of all images, with the weights [outputs, inputs, 3, 3], kOutputs
  // outputs from output on, into all images' y [images, outputs, height, width]; bias may be null.
  template <class T>
  FAAS_VECTOR void multiply(const float* gathered, int64_t number, const T* weights, const T* bias, int64_t output, T* y, int64_t first,
                            float* scratch) const;
};

// ---- linear layers: y = x w' + bias, kOutputs of the outputs at a time

// Whether there is a kernel for such sizes.
template <class T>
bool linear_fits(int64_t rows, int64_t inputs, int64_t outputs);

// Brings the weights [kOutputs, inputs] into a panel of as many elements, in the order in which the products read them.
template <class T>
FAAS_VECTOR void linear_pack(const T* weights, int64_t inputs, T* panel);

// x [rows, inputs], kRowsAtOnce to kLinearRows of them, to kOutputs columns of y, whose rows lie y_stride elements apart; bias may be null.
template <class T>
FAAS_VECTOR void linear(const T* x, int64_t rows, const T* panel, const T* bias, int64_t inputs, T* y, int64_t y_stride);

// ---- activations of n elements; y may be x

template <class T>
FAAS_VECTOR void gelu(const T* x, T* y, int64_t n);  // x Phi(x), the exact one
template <class T>
FAAS_VECTOR void silu(const T* x, T* y, int64_t n);  // x / (1 + exp(-x))

// ---- norms

// One group of one sample: (x - mean) / sqrt(variance + eps) * weight + bias, weight and bias one a channel, channels rows of pixels.
template <class T>
FAAS_VECTOR void group_norm(const T* x, T* y, int64_t channels, int64_t pixels, const float* weight, const float* bias, double eps);

// One row, weight and bias one an element.
template <class T>
FAAS_VECTOR void layer_norm(const T* x, T* y, int64_t n, const float* weight, const float* bias, double eps);

#else  // elsewhere there are none, and none is called

inline bool available(float) { return false; }
inline bool available(BFloat16) { return false; }
inline int64_t tile_size(int64_t, int64_t) { return 0; }
template <class T, class... A>
void pack_tile(A...) {}
template <class T, class... A>
void attend(A...) {}
struct Winograd {
  int64_t inputs, outputs, height, width, tiles, piece;
  static constexpr int64_t kSegment = 16;
  bool fits() const { return false; }
  int64_t blocks() const { return 0; }
  int64_t gathered() const { return 0; }
  int64_t gather_scratch() const { return 0; }
  int64_t multiply_scratch() const { return 0; }
  template <class T, class... A>
  void gather(A...) const {}
  template <class T, class... A>
  void multiply(A...) const {}
};
template <class T>
bool linear_fits(int64_t, int64_t, int64_t) {
  return false;
}
template <class T, class... A>
void linear_pack(A...) {}
template <class T, class... A>
void linear(A...) {}
template <class... A>
void gelu(A...) {}
template <class... A>
void silu(A...) {}
template <class... A>
void group_norm(A...) {}
template <class... A>
void layer_norm(A...) {}

#endif

}  // namespace faas::kernels
