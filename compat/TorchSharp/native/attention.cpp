// Scaled dot-product attention. libtorch has it from 2.0 on; before that it is done here without ever holding the [L, S] scores.
#include "abi.h"

#if TORCH_VERSION_MAJOR >= 2

#include <ATen/ops/scaled_dot_product_attention.h>

at::Tensor faas::attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask, double dropout,
                           bool causal) {
  return at::scaled_dot_product_attention(q, k, v, mask.defined() ? Optional<at::Tensor>(mask) : Optional<at::Tensor>(), dropout, causal);
}

#else

#include "kernels.h"

#include <ATen/ExpandUtils.h>
#include <ATen/Parallel.h>
#include <ATen/ops/_softmax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <limits>

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

bool is_half(const at::Tensor& t) { return t.scalar_type() == at::kHalf || t.scalar_type() == at::kBFloat16; }

void add_mask_(at::Tensor& scores, const at::Tensor& mask) {
  if (mask.scalar_type() == at::kBool) scores.masked_fill_(mask.logical_not(), kMinusInfinity);
  else scores.add_(mask);
}

// Out of place and differentiable, scores and all: what gradients, dropout and other devices use. A row whose keys are all masked gets
// zeros, as later libtorch does it, not NaN.
at::Tensor composed(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask, double dropout) {
  bool widen = is_half(q);
  auto scaled = (widen ? q.to(at::kFloat) : q).mul(1.0 / std::sqrt(static_cast<double>(q.size(-1))));
  auto scores = at::matmul(scaled, (widen ? k.to(at::kFloat) : k).transpose(-2, -1));
  if (mask.defined()) {
    scores = mask.scalar_type() == at::kBool ? scores.masked_fill(mask.logical_not(), kMinusInfinity) : scores.add(mask);
  }
  auto probabilities = at::softmax(scores, -1);
  if (mask.defined()) probabilities = probabilities.masked_fill(scores.eq(kMinusInfinity).all(-1, true), 0.0);
  if (dropout > 0) probabilities = at::dropout(probabilities, dropout, true);
  return at::matmul(probabilities.to(v.scalar_type()), v);
}

// By the kernels, head by head. q, k and v are [B, H, rows, columns], out [B, H, L, Ev] over [B, L, H, Ev].
template <class T>
void attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& out) {
  const int64_t H = q.size(1), heads = q.size(0) * H, L = q.size(2), S = k.size(2), E = q.size(3), Ev = v.size(3);
  const int64_t tiles = (S + faas::kernels::kKeys - 1) / faas::kernels::kKeys, tile = faas::kernels::tile_size(E, Ev);
  const int64_t blocks = (L + faas::kernels::kQueries - 1) / faas::kernels::kQueries;
  auto head = [&](const at::Tensor& t, int64_t i) { return static_cast<T*>(t.data_ptr()) + i / H * t.stride(0) + i % H * t.stride(1); };
  auto buffer = at::empty({heads * tiles * tile}, q.options());
  auto* packed = static_cast<T*>(buffer.data_ptr());
  at::parallel_for(0, heads * tiles, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      faas::kernels::pack_tile<T>(head(k, i / tiles), k.stride(2), head(v, i / tiles), v.stride(2), i % tiles * faas::kernels::kKeys, S, E,
                                  Ev, packed + i * tile);
    }
  });
  at::parallel_for(0, heads * blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i % blocks * faas::kernels::kQueries, h = i / blocks;
      faas::kernels::attend<T>(head(q, h) + first * q.stride(2), q.stride(2), std::min(faas::kernels::kQueries, L - first),
                               packed + h * tiles * tile, S, E, Ev, 1.0 / std::sqrt(static_cast<double>(E)),
                               head(out, h) + first * out.stride(2), out.stride(2));
    }
  });
}

}  // namespace

at::Tensor faas::attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask, double dropout,
                           bool causal) {
  TORCH_CHECK(q.dim() >= 2 && k.dim() >= 2 && v.dim() >= 2, "scaled_dot_product_attention: query, key and value need two dimensions");
  TORCH_CHECK(q.scalar_type() == k.scalar_type() && q.scalar_type() == v.scalar_type(),
              "scaled_dot_product_attention: query, key and value differ in type: ", q.scalar_type(), ", ", k.scalar_type(), ", ",
              v.scalar_type());
  TORCH_CHECK(q.size(-1) == k.size(-1) && k.size(-2) == v.size(-2), "scaled_dot_product_attention: shapes do not fit: query ", q.sizes(),
              ", key ", k.sizes(), ", value ", v.sizes());
  TORCH_CHECK(!(causal && mask.defined()), "scaled_dot_product_attention: a mask and causal at once");
  const int64_t L = q.size(-2), S = k.size(-2), E = q.size(-1), Ev = v.size(-1);

  if (records({q, k, v, mask}) || dropout > 0 || !q.is_cpu()) {
    auto tril = causal ? at::ones({L, S}, q.options().dtype(at::kBool)).tril() : mask;
    return composed(q, k, v, tril, dropout);
  }

  // Everything as [B, H, rows, columns] views; [B, L, H, Ev] in memory for the result, so that the caller's transpose back is free.
  auto batch = at::infer_size(at::infer_size(q.sizes().slice(0, q.dim() - 2), k.sizes().slice(0, k.dim() - 2)),
                              v.sizes().slice(0, v.dim() - 2));
  auto as4 = [&](const at::Tensor& t, int64_t rows, int64_t columns) {
    auto shape = batch;
    shape.push_back(rows);
    shape.push_back(columns);
    auto full = t.expand(shape);
    while (full.dim() < 4) full = full.unsqueeze(0);
    return full.dim() == 4 ? full : full.flatten(0, full.dim() - 4);
  };
  const auto q4 = as4(q, L, E), k4 = as4(k, S, E), v4 = as4(v, S, Ev);
  const auto mask4 = mask.defined() ? as4(mask, L, S) : mask;
  const int64_t B = q4.size(0), H = q4.size(1);
  auto out = at::empty({B, L, H, Ev}, q.options()).transpose(1, 2);
  auto finish = [&] {
    auto shape = batch;
    shape.push_back(L);
    shape.push_back(Ev);
    return batch.size() == 2 ? out : out.reshape(shape);
  };

  bool dense = q4.stride(3) == 1 && k4.stride(3) == 1 && v4.stride(3) == 1 && out.numel() > 0 && S > 0;
  if (dense && !causal && !mask.defined()) {
    if (q.scalar_type() == at::kFloat && kernels::available(0.0f)) {
      attend<float>(q4, k4, v4, out);
      return finish();
    }
    if (q.scalar_type() == at::kBFloat16 && kernels::available(kernels::BFloat16{})) {
      attend<kernels::BFloat16>(q4, k4, v4, out);
      return finish();
    }
  }

  const bool widen = is_half(q);
  const double scale = 1.0 / std::sqrt(static_cast<double>(E));
  // Rows of queries a task: their scores (fp32) should stay in a core's cache between the two products and the softmax.
  const int64_t rows = std::min<int64_t>(L, std::max<int64_t>(32, (512 << 10) / std::max<int64_t>(S, 1)));
  const int64_t blocks = (L + rows - 1) / std::max<int64_t>(rows, 1);

  // One task, one thread: inside parallel_for neither ATen nor an OpenMP BLAS starts threads of its own.
  at::parallel_for(0, B * H * blocks, 1, [&](int64_t begin, int64_t end) {
    c10::InferenceMode inference;  // the caller's own mode does not reach the other threads
    at::Tensor keys, buffer;
    int64_t keys_of = -1;
    for (int64_t task = begin; task < end; task++) {
      const int64_t bh = task / blocks, first = task % blocks * rows, n = std::min(rows, L - first);
      const int64_t b = bh / H, h = bh % H;
      const int64_t seen = causal ? std::min(S, first + n) : S;  // later keys are masked for every row of this block
      if (keys_of != bh) {
        keys = k4[b][h];
        if (widen) keys = keys.to(at::kFloat);
        keys = keys.t();  // [E, S]
        keys_of = bh;
      }
      auto query = q4[b][h].narrow(0, first, n);
      query = (widen ? query.to(at::kFloat) : query).mul(scale);
      if (!buffer.defined()) buffer = at::empty({rows * S}, query.options());
      auto scores = buffer.narrow(0, 0, n * seen).view({n, seen});
      at::mm_out(scores, query, keys.narrow(1, 0, seen));
      at::Tensor masked_rows;
      if (mask4.defined()) {
        add_mask_(scores, mask4[b][h].narrow(0, first, n));
        masked_rows = scores.eq(kMinusInfinity).all(-1, true);
      } else if (causal) {
        auto row = at::arange(first, first + n, q.options().dtype(at::kLong)).unsqueeze(1);
        auto column = at::arange(seen, q.options().dtype(at::kLong)).unsqueeze(0);
        scores.masked_fill_(column.gt(row), kMinusInfinity);
      }
      at::_softmax_out(scores, scores, -1, false);
      if (masked_rows.defined()) scores.masked_fill_(masked_rows, 0.0);
      auto target = out[b][h].narrow(0, first, n);
      auto values = v4[b][h].narrow(0, 0, seen);
      at::mm_out(target, widen ? scores.to(v.scalar_type()) : scores, values);
    }
  });

  return finish();
}

#endif
