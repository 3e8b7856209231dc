// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/commands/segment/segment_transform.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/several_inputs.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

segment_options options_of(const segment_arguments& a) {
  if (a.flow_side < 16 || a.flow_side > 524288)
    throw failure(fault::usage, "--flow-side: choose a length of at least 16 pixels");
  if (!(a.least_motion >= 0 && a.least_motion <= 512))
    throw failure(fault::usage, "--least-motion: choose pixels per frame from 0 to 512");
  if (!(a.noise >= 0 && a.noise <= 1000)) throw failure(fault::usage, "--noise: choose a factor from 0 to 1000");
  if (!(a.least_area >= 0 && a.least_area <= 100))
    throw failure(fault::usage, "--least-area: choose a percentage from 0 to 100");
  const int min_frames = a.min_frames.value_or(segment_options{}.min_frames);
  if (min_frames < 1 || min_frames > 1000) throw failure(fault::usage, "--min-frames: choose 1 to 1000 pictures");
  return {.model = read_motion_model(a.model),
          .quality = read_quality(a.quality),
          .longest_side = a.flow_side,
          .least_motion = a.least_motion,
          .noise = a.noise,
          .least_area = a.least_area / 100,
          .min_frames = min_frames};
}

void check_results(const segment_arguments& a) {
  if (!a.color.empty() && !a.overlay) throw failure(fault::usage, "--color goes with --overlay");
  if (!a.color.empty() && !video::is_color(a.color))
    throw failure(fault::usage, "--color " + a.color + ": is not a color; write red, #2040ff or 0x2040ff");
  if (a.min_frames && a.boxes.empty()) throw failure(fault::usage, "--min-frames goes with --boxes");
  if (a.boxes.empty()) return;
  if (!a.video.output_dir.empty()) throw failure(fault::usage, "--boxes goes with one input");
  if (a.boxes == "-" && a.video.json)
    throw failure(fault::usage, "--json writes to standard output, as --boxes - does: name a file");
  refuse_same_files({a.video.input}, a.boxes);
  if (!a.video.frame_md5.empty()) refuse_same_outputs("--frame-md5", a.video.frame_md5, a.boxes);
}

/// Boxes alone: the list is the output.
bool is_list_alone(const segment_arguments& a, video_arguments& job) {
  if (!job.output.empty() || a.boxes.empty()) return false;
  if (a.mask || a.overlay) throw failure(fault::usage, "name an output for the pictures: fluxel segment IN OUT");
  job.output = a.boxes;
  return true;
}

int run(const segment_arguments& a, const segment_options& options, const placement& where, video_arguments job) {
  const bool alone = is_list_alone(a, job);
  check_video(job);
  if (!alone && !a.boxes.empty()) refuse_same_outputs("--boxes", a.boxes, job.output);
  video::check_input(input_options_of(job));
  video::output_options out = output_options_of(job);
  output_files files;
  segment_results results{.overlay = a.overlay, .color = a.color.empty() ? "red" : a.color, .boxes = {}};
  if (alone) {
    out.kind = video::output_kind::nothing;
  } else {
    const output_file& file = files.add(job.output, rule_of(job));
    out.path = file.path();
    out.kind = file.kind();
    if (!a.overlay) out.drawn = video::drawing::mask;
  }
  if (!a.boxes.empty()) results.boxes.emplace(files.add(a.boxes, rule_of(job)).path(), a.boxes);
  if (!job.frame_md5.empty()) out.frame_md5 = files.add(job.frame_md5, rule_of(job)).path();
  segment_transform transform(options, std::move(results), where);
  run_job(job, out, transform, files);
  return 0;
}

}  // namespace

int segment(const segment_arguments& a) {
  check_results(a);
  const segment_options options = options_of(a);
  const placement where = placement_of(a.device);
  return run_each(jobs_of(a.video), [&](const video_arguments& job) { return run(a, options, where, job); });
}

}  // namespace fluxel::cli
