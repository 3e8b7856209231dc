// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace fluxel::video {

/// Whose fault a failure is; the values are the exit codes of the program.
enum class fault : int { negative = 1, usage = 2, input = 3, device = 4, output = 5, internal = 70 };

/// What stops a job. `what()` is one line that says what to do.
class failure : public std::runtime_error {
 public:
  failure(enum fault fault, const std::string& message) : std::runtime_error(message), fault_(fault) {}
  enum fault fault() const noexcept { return fault_; }

 private:
  enum fault fault_;
};

/// Thrown through the pipeline when the caller cancelled the job.
struct cancelled {};

}  // namespace fluxel::video
