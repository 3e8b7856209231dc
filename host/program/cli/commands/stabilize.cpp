// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <vector>

#include "fluxel/stabilizer.hpp"
#include "host/program/cli/commands/accepted_pictures.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/choice.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/several_inputs.hpp"
#include "host/program/video/failure.hpp"
#include "host/program/video/frames/working_clock.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

/// Steadies the pictures; results come some pictures later.
class stabilize_transform : public video::frame_transform {
 public:
  stabilize_transform(const stabilize_options& options, const placement& where) : options_(options), where_(where) {}

  video::result_time time() const override { return video::result_time::queued; }
  std::optional<int> reads_device() const override { return cuda_device_of(where_); }

  video::picture_info plan(const video::picture_info& in) override {
    require_whole_pictures(in.format);
    if (in.sample_aspect.num > 0) options_.pixel_aspect = double(in.sample_aspect.num) / in.sample_aspect.den;
    stabilizer_.emplace(in.format, options_, where_);
    format_ = in.format;
    return in;
  }

  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    require_same_size(size_of(in.format), size_of(format_), "stabilize");
    const video::working_stopwatch time(stabilizing_);
    return stabilizer_->advance(in, out);
  }

  bool flush(const frame_view<void>& out) override {
    const video::working_stopwatch time(stabilizing_);
    return stabilizer_->flush(out);
  }

  std::vector<video::step_time> times() const override { return {{"stabilize", stabilizing_}}; }

  std::string processor() const override {
    return stabilizer_ ? describe_processor(stabilizer_->backend(), where_.device) : "";
  }

 private:
  stabilize_options options_;
  placement where_;
  std::optional<stabilizer> stabilizer_;
  frame_format format_;
  double stabilizing_ = 0;  // seconds
};

stabilize_options options_of(const stabilize_arguments& a) {
  stabilize_options o;
  o.model = read_motion_model(a.model);
  o.border = choose<stabilize_border>(
      "--crop", a.crop,
      {{"auto", stabilize_border::crop}, {"none", stabilize_border::black}, {"fill", stabilize_border::fill}});
  o.filter = read_warp_filter(a.filter);
  if (!(a.smoothing >= 1 && a.smoothing <= 100))
    throw failure(fault::usage, "--smoothing: choose a number of frames from 1 to 100");
  o.smoothing = a.smoothing;
  if (!a.margin) return o;
  if (o.border != stabilize_border::crop) throw failure(fault::usage, "--margin goes with --crop auto");
  if (!(*a.margin >= 0 && *a.margin <= 50)) throw failure(fault::usage, "--margin: choose a percentage from 0 to 50");
  o.margin = *a.margin / 100;
  return o;
}

}  // namespace

int stabilize(const stabilize_arguments& a) {
  const stabilize_options options = options_of(a);
  const placement where = placement_of(a.device);
  return run_each(jobs_of(a.video), [&](const video_arguments& job) {
    check_video(job);
    stabilize_transform transform(options, where);
    return run_video(job, transform);
  });
}

}  // namespace fluxel::cli
