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

/// Expects that a call is refused as invalid, and that its error names the argument.
inline void expect_rejected(const std::function<void()>& call, const std::string& argument) {
  const std::string said = rejection(call);
  EXPECT_NE(said.find(": " + argument + ": "), std::string::npos) << argument << ": " << said;
}

}  // namespace fluxel::test
