// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `time_of_copies` tells is measured here.

#include <chrono>

namespace fluxel::host {

/// Counts the time from its making to its end as that of copies.
class copy_stopwatch {
 public:
  enum class direction { upload, download };
  explicit copy_stopwatch(direction d) : direction_(d) {}
  copy_stopwatch(const copy_stopwatch&) = delete;
  copy_stopwatch& operator=(const copy_stopwatch&) = delete;
  ~copy_stopwatch();

 private:
  using clock = std::chrono::steady_clock;
  direction direction_;
  clock::time_point start_ = clock::now();
};

}  // namespace fluxel::host
