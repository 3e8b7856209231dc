// SPDX-License-Identifier: Apache-2.0
#include "host/program/cli/result_files.hpp"

#include <utility>

#include "host/program/video/failure.hpp"
#include "host/program/video/input/sequence.hpp"

namespace fluxel::cli {

result_files::result_files(const std::string& name, const output_file& file, int start_number,
                           const std::string& example)
    : name_(name), path_(file.path()), kind_(file.kind()), number_(start_number), example_(example) {}

result_files::place result_files::next() {
  if (kind_ == video::output_kind::sequence) {
    const int n = number_++;
    return {video::sequence_name::parse(path_)->file(n), video::sequence_name::parse(name_)->file(n)};
  }
  if (kind_ == video::output_kind::file && std::exchange(used_, true))
    throw video::failure(
        video::fault::usage,
        name_ + ": is one file, and the input has more than two pictures; name " + "a sequence such as " + example_);
  return {path_, name_};
}

}  // namespace fluxel::cli
