// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "host/program/cli/json.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::cli {

/// Shows on standard error how far a job is.
class progress {
 public:
  enum class style : int {
    none = 0,
    lines = 1,  ///< a line every few seconds
    bar = 2,    ///< one line of a terminal, which is written again and again
    json = 3,   ///< a JSON object on a line of its own, twice a second; notes too
  };

  progress(const video::monitor& monitor, style style);

  /// Call it often; it decides when to show something.
  void update();

  /// A line for the user; the bar makes room for it.
  void note(const std::string& text);

  /// The last line.
  void finish(const video::summary& summary, const std::string& output, const std::string& processor);

  /// What finish says, for programs.
  json_object describe(const video::summary& summary, const std::string& processor) const;

  /// Wipes the bar.
  void clear();

 private:
  struct state {
    double seconds, rate;
    double done;       ///< from 0 to 1; negative: the length is unknown
    double remaining;  ///< seconds; negative: unknown
  };
  state now() const;
  std::string line(int width) const;
  std::string json(std::optional<double> done = {}) const;

  using clock = std::chrono::steady_clock;
  const video::monitor& monitor_;
  style style_;
  clock::time_point start_ = clock::now();
  clock::time_point last_ = start_;
  std::vector<std::string> notes_;
  bool shown_ = false;
};

/// The value of "--progress", where "auto" is a bar on a terminal and lines elsewhere. @throws video::failure usage
progress::style read_progress(const std::string& text, bool quiet);

}  // namespace fluxel::cli
