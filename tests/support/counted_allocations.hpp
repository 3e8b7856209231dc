// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counts every operator new of the program that includes this, in one of its sources.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "fluxel/placement.hpp"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
void* counted_or_throw(std::size_t bytes, std::size_t alignment) {
  if (void* p = counted(bytes, alignment)) return p;
  throw std::bad_alloc();
}

constexpr std::size_t usual = alignof(std::max_align_t);

}  // namespace

// Not inlined: beside an inlined operator new, GCC warns that what it returns goes to free.
#define FLUXEL_COUNTED __attribute__((noinline))
FLUXEL_COUNTED void* operator new(std::size_t n) { return counted_or_throw(n, usual); }
FLUXEL_COUNTED void* operator new[](std::size_t n) { return counted_or_throw(n, usual); }
FLUXEL_COUNTED void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return counted(n, usual); }
FLUXEL_COUNTED void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return counted(n, usual); }
FLUXEL_COUNTED void* operator new(std::size_t n, std::align_val_t a) { return counted_or_throw(n, std::size_t(a)); }
FLUXEL_COUNTED void* operator new[](std::size_t n, std::align_val_t a) { return counted_or_throw(n, std::size_t(a)); }
FLUXEL_COUNTED void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return counted(n, std::size_t(a));
}
FLUXEL_COUNTED void operator delete(void* p) noexcept { std::free(p); }
FLUXEL_COUNTED void operator delete[](void* p) noexcept { std::free(p); }
FLUXEL_COUNTED void operator delete(void* p, std::size_t) noexcept { std::free(p); }
FLUXEL_COUNTED void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
FLUXEL_COUNTED void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
FLUXEL_COUNTED void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
FLUXEL_COUNTED void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
FLUXEL_COUNTED void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace fluxel::test {
namespace {

/// What a call allocates after two calls have warmed everything up.
template <class Call>
long allocations_of(Call&& call) {
  call();
  call();
  const long before = allocations;
  call();
  return allocations - before;
}

constexpr placement alone{.processor = run_on::cpu, .threads = 1};  // the scheduler has memory of its own

}  // namespace
}  // namespace fluxel::test
