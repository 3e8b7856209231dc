// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "host/program/cli/commands/track/track_output.hpp"

namespace fluxel::cli {

/// Writes observations as text: CSV with a heading, or JSON, an object per line. New columns go to the end: programs
/// that count columns keep theirs.
class track_list : public track_output {
 public:
  enum class kind : int { csv = 0, json_lines = 1 };

  /// @param path  "-" for standard output. @param name  for messages. @throws video::failure output
  track_list(const std::string& path, const std::string& name, kind kind);

  /// Times are written to the microsecond.
  void write(int frame, double seconds, const video::plain_picture& picture,
             const std::vector<observation>& seen) override;
  void finish() override;

 private:
  void put(const std::string& text);
  void check(bool good) const;

  std::string name_;
  kind kind_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace fluxel::cli
