// The convolution that most of a diffusion model's work is: 3x3, stride 1, zeros around.
#include "abi.h"

#include <ATen/ops/conv2d.h>

#if TORCH_VERSION_MAJOR < 2

#include "kernels.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <thread>

namespace {

// Pieces of 64 tiles that are computed at once: from two on transforming the weights is worth it, and no core should be without one. Not
// the threads that happen to be set: results should not depend on those.
bool enough(int64_t pieces) { return pieces >= std::max(2u, std::thread::hardware_concurrency()); }

int64_t pieces_of(const at::Tensor& x) { return (x.size(2) * x.size(3) / 16 + faas::kernels::kTiles - 1) / faas::kernels::kTiles; }

bool fits(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
  if (!x.is_cpu() || !w.is_cpu() || x.dim() != 4 || w.dim() != 4 || w.size(2) != 3 || w.size(3) != 3 || x.size(1) != w.size(1)) return false;
  if (x.scalar_type() != w.scalar_type() || (bias.defined() && (bias.scalar_type() != w.scalar_type() || !bias.is_contiguous()))) return false;
  bool known = x.scalar_type() == at::kFloat ? faas::kernels::available(0.0f)
                                             : x.scalar_type() == at::kBFloat16 && faas::kernels::available(faas::kernels::BFloat16{});
  return known && x.is_contiguous() && w.is_contiguous() && !faas::records({x, w, bias}) &&
         faas::kernels::winograd_fits(x.size(1), w.size(0), x.size(2), x.size(3)) &&
         enough(x.size(0) * pieces_of(x));
}

template <class T>
at::Tensor winograd(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
  using namespace faas::kernels;
  const int64_t C = x.size(1), K = w.size(0), H = x.size(2), W = x.size(3), pieces = pieces_of(x);
  auto y = at::empty({x.size(0), K, H, W}, x.options());
  const auto floats = x.options().dtype(at::kFloat);
  auto transformed = at::empty({winograd_weights(C, K)}, floats);
  auto *from = static_cast<const T*>(x.data_ptr()), *weights = static_cast<const T*>(w.data_ptr());
  auto* offsets = bias.defined() ? static_cast<const T*>(bias.data_ptr()) : nullptr;
  auto *to = static_cast<T*>(y.data_ptr());
  auto* u = transformed.data_ptr<float>();
  at::parallel_for(0, K, 1, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; k++) winograd_transform<T>(weights, C, K, k, u);
  });
  at::parallel_for(0, x.size(0) * pieces, 1, [&](int64_t begin, int64_t end) {
    auto scratch = at::empty({winograd_scratch(C, K)}, floats);
    for (int64_t i = begin; i < end; i++) {
      const int64_t n = i / pieces;
      faas::kernels::winograd<T>(from + n * C * H * W, u, offsets, to + n * K * H * W, C, K, H, W,
                                 i % pieces * kTiles, scratch.data_ptr<float>());
    }
  });
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
