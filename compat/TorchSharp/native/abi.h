// The border between TorchSharp.dll (the stand-in) and libtorch.
//
// Operators are not wrapped one by one. ATen's operator schemas ("add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)") are its
// stable surface, and the dispatcher calls any of them by name with a stack of boxed values. So the managed side names an operator,
// passes its arguments in schema order as an array of FaasValue, leaves trailing defaults out, and receives the results the same way.
// A new member of the managed API needs nothing here. What has no schema (handles, autograd, generators, threads, devices) has a
// function of its own.
//
// Rules of the border: C types only; every function that can fail returns a negative number or null and leaves its message in
// faas_last_error(); no exception and no abort crosses it; at::Tensor* handles belong to the caller, who gives each to faas_dispose once.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/api/include/torch/version.h>

#include <optional>
#include <string>

#define FAAS_API extern "C" __attribute__((visibility("default")))

enum class FaasKind : int32_t { None, Tensor, Int, Double, Bool, IntList, DoubleList, TensorList, String, Generator, Device };

// A scalar type, layout or memory format is an Int; a Scalar is an Int, Double or Bool. A device is type * 256 + (index + 1).
struct FaasValue {
  FaasKind kind;
  int32_t count;  // elements behind data, for lists and strings
  union {
    int64_t number;
    double real;
    void* data;
  };
};

namespace faas {

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 6)
template <class T>
using Optional = std::optional<T>;
#else
template <class T>
using Optional = c10::optional<T>;
#endif

std::string& last_error();

template <class F>
int guarded(F&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& e) {
    last_error() = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error() = e.what();
  } catch (...) {
    last_error() = "an exception that is not a std::exception";
  }
  return -1;
}

inline at::Tensor& tensor(void* handle) { return *static_cast<at::Tensor*>(handle); }

// Undefined tensors are null on the managed side.
inline at::Tensor* give(at::Tensor t) { return t.defined() ? new at::Tensor(std::move(t)) : nullptr; }

inline at::Tensor optional(void* handle) { return handle == nullptr ? at::Tensor() : tensor(handle); }

// Whether autograd follows what is computed from these.
inline bool records(std::initializer_list<at::Tensor> tensors) {
  if (!c10::GradMode::is_enabled()) return false;
  for (const auto& t : tensors) {
    if (t.defined() && t.requires_grad()) return true;
  }
  return false;
}

template <class F>
at::Tensor* guarded_tensor(F&& body) noexcept {
  at::Tensor* result = nullptr;
  guarded([&] { result = give(body()); });
  return result;
}

// softmax(scale * q k^T + mask) v; scale = 1/sqrt(E).
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& mask, double dropout, bool causal);

}  // namespace faas
