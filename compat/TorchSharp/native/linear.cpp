// Linear layers. libtorch has them; before 2.0 oneDNN's in bfloat16 leave a tenth to a quarter of the processor's speed unused, and those in
// float32 are OpenBLAS's, which OPENBLAS_CORETYPE may keep from AVX-512 (on two cores 90 GMAC/s for 160).
#include "abi.h"

#include <ATen/ops/linear.h>

#if TORCH_VERSION_MAJOR < 2

#include "kernels.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>

namespace {

// Rows of a task, and tasks that share a panel. So many rows stay in the caches while all panels pass by; packing each panel again for
// the next is a hundredth of the work.
constexpr int64_t kPiece = faas::kernels::kLinearRows - faas::kernels::kRowsAtOnce, kPieces = 10;

// Outputs from which on it is worth bringing x that lies otherwise into rows. In float32 libtorch does so too.
constexpr int64_t worth_copying(float) { return 1; }
constexpr int64_t worth_copying(faas::kernels::BFloat16) { return 1024; }

template <class T>
bool fits(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
  for (const auto& t : {x, w, bias}) {
    if (t.defined() && (!t.is_cpu() || t.layout() != at::kStrided || t.scalar_type() != x.scalar_type())) return false;
  }
  if (!w.is_contiguous() || (bias.defined() && !bias.is_contiguous())) return false;
  if (x.dim() < 1 || w.dim() != 2 || x.size(-1) != w.size(1)) return false;
  if (bias.defined() && (bias.dim() != 1 || bias.size(0) != w.size(0))) return false;
  if (!x.is_contiguous() && w.size(0) < worth_copying(T{})) return false;
  return faas::kernels::available(T{}) && !faas::records({x, w, bias}) && w.numel() > 0 &&
         faas::kernels::linear_fits<T>(x.numel() / w.size(1), w.size(1), w.size(0));
}

template <class T>
at::Tensor product(const at::Tensor& given, const at::Tensor& w, const at::Tensor& bias) {
  using namespace faas::kernels;
  const auto x = given.contiguous();
  const int64_t K = w.size(1), N = w.size(0), M = x.numel() / K;
  auto shape = x.sizes().vec();
  shape.back() = N;
  auto y = at::empty(shape, x.options());
  auto *from = static_cast<const T*>(x.data_ptr()), *weights = static_cast<const T*>(w.data_ptr());
  auto* offsets = bias.defined() ? static_cast<const T*>(bias.data_ptr()) : nullptr;
  auto* to = static_cast<T*>(y.data_ptr());
  // Pieces begin where the kernel's blocks of rows do, and the last has what is left.
  const int64_t pieces = (M + kPiece - 1) / kPiece, blocks = M / kRowsAtOnce, panels = N / kOutputs;
  at::parallel_for(0, panels * pieces, 1, [&](int64_t begin, int64_t end) {
    auto memory = at::empty({kOutputs * K}, x.options());
    auto* panel = static_cast<T*>(memory.data_ptr());
    for (int64_t i = begin; i < end; i++) {
      const int64_t together = i / (kPieces * panels) * kPieces, count = std::min(kPieces, pieces - together);
      const int64_t task = i - together * panels, n = task / count * kOutputs, piece = together + task % count;
      const int64_t first = piece * blocks / pieces * kRowsAtOnce;
      const int64_t last = piece + 1 == pieces ? M : (piece + 1) * blocks / pieces * kRowsAtOnce;
      if (i == begin || piece == together) linear_pack<T>(weights + n * K, K, panel);
      linear<T>(from + first * K, last - first, panel, offsets == nullptr ? nullptr : offsets + n, K, to + first * N + n, N);
    }
  });
  return y;
}

}  // namespace

#endif

using namespace faas;

static at::Tensor linear(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
#if TORCH_VERSION_MAJOR < 2
  if (x.scalar_type() == at::kFloat && fits<float>(x, w, bias)) return product<float>(x, w, bias);
  if (x.scalar_type() == at::kBFloat16 && fits<kernels::BFloat16>(x, w, bias)) return product<kernels::BFloat16>(x, w, bias);
#endif
  return bias.defined() ? at::linear(x, w, bias) : at::linear(x, w);
}

FAAS_API at::Tensor* faas_linear(void* x, void* weight, void* bias) {
  return guarded_tensor([&] { return linear(tensor(x), tensor(weight), optional(bias)); });
}
