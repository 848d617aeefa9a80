// The state of libtorch itself: threads, grad mode, random generators, devices.
#include "abi.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include <dlfcn.h>

using namespace faas;

#define FAAS_TEXT2(x) #x
#define FAAS_TEXT(x) FAAS_TEXT2(x)

FAAS_API const char* faas_version() {
  return FAAS_TEXT(TORCH_VERSION_MAJOR) "." FAAS_TEXT(TORCH_VERSION_MINOR) "." FAAS_TEXT(TORCH_VERSION_PATCH);
}

// A CUDA build registers its kernels from the constructors of libtorch_cuda.so, which nothing here links against: load it from beside
// libtorch_cpu.so, if it is there, before the first question about CUDA is answered (and the answer remembered by libtorch).
static const bool cuda_registered = [] {
  Dl_info here;
  if (dladdr(reinterpret_cast<void*>(&at::globalContext), &here) == 0 || here.dli_fname == nullptr) return false;
  std::string path(here.dli_fname);
  path = path.substr(0, path.find_last_of('/') + 1) + "libtorch_cuda.so";
  return dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
}();

FAAS_API int faas_cuda_device_count() {
  int n = 0;
  guarded([&] { n = at::detail::getCUDAHooks().getNumGPUs(); });
  return n;
}

FAAS_API int faas_cudnn_available() {
  bool available = false;
  guarded([&] { available = faas_cuda_device_count() > 0 && at::detail::getCUDAHooks().hasCuDNN(); });
  return available;
}

FAAS_API int faas_cuda_synchronize(int64_t device_index) {
  return guarded([&] {
    int n = faas_cuda_device_count();
    TORCH_CHECK(n > 0, "No CUDA GPUs are available");
    TORCH_CHECK(device_index < n, "Device index out of range: ", device_index);
    at::detail::getCUDAHooks().deviceSynchronize(device_index);
  });
}

FAAS_API int faas_allow_tf32(int cudnn) {
  bool allowed = false;
  int rc = guarded([&] { allowed = cudnn ? at::globalContext().allowTF32CuDNN() : at::globalContext().allowTF32CuBLAS(); });
  return rc < 0 ? rc : allowed;
}

FAAS_API int faas_set_allow_tf32(int cudnn, int allow) {
  return guarded([&] {
    cudnn ? at::globalContext().setAllowTF32CuDNN(allow != 0) : at::globalContext().setAllowTF32CuBLAS(allow != 0);
  });
}

// ---- threads

FAAS_API int faas_num_threads() { return at::get_num_threads(); }
FAAS_API int faas_set_num_threads(int n) {
  return guarded([&] { at::set_num_threads(n); });
}
FAAS_API int faas_num_interop_threads() { return static_cast<int>(at::get_num_interop_threads()); }
FAAS_API int faas_set_num_interop_threads(int n) {
  return guarded([&] { at::set_num_interop_threads(n); });
}

// ---- modes, each of the calling thread

FAAS_API int faas_grad_enabled() { return c10::GradMode::is_enabled(); }
FAAS_API void faas_set_grad_enabled(int enabled) { c10::GradMode::set_enabled(enabled != 0); }
FAAS_API int faas_inference_enabled() { return c10::InferenceMode::is_enabled(); }
FAAS_API void* faas_inference_begin(int enabled) { return new c10::InferenceMode(enabled != 0); }
FAAS_API void faas_inference_end(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- random generators (of the CPU, as TorchSharp's are)

static at::Generator& generator(void* handle) { return *static_cast<at::Generator*>(handle); }

FAAS_API void* faas_generator_new(uint64_t seed) { return new at::Generator(at::detail::createCPUGenerator(seed)); }
FAAS_API void* faas_generator_default() { return new at::Generator(at::detail::getDefaultCPUGenerator()); }
FAAS_API void faas_generator_dispose(void* g) { delete &generator(g); }
FAAS_API uint64_t faas_generator_seed(void* g) { return generator(g).current_seed(); }
FAAS_API int faas_generator_set_seed(void* g, uint64_t seed) {
  return guarded([&] {
    auto& gen = generator(g);
    std::lock_guard<std::mutex> lock(gen.mutex());
    gen.set_current_seed(seed);
  });
}
FAAS_API at::Tensor* faas_generator_state(void* g) {
  return guarded_tensor([&] { return generator(g).get_state(); });
}
FAAS_API int faas_generator_set_state(void* g, void* state) {
  return guarded([&] { generator(g).set_state(tensor(state)); });
}
