// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdio>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/interpolate/interpolate_transform.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/several_inputs.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

wanted_moments read_moments(const interpolate_arguments& a) {
  if (a.factor) return {.factor = *a.factor};
  if (a.slow) return {.factor = *a.slow, .slow = true};
  if (a.video.fps.empty())
    throw failure(fault::usage, "say how many frames: --fps 60, --factor 2, or --slow 4 for slow motion");
  const auto rate = video::parse_rate(a.video.fps);
  if (!rate)
    throw failure(fault::usage,
                  "--fps " + a.video.fps + ": write frames per second, up to 1000, for example 60 or 60000/1001");
  return {.rate = rate};
}

interpolation_options read_options(const interpolate_arguments& a) {
  if (a.flow_side < 16) throw failure(fault::usage, "--flow-side: choose a length of at least 16 pixels");
  if (!(a.cut >= 0 && a.cut <= 255)) throw failure(fault::usage, "--cut: choose grey levels from 0 to 255");
  return {.quality = read_quality(a.quality), .longest_side = a.flow_side, .cut_difference = a.cut};
}

}  // namespace

int interpolate(const interpolate_arguments& a) {
  const wanted_moments wanted = read_moments(a);
  const interpolation_options options = read_options(a);
  const placement where = placement_of(a.device);
  interpolate_arguments changed = a;
  if (wanted.slow) {
    changed.video.no_audio = changed.video.no_subtitles = true;
    changed.video.stretch = wanted.factor;
    if (!a.video.quiet && !a.video.no_audio)
      std::fprintf(stderr, "fluxel: --slow leaves sound and subtitles out: they would not keep pace\n");
  }
  return run_each(jobs_of(changed.video), [&](const video_arguments& job) {
    check_video(job);
    interpolate_transform transform(wanted, options, a.dedup, where);
    return run_video(job, transform);
  });
}

}  // namespace fluxel::cli
