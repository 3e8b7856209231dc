// SPDX-License-Identifier: Apache-2.0
#include "host/core/object_memory.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

namespace {

/// From here on the C library takes a block from the system, which gives zeros: a page costs something when it is
/// first used, and then on the thread that uses it. What an object never touches costs nothing.
constexpr std::size_t large = std::size_t{1} << 20;

/// Zeros; before them, where the block begins. nullptr when there is no memory.
void* allocate_large(std::size_t bytes) {
  constexpr std::size_t room = object_memory::alignment + sizeof(void*);
  if (bytes > SIZE_MAX - room) return nullptr;
  void* const block = std::calloc(bytes + room, 1);
  if (block == nullptr) return nullptr;
  void* p = static_cast<void**>(block) + 1;
  std::size_t left = bytes + object_memory::alignment;
  std::align(object_memory::alignment, bytes, p, left);
  static_cast<void**>(p)[-1] = block;
  return p;
}

void* allocate_zeros(std::size_t bytes) {
  if (bytes >= large) return allocate_large(bytes);
  void* const p = kernels::cpu().memory.allocate(bytes);
  return p == nullptr ? nullptr : std::memset(p, 0, bytes);
}

void release_zeros(void* p, std::size_t bytes) noexcept {
  bytes >= large ? std::free(static_cast<void**>(p)[-1]) : kernels::cpu().memory.release(p);
}

}  // namespace

void* object_memory::allocate(backend b, std::size_t bytes, CUstream_st* stream, const char* function) {
  const device_scope scope(b == backend::cuda ? device_ : -1, function);
  const memory_resource& from = b == backend::cuda ? device_resource_ : host_resource_;
  const bool own = from.allocate == nullptr;
  void* p = !own                ? from.allocate(from.context, bytes, alignment, stream)
            : b == backend::cpu ? allocate_zeros(bytes)
                                : cuda_table(function).memory.allocate(bytes);
  if (p == nullptr) throw_out_of_memory(function);
  // Vectors read the padding behind rows: what is never written is zeros, and no tool reports it as uninitialised.
  if (b == backend::cpu && !own) std::memset(p, 0, bytes);
  held_ += bytes;
  return p;
}

void object_memory::release(backend b, void* p, std::size_t bytes) noexcept {
  const memory_resource& from = b == backend::cuda ? device_resource_ : host_resource_;
  const int previous = b == backend::cuda && device_ >= 0 ? kernels::cuda_current_device() : -1;
  if (previous >= 0) kernels::cuda_bind_device(device_);
  if (from.deallocate != nullptr)
    from.deallocate(from.context, p, bytes, alignment, nullptr);
  else if (b == backend::cpu)
    release_zeros(p, bytes);
  else
    kernels::cuda()->memory.release(p);
  if (previous >= 0) kernels::cuda_bind_device(previous);
  held_ -= bytes;
}

kernels::table_allocator object_memory::for_tables(backend b) {
  if (b == backend::cpu) return {};
  return {.allocate = [](void* owner, std::size_t bytes) -> void* {
            try {
              return static_cast<object_memory*>(owner)->allocate(backend::cuda, bytes, nullptr, "fluxel");
            } catch (const error&) {
              return nullptr;  // what prepares says so by its own result
            }
          },
          .release = [](void* owner, void* p,
                        std::size_t bytes) { static_cast<object_memory*>(owner)->release(backend::cuda, p, bytes); },
          .owner = this};
}

object_memory& own_memory() {
  static object_memory own;
  return own;
}

device_buffer::device_buffer(device_buffer&& other) noexcept
    : backend_(other.backend_),
      memory_(other.memory_),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

device_buffer::~device_buffer() {
  if (data_ != nullptr) memory_->release(backend_, data_, bytes_);
}

void* device_buffer::reserve(std::size_t bytes, const char* function, CUstream_st* stream) {
  if (bytes <= bytes_) return data_;
  if (data_ != nullptr) memory_->release(backend_, std::exchange(data_, nullptr), std::exchange(bytes_, 0));
  data_ = memory_->allocate(backend_, bytes, stream, function);
  bytes_ = bytes;
  return data_;
}

void device_buffer::clear(const char* function) {
  if (backend_ == backend::cpu || data_ == nullptr) return;
  const auto& memory = cuda_table(function).memory;
  check(memory.clear(data_, bytes_, nullptr), function);
  check(memory.synchronize(nullptr), function);
}

}  // namespace fluxel::host
