// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "fluxel/device.hpp"
#include "fluxel/global_motion.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/resize_options.hpp"
#include "fluxel/warp.hpp"
#include "host/program/cli/options/arguments.hpp"
#include "host/program/flow_files/flow_pictures.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::cli {

// Each reads the value of an option. @throws video::failure usage  with the option's name and what it takes.

filter read_filter(const std::string& text);
coordinates read_coordinates(const std::string& text);
chroma_location read_chroma_location(const std::string& text);

/// Nothing for "auto": as the file says.
std::optional<transfer_function> read_transfer(const std::string& text);

flow_quality read_quality(const std::string& text);
motion_model read_motion_model(const std::string& text);
warp_filter read_warp_filter(const std::string& text);

enum class flow_algorithm : int { horn_schunck = 0, lucas_kanade = 1 };
flow_algorithm read_flow_method(const std::string& text);

enum class flow_mode : int { tuned = 0, multiscale = 1, classic = 2 };
flow_mode read_flow_mode(const std::string& text);

flow_start read_flow_start(const std::string& text);

/// full, auto or LOW:HIGH
video::range_choice read_range(const std::string& text);

enum class flow_format : int { flo = 0, kitti = 1, color = 2, npy = 3, exr = 4 };
flow_format read_flow_format(const std::string& text);

struct device_choice {
  run_on where = run_on::automatic;
  int index = -1;
};
/// @throws video::failure device  CUDA was asked for and is not there.
device_choice read_device(const std::string& text);

/// Where --device and --threads say that the library runs. The device gets ready meanwhile; whether it is there shows
/// when it is used (require_device). @throws video::failure usage
placement placement_of(const device_arguments& arguments);

/// Whether frames go to a CUDA device there.
bool runs_on_cuda(const placement& where);
/// The number of that device; nothing: they go to none.
std::optional<int> cuda_device_of(const placement& where);

/// "on the CPU (AVX2)", "on NVIDIA H200". @param index  the device, or -1 for the current one.
std::string describe_processor(backend where, int index);

/// B and C of "--cubic-bc", each within 0 and 1: "1/3,1/3".
std::pair<double, double> read_cubic_bc(const std::string& text);

video::input_options input_options_of(const video_arguments& arguments);

/// Everything but the path and kind.
video::output_options output_options_of(const video_arguments& arguments);

/// Whether a file's name ends so, in upper or lower case. @param ending  in lower case, with its dot.
bool has_ending(const std::string& name, const std::string& ending);

/// Packed R, G, B of 8 bits.
frame_format rgb24(size picture);

}  // namespace fluxel::cli
