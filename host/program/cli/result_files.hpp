// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "host/program/cli/output_file.hpp"

namespace fluxel::cli {

/// The names under which a command writes one file per result.
class result_files {
 public:
  /// @param name  as the user wrote it. @param example  a name of a sequence, for the message that asks for one.
  result_files(const std::string& name, const output_file& file, int start_number, const std::string& example);

  struct place {
    std::string path;  ///< where to write
    std::string name;  ///< for messages
  };
  /// @throws video::failure usage  a second result for a name that holds one.
  place next();

 private:
  std::string name_;
  std::string path_;
  video::output_kind kind_;
  int number_;
  std::string example_;
  bool used_ = false;
};

}  // namespace fluxel::cli
