// SPDX-License-Identifier: Apache-2.0
// The CUDA backend's memory: zeros, and tables that come from where they are told to.

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "host/plan/recipe.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {
namespace {

TEST(CudaMemory, ClearWritesZerosAndNothingBehindThem) {
  const memory_functions& memory = cuda()->memory;
  std::vector<std::byte> bytes(100, std::byte{7});
  void* p = memory.allocate(bytes.size());
  ASSERT_NE(p, nullptr);
  ASSERT_EQ(memory.upload(p, bytes.data(), bytes.size(), nullptr), status::ok);
  ASSERT_EQ(memory.clear(p, 60, nullptr), status::ok);
  ASSERT_EQ(memory.download(bytes.data(), p, bytes.size(), nullptr), status::ok);
  ASSERT_EQ(memory.synchronize(nullptr), status::ok);
  memory.release(p);
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(bytes[i], i < 60 ? std::byte{0} : std::byte{7}) << i;
}

/// Counts what is taken, and has nothing more after `most` blocks.
struct counted_blocks {
  int taken = 0;
  int most = 1000;
  std::set<void*> held = {};

  table_allocator functions() {
    return {.allocate = [](void* owner, std::size_t bytes) -> void* {
              auto& self = *static_cast<counted_blocks*>(owner);
              if (self.taken == self.most) return nullptr;
              ++self.taken;
              return *self.held.insert(cuda()->memory.allocate(bytes)).first;
            },
            .release =
                [](void* owner, void* p, std::size_t) {
                  EXPECT_EQ(static_cast<counted_blocks*>(owner)->held.erase(p), 1u);
                  cuda()->memory.release(p);
                },
            .owner = this};
  }
};

TEST(CudaMemory, TablesComeFromWhereTheyAreToldTo) {
  for (const filter f : {filter::nearest, filter::bilinear, filter::lanczos3, filter::area})
    for (const element_type type : {element_type::u8, element_type::u16, element_type::f32}) {
      const auto recipe = plan::make_recipe({{90, 70}, {41, 32}, 3, type}, {.filter = f});
      counted_blocks blocks;
      {
        const auto prepared = cuda()->resize.prepare(recipe, blocks.functions());
        ASSERT_NE(prepared, nullptr);
        EXPECT_GE(blocks.held.size(), 2u) << int(f);
      }
      EXPECT_EQ(blocks.held.size(), 0u) << int(f);
      // Whichever block is the first that is not there, the others are given back.
      for (int most = 0; most < blocks.taken; ++most) {
        counted_blocks fewer{.most = most};
        EXPECT_EQ(cuda()->resize.prepare(recipe, fewer.functions()), nullptr) << int(f) << ' ' << most;
        EXPECT_EQ(fewer.held.size(), 0u);
      }
    }
}

}  // namespace
}  // namespace fluxel::kernels
