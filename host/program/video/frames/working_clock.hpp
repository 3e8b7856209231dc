// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "fluxel/copy_times.hpp"

namespace fluxel::video {

/// What steps of a transform are timed by. It stands still while frames are copied to a CUDA device and back, as
/// copies are steps of their own (step_time). For one thread.
struct working_clock {
  using duration = std::chrono::duration<double>;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<working_clock>;
  static constexpr bool is_steady = false;

  static time_point now() {
    const copy_times copies = time_of_copies();
    const duration since = std::chrono::steady_clock::now().time_since_epoch();
    return time_point(since - duration(copies.upload + copies.download));
  }
};

/// Adds the time from its making to its end.
class working_stopwatch {
 public:
  explicit working_stopwatch(double& seconds) : seconds_(seconds) {}
  working_stopwatch(const working_stopwatch&) = delete;
  working_stopwatch& operator=(const working_stopwatch&) = delete;
  ~working_stopwatch() { seconds_ += (working_clock::now() - start_).count(); }

 private:
  double& seconds_;
  working_clock::time_point start_ = working_clock::now();
};

}  // namespace fluxel::video
