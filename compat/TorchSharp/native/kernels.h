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

// Tiles of a call of winograd.
constexpr int64_t kTiles = 64;

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
// in float32 whatever T is. A tile is 4x4 pixels of the result; its numbers depend on 6x6 of the input.

// Whether an image's size and channels are such that there is a kernel for it.
bool winograd_fits(int64_t inputs, int64_t outputs, int64_t height, int64_t width);

// Elements of all transformed weights, and of what a call needs for itself.
int64_t winograd_weights(int64_t inputs, int64_t outputs);
int64_t winograd_scratch(int64_t inputs, int64_t outputs);

// Transforms the weights [outputs, inputs, 3, 3] of one output.
template <class T>
FAAS_VECTOR void winograd_transform(const T* weights, int64_t inputs, int64_t outputs, int64_t output, float* transformed);

// Tiles first .. first + 63 of one image, x [inputs, height, width], y [outputs, height, width]; what lies beyond the last is left out.
template <class T>
FAAS_VECTOR void winograd(const T* x, const float* transformed, const T* bias, T* y, int64_t inputs, int64_t outputs, int64_t height,
                          int64_t width, int64_t first, float* scratch);

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
inline bool winograd_fits(int64_t, int64_t, int64_t, int64_t) { return false; }
inline int64_t winograd_weights(int64_t, int64_t) { return 0; }
inline int64_t winograd_scratch(int64_t, int64_t) { return 0; }
template <class T, class... A>
void winograd_transform(A...) {}
template <class T, class... A>
void winograd(A...) {}
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
