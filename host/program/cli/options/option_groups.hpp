// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "host/program/cli/options/arguments.hpp"

namespace fluxel::cli {

// Groups of options that several commands take.

void add_files(CLI::App& app, video_arguments& arguments);      ///< IN and OUT, -y, -n
void add_replacing(CLI::App& app, video_arguments& arguments);  ///< -y, -n
void add_time(CLI::App& app, video_arguments& arguments);       ///< the part of the input
void add_damage(CLI::App& app, video_arguments& arguments);     ///< what becomes of a damaged input; part of add_time
void add_streams(CLI::App& app, video_arguments& arguments);    ///< what is kept beside the pictures
void add_deinterlacing(CLI::App& app, video_arguments& arguments);
void add_decoding(CLI::App& app, video_arguments& arguments);  ///< who decodes
void add_every(CLI::App& app, video_arguments& arguments);
void add_chroma(CLI::App& app, video_arguments& arguments);  ///< where its chroma samples sit
void add_encoding(CLI::App& app, video_arguments& arguments);
void add_running(CLI::App& app, device_arguments& arguments);
void add_quiet(CLI::App& app, video_arguments& arguments);
/// --quiet, --frame-md5, --json. @param checked  of what the checksums are.
void add_reporting(CLI::App& app, video_arguments& arguments, const std::string& checked);
/// What commands that write pictures end with: chroma, streams, encoding, running, reporting.
void add_writing(CLI::App& app, video_arguments& arguments, device_arguments& device);

}  // namespace fluxel::cli
