// SPDX-License-Identifier: Apache-2.0
#pragma once

// Memory that a call works in. What a thread gives back stays with it for the next call, so that calls of a size seen
// before allocate nothing; a thread's memory is freed when the thread ends.

#include <cstddef>
#include <vector>

namespace fluxel::kernels {

/// Aligned to cache lines. @throws std::bad_alloc
void* take_working_memory(std::size_t bytes);
void give_back_working_memory(void* p, std::size_t bytes) noexcept;

template <class T>
struct working_allocator {
  using value_type = T;
  working_allocator() = default;
  template <class U>
  working_allocator(const working_allocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(take_working_memory(n * sizeof(T))); }
  void deallocate(T* p, std::size_t n) noexcept { give_back_working_memory(p, n * sizeof(T)); }
  bool operator==(const working_allocator&) const { return true; }
};

template <class T>
using working_vector = std::vector<T, working_allocator<T>>;

/// Elements that nobody has written yet.
template <class T>
class working_space {
 public:
  explicit working_space(std::size_t n) : n_(n), data_(working_allocator<T>().allocate(n)) {}
  working_space(const working_space&) = delete;
  ~working_space() { working_allocator<T>().deallocate(data_, n_); }
  T* data() { return data_; }

 private:
  std::size_t n_;
  T* data_;
};

}  // namespace fluxel::kernels
