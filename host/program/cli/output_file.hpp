// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "host/program/video/job.hpp"

namespace fluxel::cli {

enum class if_exists : int { ask = 0, replace = 1, keep = 2 };

/// Where an output is written, and how it takes its name when it is complete.
///
/// A regular file is written under a temporary name beside it and renamed; symlinks are followed. The files of a
/// sequence, and a playlist with its segments, are written into a temporary folder beside them. Devices, pipes and
/// "-" are written directly. The destructor removes what was not committed.
class output_file {
 public:
  /// @throws video::failure output  it exists and may not be replaced, or the folder cannot be written.
  output_file(const std::string& name, if_exists rule);
  /// A new folder, in which anything may be written.
  /// @throws video::failure output  there is something of this name, other than an empty folder.
  explicit output_file(const std::string& folder);
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  ~output_file() { remove(); }

  video::output_kind kind() const { return kind_; }
  const std::string& path() const { return path_; }  ///< what to write

  void commit();

  /// Removes the temporary files; safe to call while a writer still runs.
  void remove() noexcept;

 private:
  void prepare_file(const std::string& name, if_exists rule);
  void prepare_sequence(const std::string& name, if_exists rule);
  void prepare_folder(const std::string& name, if_exists rule);
  void make_folder(const std::string& beside);
  void commit_folder();

  bool whole_folder_ = false;

  std::string name_;
  std::string path_;
  std::string target_;     // the name it takes, with symlinks followed
  std::string temporary_;  // file or folder to remove
  if_exists rule_;
  video::output_kind kind_ = video::output_kind::file;
};

/// Whether two names lead to the same file. False when either does not exist.
bool same_file(const std::string& a, const std::string& b);

}  // namespace fluxel::cli
