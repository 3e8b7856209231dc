// SPDX-License-Identifier: Apache-2.0
// Memory of objects on the CPU begins as zeros at an aligned place, whatever its size and whoever gives it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "fluxel/error.hpp"
#include "host/core/object_memory.hpp"

namespace {

using namespace fluxel;
using host::object_memory;

bool all_zeros(const void* p, std::size_t bytes) {
  const auto* first = static_cast<const unsigned char*>(p);
  return std::all_of(first, first + bytes, [](unsigned char byte) { return byte == 0; });
}

/// Twice each: the second time what comes may have been used before.
void expect_zeros(object_memory& memory) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 16, (std::size_t{1} << 20) - 1,
                                  std::size_t{1} << 20, (std::size_t{5} << 20) + 3, std::size_t{40} << 20})
    for (int time = 0; time < 2; ++time) {
      void* p = memory.allocate(backend::cpu, bytes, nullptr, "test");
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 64, 0u) << bytes;
      EXPECT_TRUE(all_zeros(p, bytes)) << bytes;
      EXPECT_EQ(memory.bytes_held(), bytes);
      std::memset(p, 0xa5, bytes);
      memory.release(backend::cpu, p, bytes);
      EXPECT_EQ(memory.bytes_held(), 0u);
    }
}

TEST(ObjectMemory, OfTheLibraryBeginsAsZeros) {
  object_memory memory;
  expect_zeros(memory);
}

TEST(ObjectMemory, OfTheCallerBeginsAsZeros) {
  const memory_resource dirty{
      .allocate = [](void*, std::size_t bytes, std::size_t alignment, CUstream_st*) -> void* {
        void* p = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
        return p == nullptr ? p : std::memset(p, 0x5a, bytes);
      },
      .deallocate = [](void*, void* p, std::size_t, std::size_t, CUstream_st*) { std::free(p); }};
  object_memory memory({.host_memory = dirty}, -1);
  expect_zeros(memory);
}

TEST(ObjectMemory, TooMuchIsAnError) {
  object_memory memory;
  EXPECT_THROW(memory.allocate(backend::cpu, SIZE_MAX - 8, nullptr, "test"), error);
  EXPECT_THROW(memory.allocate(backend::cpu, SIZE_MAX / 2, nullptr, "test"), error);
  EXPECT_EQ(memory.bytes_held(), 0u);
}

}  // namespace
