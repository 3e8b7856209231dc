// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <concepts>
#include <type_traits>

namespace emulation {

template <class T, class F>
T atomic_update(T* p, F&& next) {
  std::atomic_ref<T> word(*p);
  T old = word.load(std::memory_order_relaxed);
  while (!word.compare_exchange_weak(old, next(old), std::memory_order_relaxed)) {
  }
  return old;
}

}  // namespace emulation

// Integers only: a float sum that depends on the order of its terms breaks parity.
template <std::integral T>
T atomicAdd(T* p, std::type_identity_t<T> v) {
  return std::atomic_ref<T>(*p).fetch_add(v, std::memory_order_relaxed);
}
template <std::integral T>
T atomicSub(T* p, std::type_identity_t<T> v) {
  return std::atomic_ref<T>(*p).fetch_sub(v, std::memory_order_relaxed);
}
template <std::integral T>
T atomicAnd(T* p, std::type_identity_t<T> v) {
  return std::atomic_ref<T>(*p).fetch_and(v, std::memory_order_relaxed);
}
template <std::integral T>
T atomicOr(T* p, std::type_identity_t<T> v) {
  return std::atomic_ref<T>(*p).fetch_or(v, std::memory_order_relaxed);
}
template <std::integral T>
T atomicXor(T* p, std::type_identity_t<T> v) {
  return std::atomic_ref<T>(*p).fetch_xor(v, std::memory_order_relaxed);
}
template <std::integral T>
T atomicExch(T* p, std::type_identity_t<T> v) {
  return std::atomic_ref<T>(*p).exchange(v, std::memory_order_relaxed);
}
template <std::integral T>
T atomicMin(T* p, std::type_identity_t<T> v) {
  return emulation::atomic_update(p, [v](T old) { return v < old ? v : old; });
}
template <std::integral T>
T atomicMax(T* p, std::type_identity_t<T> v) {
  return emulation::atomic_update(p, [v](T old) { return old < v ? v : old; });
}
template <std::integral T>
T atomicCAS(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> desired) {
  std::atomic_ref<T>(*p).compare_exchange_strong(expected, desired, std::memory_order_relaxed);
  return expected;
}
inline unsigned atomicInc(unsigned* p, unsigned limit) {
  return emulation::atomic_update(p, [limit](unsigned old) { return old >= limit ? 0 : old + 1; });
}
