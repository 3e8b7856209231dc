// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/program/cli/commands/track/track_output.hpp"

namespace fluxel::cli {

/// Writes observations as arrays of NumPy, an element for each: .npz. Keeps them in memory (33 bytes each) until the
/// end.
class track_arrays : public track_output {
 public:
  /// @param path  where to write. @param name  for messages.
  track_arrays(const std::string& path, const std::string& name) : path_(path), name_(name) {}

  void write(int frame, double seconds, const video::plain_picture& picture,
             const std::vector<observation>& seen) override;
  void finish() override;

 private:
  std::string path_, name_;
  std::int32_t size_[2] = {};
  std::vector<std::int32_t> frames_, ids_;
  std::vector<float> places_, errors_;
  std::vector<std::uint8_t> status_, new_;
  std::vector<double> times_;
};

}  // namespace fluxel::cli
