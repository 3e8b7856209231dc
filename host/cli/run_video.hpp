#pragma once

#include "host/cli/arguments.hpp"
#include "host/video/transform.hpp"

namespace fluxel::cli {

/// Checks everything that can be known without opening a file. @throws video::failure usage
void check_video(const video_arguments& arguments);

/// Runs a transform over a video: opens files, shows progress, replaces the output when it is complete.
/// @returns the exit code 0. @throws video::failure, fluxel::error
int run_video(const video_arguments& arguments, video::frame_transform& transform);

}  // namespace fluxel::cli
