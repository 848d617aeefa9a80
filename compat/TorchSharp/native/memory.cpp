// Where large CPU tensors lie. glibc maps each block beyond 32 MB anew and unmaps it when freed, so that a network's every large result
// is paid for in page faults: 10 of 16 seconds of system time in a full-size decoding. Here freed blocks are kept for the next tensor of
// half their size or more (of nearly their size, a full-size float32 step took 7 % longer), and blocks lie on huge pages, where the
// system has them.
#include "abi.h"

#ifdef __linux__

#include <ATen/ops/from_blob.h>
#include <ATen/ops/from_file.h>
#include <c10/core/CPUAllocator.h>

#include <sys/mman.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>

namespace {

constexpr size_t kLarge = 1 << 20, kPage = 4 << 10, kHugePage = 2 << 20;
constexpr size_t kLeast = 64 << 20, kMost = 512 << 20;

size_t up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

// Large blocks by size. What is kept idle is bounded: by a quarter of what is in use, mapped files with it, and such that the blocks never
// exceed what was once in use. So keeping raises no peak, and little stays when a model goes.
class LargeBlocks {
 public:
  void* take(size_t n) {
    const size_t size = up(n, kPage);
    std::lock_guard<std::mutex> lock(mutex_);
    auto fit = idle_.lower_bound(size);
    if (fit != idle_.end() && fit->first <= 2 * size) {
      auto [fit_size, block] = *fit;
      idle_.erase(fit);
      idle_bytes_ -= fit_size;
      return use(block.address, fit_size);
    }
    most_in_use_ = std::max(most_in_use_, in_use_ + size);
    trim(most_in_use_ - in_use_ - size);
    return use(map(size), size);
  }

  // False: it is none of these blocks.
  bool give_back(void* address) {
    if (reinterpret_cast<size_t>(address) % kHugePage != 0) return false;
    std::lock_guard<std::mutex> lock(mutex_);
    auto entry = sizes_.find(address);
    if (entry == sizes_.end()) return false;
    const size_t size = entry->second;
    sizes_.erase(entry);
    in_use_ -= size;
    idle_.emplace(size, Idle{address, clock_++});
    idle_bytes_ += size;
    trim(most_idle());
    return true;
  }

  void count_mapped(int64_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    mapped_ += bytes;
    trim(most_idle());
  }

 private:
  struct Idle {
    void* address;
    uint64_t since;
  };

  size_t most_idle() const { return std::min(most_in_use_ - in_use_, std::clamp((in_use_ + mapped_) / 4, kLeast, kMost)); }

  void* use(void* address, size_t size) {
    sizes_[address] = size;
    in_use_ += size;
    most_in_use_ = std::max(most_in_use_, in_use_);
    return address;
  }

  // Unmaps what has been idle longest until no more than limit is left.
  void trim(size_t limit) {
    while (idle_bytes_ > limit) {
      auto oldest = std::min_element(idle_.begin(), idle_.end(), [](auto& a, auto& b) { return a.second.since < b.second.since; });
      munmap(oldest->second.address, oldest->first);
      idle_bytes_ -= oldest->first;
      idle_.erase(oldest);
    }
  }

  static void* map(size_t size) {
    const size_t span = size + kHugePage;
    auto* start = static_cast<char*>(mmap(nullptr, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    TORCH_CHECK(start != MAP_FAILED, "not enough memory: a tensor of ", size, " bytes cannot be allocated");
    auto* block = reinterpret_cast<char*>(up(reinterpret_cast<size_t>(start), kHugePage));
    if (block > start) munmap(start, block - start);
    if (start + span > block + size) munmap(block + size, start + span - block - size);
    madvise(block, size, MADV_HUGEPAGE);
    return block;
  }

  std::mutex mutex_;
  std::multimap<size_t, Idle> idle_;
  std::unordered_map<void*, size_t> sizes_;
  size_t in_use_ = 0, mapped_ = 0, idle_bytes_ = 0, most_in_use_ = 0;
  uint64_t clock_ = 0;
};

LargeBlocks& blocks() {
  static auto* all = new LargeBlocks;  // outlives every tensor
  return *all;
}

// Small ones stay with libtorch's own allocator. oneDNN's buffers come this way too, by raw_allocate and raw_deallocate.
struct BlockAllocator final : c10::Allocator {
  static void release(void* data) {
    if (data != nullptr && !blocks().give_back(data)) c10::GetDefaultCPUAllocator()->raw_deallocate(data);
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
  c10::DataPtr allocate(size_t n) override { return make(n); }
  void copy_data(void* to, const void* from, size_t n) const override { default_copy_data(to, from, n); }
#else
  c10::DataPtr allocate(size_t n) const override { return make(n); }
#endif

 private:
  static c10::DataPtr make(size_t n) {
    void* data = n < kLarge ? c10::GetDefaultCPUAllocator()->raw_allocate(n) : blocks().take(n);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
};

const bool installed = [] {
  static BlockAllocator allocator;
  c10::SetCPUAllocator(&allocator, /*priority=*/1);
  return true;
}();

}  // namespace

// A file's first elements where they lie.
FAAS_API at::Tensor* faas_from_file(const char* path, int shared, int64_t size, int dtype) {
  return faas::guarded_tensor([&] {
    const at::TensorOptions options(static_cast<at::ScalarType>(dtype));
    auto mapped = at::from_file(path, shared != 0, size, options);
    const int64_t bytes = mapped.nbytes();
    blocks().count_mapped(bytes);
    return at::from_blob(mapped.data_ptr(), {size}, [mapped, bytes](void*) { blocks().count_mapped(-bytes); }, options);
  });
}

#endif
