// What a tensor handle can be asked besides operators: its layout, its memory, its gradients, its elements by index.
#include "abi.h"

#include <ATen/TensorIndexing.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/autograd/autograd.h>

using namespace faas;

struct FaasLayout {
  int64_t dim, numel, element_size, storage_offset;
  int32_t dtype, device_type, device_index;
  uint8_t contiguous, requires_grad, leaf, sparse;
};

FAAS_API void faas_dispose(void* t) {
  guarded([&] { delete static_cast<at::Tensor*>(t); });
}

FAAS_API at::Tensor* faas_alias(void* t) {
  return guarded_tensor([&] { return tensor(t); });
}

FAAS_API int faas_layout(void* handle, FaasLayout* out) {
  return guarded([&] {
    const auto& t = tensor(handle);
    bool strided = t.layout() == at::kStrided;
    *out = {t.dim(), t.numel(), static_cast<int64_t>(t.element_size()), strided ? t.storage_offset() : 0,
            static_cast<int32_t>(t.scalar_type()), static_cast<int32_t>(t.device().type()), t.device().index(),
            strided && t.is_contiguous(), t.requires_grad(), t.is_leaf(), t.is_sparse()};
  });
}

FAAS_API int faas_sizes(void* t, int64_t* sizes, int64_t* strides) {
  return guarded([&] {
    auto s = tensor(t).sizes();
    std::copy(s.begin(), s.end(), sizes);
    if (strides != nullptr) {
      auto st = tensor(t).strides();
      std::copy(st.begin(), st.end(), strides);
    }
  });
}

FAAS_API int faas_data(void* t, void** data) {
  return guarded([&] { *data = tensor(t).data_ptr(); });
}

// Memory of the caller's as a CPU tensor; release(state) runs when the last tensor over it dies, on whatever thread that is.
FAAS_API at::Tensor* faas_from_blob(void* data, const int64_t* sizes, int dims, int dtype, void (*release)(void*), void* state) {
  return guarded_tensor([&] {
    return at::from_blob(data, at::IntArrayRef(sizes, dims), [=](void*) { release(state); },
                         at::TensorOptions(static_cast<at::ScalarType>(dtype)));
  });
}

// ---- indexing: t[...] with numbers, slices, new axes, ellipses, masks and index tensors mixed

struct FaasIndex {
  int64_t kind;  // 0 new axis, 1 false, 2 true, 3 ellipsis, 4 tensor, 5 number, 6 slice
  int64_t start, stop, step;  // INT64_MIN: absent
  void* tensor;
};

#if TORCH_VERSION_MAJOR >= 2
using Bound = Optional<c10::SymInt>;
#else
using Bound = Optional<int64_t>;
#endif

static Bound bound(int64_t n) { return n == INT64_MIN ? Bound() : Bound(n); }

static std::vector<at::indexing::TensorIndex> to_indices(const FaasIndex* indices, int n) {
  std::vector<at::indexing::TensorIndex> list;
  list.reserve(n);
  for (int i = 0; i < n; i++) {
    const auto& x = indices[i];
    switch (x.kind) {
      case 0: list.emplace_back(at::indexing::None); break;
      case 1: list.emplace_back(false); break;
      case 2: list.emplace_back(true); break;
      case 3: list.emplace_back(at::indexing::Ellipsis); break;
      case 4: list.emplace_back(tensor(x.tensor)); break;
      case 5: list.emplace_back(x.start); break;
      default: list.emplace_back(at::indexing::Slice(bound(x.start), bound(x.stop), bound(x.step)));
    }
  }
  return list;
}

FAAS_API at::Tensor* faas_index(void* t, const FaasIndex* indices, int n) {
  return guarded_tensor([&] { return tensor(t).index(to_indices(indices, n)); });
}

FAAS_API int faas_index_put(void* t, const FaasIndex* indices, int n, void* value) {
  return guarded([&] { tensor(t).index_put_(to_indices(indices, n), tensor(value)); });
}

// ---- autograd

static std::vector<at::Tensor> to_vector(void** handles, int n) {
  std::vector<at::Tensor> list;
  list.reserve(n);
  for (int i = 0; i < n; i++) list.push_back(handles[i] == nullptr ? at::Tensor() : tensor(handles[i]));
  return list;
}

FAAS_API int faas_set_requires_grad(void* t, int value) {
  return guarded([&] { tensor(t).set_requires_grad(value != 0); });
}

FAAS_API int faas_retain_grad(void* t) {
  return guarded([&] { tensor(t).retain_grad(); });
}

FAAS_API int faas_grad(void* t, at::Tensor** grad) {
  return guarded([&] { *grad = give(tensor(t).grad()); });
}

FAAS_API int faas_set_grad(void* t, void* grad) {
  return guarded([&] { tensor(t).mutable_grad() = grad == nullptr ? at::Tensor() : tensor(grad); });
}

FAAS_API int faas_backward(void** tensors, int n, void** grads, int ngrads, int retain_graph, int create_graph, void** inputs,
                           int ninputs) {
  return guarded([&] {
    torch::autograd::backward(to_vector(tensors, n), to_vector(grads, ngrads), retain_graph != 0, create_graph != 0,
                              to_vector(inputs, ninputs));
  });
}

// results: one handle an input, null where the input was not used.
FAAS_API int faas_autograd_grad(void** outputs, int n, void** inputs, int ninputs, void** grads, int ngrads, int retain_graph,
                                int create_graph, int allow_unused, at::Tensor** results) {
  return guarded([&] {
    auto list = torch::autograd::grad(to_vector(outputs, n), to_vector(inputs, ninputs), to_vector(grads, ngrads), retain_graph != 0,
                                      create_graph != 0, allow_unused != 0);
    for (size_t i = 0; i < list.size(); i++) results[i] = give(std::move(list[i]));
  });
}

FAAS_API at::Tensor* faas_attention(void* q, void* k, void* v, void* mask, double dropout, int causal) {
  return guarded_tensor([&] {
    return attention(tensor(q), tensor(k), tensor(v), optional(mask), dropout, causal != 0);
  });
}
