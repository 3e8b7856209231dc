// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "fluxel/error.hpp"

namespace fluxel::test {

/// What a call that must be refused says.
inline std::string rejection(const std::function<void()>& call, errc code = errc::invalid_argument) {
  try {
    call();
  } catch (const error& e) {
    EXPECT_EQ(static_cast<int>(e.code()), static_cast<int>(code)) << e.what();
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace fluxel::test
