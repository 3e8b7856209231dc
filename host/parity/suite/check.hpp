// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "host/parity/suite/backend.hpp"
#include "host/parity/suite/case.hpp"

namespace fluxel::parity {

/// What kernels::scalar() writes: packed pixels of every output, NaNs made alike.
struct truth {
  std::vector<std::vector<std::byte>> pixels;
  std::uint64_t hash = 0;
  std::string problem;  ///< empty, or why there is no truth
};

struct verdict {
  std::string problem;     ///< empty when equal
  std::size_t bytes = 0;   ///< compared with the truth, padding included
  std::uint64_t hash = 0;  ///< of this backend's own pixels
};

/// Tells cases apart: description, layouts and input pixels.
std::uint64_t input_hash(const test_case& c);

truth run_truth(const test_case& c);

/// Runs the case on every stream of the backend at once, `repeats` times, and compares each result.
verdict run_backend(const test_case& c, const truth& expected, const backend& b);

}  // namespace fluxel::parity
