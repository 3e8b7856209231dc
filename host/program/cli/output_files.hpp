// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>

#include "host/program/cli/output_file.hpp"

namespace fluxel::cli {

/// The outputs of a job: all take their names when it has succeeded, none before.
class output_files {
 public:
  /// As output_file. The reference stays valid.
  output_file& add(const std::string& name, if_exists rule) { return files_.emplace_back(name, rule); }

  output_file& add_folder(const std::string& name) { return files_.emplace_back(name); }

  void commit() {
    for (output_file& f : files_) f.commit();
  }
  void remove() noexcept {
    for (output_file& f : files_) f.remove();
  }

 private:
  std::deque<output_file> files_;
};

}  // namespace fluxel::cli
