// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "host/program/video/job.hpp"

namespace fluxel::cli {

/// Shows on standard error how far a job is: a bar on a terminal, a line every few seconds elsewhere.
class progress {
 public:
  enum class style : int { none = 0, lines = 1, bar = 2 };

  progress(const video::monitor& monitor, style style);

  /// Call it often; it decides when to show something.
  void update();

  /// A line for the user; the bar makes room for it.
  void note(const std::string& text);

  /// The last line.
  void finish(const video::summary& summary, const std::string& output, const std::string& processor);

  /// Wipes the bar.
  void clear();

  static style choose(bool quiet);

 private:
  std::string state() const;

  using clock = std::chrono::steady_clock;
  const video::monitor& monitor_;
  style style_;
  clock::time_point start_ = clock::now();
  clock::time_point last_ = start_;
  bool shown_ = false;
};

}  // namespace fluxel::cli
