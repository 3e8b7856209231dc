// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <tuple>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/resize/resize_transform.hpp"
#include "host/program/cli/options/sizes.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/several_inputs.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/job.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

size_request request_of(const resize_arguments& a) {
  size_request request;
  if (!a.crop.empty()) request.crop = read_crop(a.crop);
  request.square_pixels = a.square_pixels;
  request.fit = read_fit(a.fit);
  if (!a.scale.empty())
    request.scale = read_factor(a.scale);
  else if (!a.size.empty())
    read_size(a.size, request);
  else if (request.crop || request.square_pixels)
    request.scale = 1;
  else
    throw failure(fault::usage, "say how large: --size 1280x720, --size 1280x-2, --size 720p or --scale 0.5");
  if (!a.fit.empty() && request.displayed == size{})
    throw failure(fault::usage, "--fit goes with --size WxH, not with a factor or the length of one side");
  if (!a.pad_color.empty() && request.fit != fit::pad) throw failure(fault::usage, "--pad-color goes with --fit pad");
  if (!a.pad_color.empty() && !video::is_color(a.pad_color))
    throw failure(fault::usage, "--pad-color " + a.pad_color + ": is not a color; write white, #2040ff or red@0.5");
  return request;
}

resize_options options_of(const resize_arguments& a) {
  resize_options o;
  o.filter = read_filter(a.filter);
  o.coordinates = read_coordinates(a.coordinates);
  o.antialias = a.antialias && o.filter != filter::nearest ? antialias::yes : antialias::no;
  if (!a.cubic_bc.empty()) {
    if (o.filter != filter::mitchell) throw failure(fault::usage, "--cubic-bc goes with --filter mitchell");
    std::tie(o.cubic_b, o.cubic_c) = read_cubic_bc(a.cubic_bc);
  }
  if (!a.cubic_a) return o;
  if (o.filter != filter::bicubic) throw failure(fault::usage, "--cubic-a goes with --filter bicubic");
  if (!(*a.cubic_a >= -2 && *a.cubic_a <= 0)) throw failure(fault::usage, "--cubic-a: choose a number from -2 to 0");
  o.cubic_a = *a.cubic_a;
  return o;
}

void refuse_contradictions(const size_request& request, const resize_options& options) {
  if (options.coordinates != coordinates::align_corners) return;
  const char* option = request.crop ? "--crop" : request.fit == fit::cover ? "--fit cover" : nullptr;
  if (option != nullptr)
    throw failure(fault::usage, std::string(option) + " does not go with --coordinates align_corners");
}

}  // namespace

int resize(const resize_arguments& a) {
  const size_request request = request_of(a);
  const resize_options options = options_of(a);
  refuse_contradictions(request, options);
  const auto transfer = a.linear_light.empty() ? std::nullopt : read_transfer(a.linear_light);
  const placement where = placement_of(a.device);
  return run_each(jobs_of(a.video), [&](const video_arguments& job) {
    check_video(job);
    resize_transform transform(request, options, where);
    if (!a.pad_color.empty()) transform.use_bars(a.pad_color);
    if (!a.linear_light.empty()) transform.use_linear_light(transfer);
    return run_video(job, transform);
  });
}

}  // namespace fluxel::cli
