// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {
namespace {

TEST(Target, EveryListedOneCanBeForced) {
  const auto names = cpu_targets();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.back(), "scalar");
  for (const auto& name : names) {
    EXPECT_TRUE(force_cpu_target(name));
    EXPECT_EQ(cpu_target(), name);
  }
  EXPECT_FALSE(force_cpu_target("no such target"));
  EXPECT_TRUE(force_cpu_target(""));
  EXPECT_EQ(cpu_target(), names.front());
}

}  // namespace
}  // namespace fluxel::kernels
