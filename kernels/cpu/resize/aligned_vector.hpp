// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>
#include <vector>

namespace fluxel::kernels {

template <class T>
struct cache_aligned {
  using value_type = T;
  cache_aligned() = default;
  template <class U>
  cache_aligned(const cache_aligned<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
  bool operator==(const cache_aligned&) const { return true; }
};
template <class T>
using aligned_vector = std::vector<T, cache_aligned<T>>;

}  // namespace fluxel::kernels
