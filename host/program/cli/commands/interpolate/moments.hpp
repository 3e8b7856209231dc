// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "host/program/video/frames/retimer.hpp"

namespace fluxel::cli {

/// What is asked for.
struct wanted_moments {
  std::optional<video::ratio> rate;  ///< frames per second; else by the factor
  int factor = 1;                    ///< so many frames for each of the input
  bool slow = false;                 ///< at the input's rate: the result lasts longer
};

/// The times of results between pictures, exact: in whole ticks of the input's clock, or of one that divides it.
class moments {
 public:
  explicit moments(const wanted_moments& wanted) : wanted_(wanted) {}

  video::stream_clock plan(const video::stream_clock& in);

  /// The span from one picture to the next. @param frames  of the input that it lasts: more than 1 where repeated
  /// ones have been taken together
  void open(std::int64_t start, std::int64_t end, int frames);

  struct result {
    video::shown_time time;
    double moment;  ///< in the span: 0 to 1
  };
  /// Of the open span, in order; nothing when all of them have been told.
  std::optional<result> next();

 private:
  std::optional<result> next_of_rate();
  std::optional<result> next_of_factor();

  wanted_moments wanted_;
  video::ratio in_tick_{};
  std::int64_t start_ = 0, end_ = 0;
  std::int64_t at_ = 0;                 ///< of the factor: results of the span so far
  std::int64_t parts_ = 0;              ///< of the factor: results of the span
  std::optional<std::int64_t> number_;  ///< of the rate: ticks from 0
};

}  // namespace fluxel::cli
