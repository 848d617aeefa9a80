// The convolution that most of a diffusion model's work is: 3x3, stride 1, zeros around.
#include "abi.h"

#include <ATen/ops/conv2d.h>

#if TORCH_VERSION_MAJOR < 2

#include "kernels.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>

namespace {

using faas::kernels::kOutputs;
using faas::kernels::kRowsAtOnce;
using faas::kernels::Winograd;

// Tiles of a task, for which each part of the weights is transformed anew, and bytes of tiles that are gathered at once.
constexpr int64_t kPiece = 168, kGathered = 48 << 20;

// What a task computes in is given a huge page: small ones may fall onto the same sets of the second cache.
constexpr int64_t kHugePage = (2 << 20) / sizeof(float);

int64_t parts_of(int64_t n, int64_t most) { return (n + most - 1) / most; }

bool fits(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
  if (!x.is_cpu() || !w.is_cpu() || x.scalar_type() != w.scalar_type()) return false;
  if (x.dim() != 4 || w.dim() != 4 || w.size(2) != 3 || w.size(3) != 3 || x.size(1) != w.size(1)) return false;
  if (bias.defined() && (bias.scalar_type() != w.scalar_type() || !bias.is_contiguous() || bias.numel() != w.size(0))) return false;
  bool known = x.scalar_type() == at::kFloat ? faas::kernels::available(0.0f)
                                             : x.scalar_type() == at::kBFloat16 && faas::kernels::available(faas::kernels::BFloat16{});
  return known && x.is_contiguous() && w.is_contiguous() && !faas::records({x, w, bias}) &&
         Winograd{x.size(1), w.size(0), x.size(2), x.size(3), 0, 0}.fits();
}

template <class T>
at::Tensor winograd(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
  const int64_t N = x.size(0), C = x.size(1), K = w.size(0), H = x.size(2), W = x.size(3);
  auto y = at::empty({N, K, H, W}, x.options());
  const auto floats = x.options().dtype(at::kFloat);
  auto *from = static_cast<const T*>(x.data_ptr()), *weights = static_cast<const T*>(w.data_ptr());
  auto* offsets = bias.defined() ? static_cast<const T*>(bias.data_ptr()) : nullptr;
  auto* to = static_cast<T*>(y.data_ptr());
  const int64_t in_row = W / 4, in_column = H / 4;  // tiles
  const int64_t in_a_row = parts_of(in_row, Winograd::kSegment), segments = N * in_column * in_a_row;
  const int64_t panels = parts_of(K, kOutputs);
  const int64_t bytes = N * in_column * in_row * 36 * C * sizeof(float), parts = std::min(segments, parts_of(bytes, kGathered));
  // A segment's first tile.
  auto tile = [&](int64_t segment) { return segment / in_a_row * in_row + segment % in_a_row * in_row / in_a_row; };
  at::Tensor memory;
  for (int64_t part = 0; part < parts; part++) {
    const int64_t begin_segment = segments * part / parts, end_segment = segments * (part + 1) / parts;
    const int64_t first = tile(begin_segment), tiles = tile(end_segment) - first;
    const int64_t piece = parts_of(parts_of(tiles, parts_of(tiles, kPiece)), kRowsAtOnce) * kRowsAtOnce, pieces = parts_of(tiles, piece);
    const Winograd sizes{C, K, H, W, tiles, piece};
    if (!memory.defined() || memory.numel() < sizes.gathered()) memory = at::empty({sizes.gathered()}, floats);
    const int64_t blocks = sizes.blocks();
    auto* gathered = memory.data_ptr<float>();
    at::parallel_for(0, (end_segment - begin_segment) * blocks, 1, [&](int64_t begin, int64_t end) {
      auto scratch = at::empty({sizes.gather_scratch()}, floats);
      for (int64_t i = begin; i < end; i++) {
        const int64_t segment = begin_segment + i / blocks, start = tile(segment), row = start / in_row;
        sizes.gather<T>(from + row / in_column * C * H * W, row % in_column, start % in_row, tile(segment + 1) - start, i % blocks,
                        start - first, gathered, scratch.data_ptr<float>());
      }
    });
    at::parallel_for(0, panels * pieces, 1, [&](int64_t begin, int64_t end) {
      auto scratch = at::empty({std::max(sizes.multiply_scratch(), kHugePage)}, floats);
      for (int64_t i = begin; i < end; i++) {
        sizes.multiply<T>(gathered, i % pieces, weights, offsets, i / pieces * kOutputs, to, first, scratch.data_ptr<float>());
      }
    });
  }
  return y;
}

}  // namespace

#endif

using namespace faas;

static at::Tensor convolution(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
#if TORCH_VERSION_MAJOR < 2
  if (fits(x, w, bias)) return x.scalar_type() == at::kFloat ? winograd<float>(x, w, bias) : winograd<kernels::BFloat16>(x, w, bias);
#endif
  return at::conv2d(x, w, bias, 1, 1);
}

// Stride 1, padding 1.
FAAS_API at::Tensor* faas_convolution(void* x, void* weight, void* bias) {
  return guarded_tensor([&] { return convolution(tensor(x), tensor(weight), optional(bias)); });
}
