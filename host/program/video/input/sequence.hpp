// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace fluxel::video {

/// The name of a numbered sequence of files: "shots/frame%04d.png".
class sequence_name {
 public:
  /// Nothing when the file part of the name does not hold exactly one %d or %0Nd.
  static std::optional<sequence_name> parse(const std::string& name);

  /// The name of one file.
  std::string file(int number) const;

  /// The numbers of the files that exist, in order.
  std::vector<int> existing() const;

  /// Whether an existing file is one of this sequence.
  bool contains(const std::string& path) const;

  /// As FFmpeg reads it, in another folder: what is not the number is protected.
  std::string ffmpeg_pattern(const std::string& folder) const;

  const std::string& folder() const { return folder_; }  ///< with its last '/', or empty

 private:
  std::optional<int> number_of(const std::string& file) const;

  std::string folder_;
  std::string prefix_;
  std::string suffix_;
  int digits_ = 0;
};

}  // namespace fluxel::video
