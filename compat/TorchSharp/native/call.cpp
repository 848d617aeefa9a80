// Calling operators by schema name. See abi.h for the idea.
#include "abi.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <algorithm>
#include <cstdlib>

namespace faas {

std::string& last_error() {
  static thread_local std::string message;
  return message;
}

static c10::Device to_device(int64_t code) {
  return c10::Device(static_cast<c10::DeviceType>(code / 256), static_cast<c10::DeviceIndex>(code % 256 - 1));
}

static c10::IValue to_ivalue(const FaasValue& v) {
  switch (v.kind) {
    case FaasKind::None: return c10::IValue();
    case FaasKind::Tensor: return c10::IValue(tensor(v.data));
    case FaasKind::Int: return c10::IValue(v.number);
    case FaasKind::Double: return c10::IValue(v.real);
    case FaasKind::Bool: return c10::IValue(v.number != 0);
    case FaasKind::IntList: return c10::IValue(at::IntArrayRef(static_cast<const int64_t*>(v.data), v.count));
    case FaasKind::DoubleList: return c10::IValue(at::ArrayRef<double>(static_cast<const double*>(v.data), v.count));
    case FaasKind::TensorList: {
      c10::List<at::Tensor> list;
      list.reserve(v.count);
      for (int32_t i = 0; i < v.count; i++) list.push_back(tensor(static_cast<void**>(v.data)[i]));
      return c10::IValue(std::move(list));
    }
    case FaasKind::String: return c10::IValue(std::string(static_cast<const char*>(v.data), v.count));
    case FaasKind::Generator: return c10::IValue(*static_cast<at::Generator*>(v.data));
    case FaasKind::Device: return c10::IValue(to_device(v.number));
    default: TORCH_CHECK(false, "argument of unknown kind ", static_cast<int>(v.kind));
  }
}

static FaasValue from_ivalue(c10::IValue&& v) {
  FaasValue out{};
  if (v.isTensor()) {
    out.kind = FaasKind::Tensor;
    out.data = give(std::move(v).toTensor());
  } else if (v.isInt()) {
    out.kind = FaasKind::Int;
    out.number = v.toInt();
  } else if (v.isDouble()) {
    out.kind = FaasKind::Double;
    out.real = v.toDouble();
  } else if (v.isBool()) {
    out.kind = FaasKind::Bool;
    out.number = v.toBool();
  } else if (v.isTensorList()) {
    auto list = v.toTensorVector();
    auto** handles = static_cast<at::Tensor**>(std::malloc(sizeof(at::Tensor*) * std::max<size_t>(list.size(), 1)));
    for (size_t i = 0; i < list.size(); i++) handles[i] = give(std::move(list[i]));
    out.kind = FaasKind::TensorList;
    out.count = static_cast<int32_t>(list.size());
    out.data = handles;
  } else {
    TORCH_CHECK(v.isNone(), "a result of type ", v.tagKind(), " cannot cross to managed code");
  }
  return out;
}

}  // namespace faas

using namespace faas;

FAAS_API const char* faas_last_error() { return last_error().c_str(); }

FAAS_API void faas_free(void* list) { std::free(list); }

// The handle of an operator, good for the life of the process; null if this libtorch has no such operator.
FAAS_API void* faas_op(const char* name, const char* overload) {
  void* handle = nullptr;
  guarded([&] { handle = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)); });
  return handle;
}

// Returns the number of results written to outs (further results are dropped), or -1.
FAAS_API int faas_call(void* op_handle, const FaasValue* args, int nargs, FaasValue* outs, int max_outs) {
  int written = 0;
  int rc = guarded([&] {
    const auto& op = *static_cast<const c10::OperatorHandle*>(op_handle);
    const auto& parameters = op.schema().arguments();
    TORCH_CHECK(nargs <= static_cast<int>(parameters.size()), op.schema().name(), ": too many arguments");
    torch::jit::Stack stack;
    stack.reserve(parameters.size());
    for (int i = 0; i < nargs; i++) stack.push_back(to_ivalue(args[i]));
    for (size_t i = nargs; i < parameters.size(); i++) {
      const auto& preset = parameters[i].default_value();
      TORCH_CHECK(preset.has_value(), op.schema().name(), ": missing argument ", parameters[i].name());
      stack.push_back(*preset);
    }
    op.callBoxed(&stack);
    written = std::min(static_cast<int>(stack.size()), max_outs);
    for (int i = 0; i < written; i++) outs[i] = from_ivalue(std::move(stack[i]));
  });
  return rc < 0 ? -1 : written;
}
