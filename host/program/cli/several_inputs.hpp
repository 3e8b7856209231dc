// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "host/program/cli/options/arguments.hpp"

namespace fluxel::cli {

/// The jobs that a command line asks for: one, or with --output-dir one for each input, whose outputs are named after
/// them. Makes that folder. @throws video::failure usage, output
std::vector<video_arguments> jobs_of(const video_arguments& arguments);

/// Runs them one after the other. Of several, one that fails is said and does not stop the others.
/// @returns the exit code: that of the first failure, or 0.
int run_each(const std::vector<video_arguments>& jobs, const std::function<int(const video_arguments&)>& run);

}  // namespace fluxel::cli
