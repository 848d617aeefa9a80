// Activations and norms. libtorch has them; before 2.0 they are slow, or in bfloat16 inexact, and refuse weights of float32 for input of
// bfloat16, as later ones take them.
#include "abi.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/silu.h>

#if TORCH_VERSION_MAJOR < 2

#include "kernels.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#endif

namespace faas::layers {

#if TORCH_VERSION_MAJOR >= 2

at::Tensor gelu(const at::Tensor& x) { return at::gelu(x); }

at::Tensor silu(at::Tensor& x, bool inplace) { return inplace ? at::silu_(x) : at::silu(x); }

at::Tensor group_norm(const at::Tensor& x, int64_t groups, const at::Tensor& weight, const at::Tensor& bias, double eps) {
  return at::group_norm(x, groups, weight, bias, eps);
}

at::Tensor layer_norm(const at::Tensor& x, at::IntArrayRef shape, const at::Tensor& weight, const at::Tensor& bias, double eps) {
  return at::layer_norm(x, shape, weight, bias, eps);
}

#else

namespace {

constexpr int64_t kPiece = 16 << 10;  // elements a task

// Whether there is a kernel for such a tensor.
bool fits(const at::Tensor& x) {
  if (!x.is_cpu() || x.layout() != at::kStrided || x.numel() == 0) return false;
  return x.scalar_type() == at::kFloat ? kernels::available(0.0f)
                                       : x.scalar_type() == at::kBFloat16 && kernels::available(kernels::BFloat16{});
}

bool holds_floats(const at::Tensor& t, int64_t n) {
  return t.defined() && t.is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous() && t.numel() == n;
}

// body(x, y) with the elements' addresses in their type.
template <class F>
void typed(const at::Tensor& x, const at::Tensor& y, F&& body) {
  if (x.scalar_type() == at::kFloat) body(static_cast<const float*>(x.data_ptr()), static_cast<float*>(y.data_ptr()));
  else body(static_cast<const kernels::BFloat16*>(x.data_ptr()), static_cast<kernels::BFloat16*>(y.data_ptr()));
}

// The distance of a tensor's rows, the last axis, if all are as far apart and their elements side by side; else -1.
int64_t row_distance(const at::Tensor& x) {
  if (x.dim() < 2 || x.stride(-1) != 1) return -1;
  for (int64_t d = x.dim() - 2; d > 0; d--) {
    if (x.stride(d - 1) != x.stride(d) * x.size(d)) return -1;
  }
  return x.stride(-2);
}

}  // namespace

at::Tensor gelu(const at::Tensor& given) {
  if (!fits(given) || records({given})) return at::gelu(given);
  auto x = given;
  if (row_distance(x) < 0) x = x.contiguous();
  const int64_t columns = x.dim() < 2 ? x.numel() : x.size(-1), rows = x.numel() / columns, distance = x.dim() < 2 ? columns : x.stride(-2);
  auto y = at::empty(x.sizes(), x.options());
  typed(x, y, [&](auto* from, auto* to) {
    at::parallel_for(0, rows, std::max<int64_t>(1, kPiece / columns), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) kernels::gelu(from + r * distance, to + r * columns, columns);
    });
  });
  return y;
}

at::Tensor silu(at::Tensor& x, bool inplace) {
  if (!fits(x) || !x.is_non_overlapping_and_dense() || records({x})) return inplace ? at::silu_(x) : at::silu(x);
  auto y = inplace ? x : at::empty_like(x);
  typed(x, y, [&](auto* from, auto* to) {
    at::parallel_for(0, x.numel(), kPiece, [&](int64_t begin, int64_t end) { kernels::silu(from + begin, to + begin, end - begin); });
  });
  return y;
}

// What libtorch's own norm needs before 2.0 where types are mixed: everything in float32.
template <class F>
at::Tensor widened(const at::Tensor& x, const at::Tensor& weight, F&& norm) {
  const bool mixed = weight.defined() && weight.scalar_type() != x.scalar_type();
  return mixed ? norm(x.to(weight.scalar_type())).to(x.scalar_type()) : norm(x);
}

at::Tensor group_norm(const at::Tensor& given, int64_t groups, const at::Tensor& weight, const at::Tensor& bias, double eps) {
  const int64_t channels = given.dim() < 2 ? 0 : given.size(1);
  if (!fits(given) || records({given, weight, bias}) || groups < 1 || channels % groups != 0 || !holds_floats(weight, channels) ||
      !holds_floats(bias, channels)) {
    return widened(given, weight, [&](const at::Tensor& x) { return at::group_norm(x, groups, weight, bias, eps); });
  }
  const auto x = given.contiguous();
  auto y = at::empty(x.sizes(), x.options());
  const int64_t each = channels / groups, pixels = x.numel() / (x.size(0) * channels);
  const auto *w = weight.data_ptr<float>(), *b = bias.data_ptr<float>();
  typed(x, y, [&](auto* from, auto* to) {
    at::parallel_for(0, x.size(0) * groups, 1, [&](int64_t begin, int64_t end) {
      for (int64_t g = begin; g < end; g++) {
        const int64_t at = g * each * pixels, channel = g % groups * each;
        kernels::group_norm(from + at, to + at, each, pixels, w + channel, b + channel, eps);
      }
    });
  });
  return y;
}

at::Tensor layer_norm(const at::Tensor& given, at::IntArrayRef shape, const at::Tensor& weight, const at::Tensor& bias, double eps) {
  const int64_t columns = shape.size() == 1 ? shape[0] : 0;
  if (!fits(given) || records({given, weight, bias}) || columns == 0 || given.size(-1) != columns || !holds_floats(weight, columns) ||
      !holds_floats(bias, columns)) {
    return widened(given, weight, [&](const at::Tensor& x) { return at::layer_norm(x, shape, weight, bias, eps); });
  }
  const auto x = given.contiguous();
  auto y = at::empty(x.sizes(), x.options());
  const auto *w = weight.data_ptr<float>(), *b = bias.data_ptr<float>();
  typed(x, y, [&](auto* from, auto* to) {
    at::parallel_for(0, x.numel() / columns, std::max<int64_t>(1, kPiece / columns), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) kernels::layer_norm(from + r * columns, to + r * columns, columns, w, b, eps);
    });
  });
  return y;
}

#endif

}  // namespace faas::layers

using namespace faas;

FAAS_API at::Tensor* faas_gelu(void* x) {
  return guarded_tensor([&] { return layers::gelu(tensor(x)); });
}

FAAS_API at::Tensor* faas_silu(void* x, int inplace) {
  return guarded_tensor([&] { return layers::silu(tensor(x), inplace != 0); });
}

FAAS_API at::Tensor* faas_group_norm(void* x, int64_t groups, void* weight, void* bias, double eps) {
  return guarded_tensor([&] { return layers::group_norm(tensor(x), groups, optional(weight), optional(bias), eps); });
}

FAAS_API at::Tensor* faas_layer_norm(void* x, const int64_t* shape, int dims, void* weight, void* bias, double eps) {
  return guarded_tensor(
      [&] { return layers::layer_norm(tensor(x), at::IntArrayRef(shape, dims), optional(weight), optional(bias), eps); });
}
