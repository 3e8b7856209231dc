// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "host/program/cli/options/arguments.hpp"
#include "host/program/cli/output_files.hpp"
#include "host/program/video/frames/transform.hpp"

namespace fluxel::cli {

/// Checks everything that can be known without opening a file. @throws video::failure usage
void check_video(const video_arguments& arguments);

/// @throws video::failure usage  the output is one of the inputs, or the file of an option is the output.
void refuse_same_files(const std::vector<std::string>& inputs, const std::string& output);
void refuse_same_outputs(const std::string& option, const std::string& name, const std::string& output);

if_exists rule_of(const video_arguments& arguments);

/// Runs a transform over a video: opens files, shows progress, replaces the output when it is complete.
/// @returns the exit code 0. @throws video::failure, fluxel::error
int run_video(const video_arguments& arguments, video::frame_transform& transform);

/// Whether the outputs of a job take their names when it is done, or wait for another job.
enum class when_done : int { commit = 0, keep = 1 };

/// The same for a transform that has files of its own.
/// @param out    what the video, if any, is written as: with path and kind.
/// @param files  everything that takes its name in the end.
void run_job(const video_arguments& arguments, const video::output_options& out, video::frame_transform& transform,
             output_files& files, when_done done = when_done::commit);

}  // namespace fluxel::cli
