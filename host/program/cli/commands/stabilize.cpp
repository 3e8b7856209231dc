// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <optional>
#include <string>

#include "fluxel/stabilizer.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/several_inputs.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

using video::failure;
using video::fault;

/// Steadies the pictures; results come some pictures later.
class stabilize_transform : public video::frame_transform {
 public:
  stabilize_transform(const stabilize_options& options, const placement& where) : options_(options), where_(where) {}

  video::result_time time() const override { return video::result_time::queued; }

  video::picture_info plan(const video::picture_info& in) override {
    if (in.format.fields != field_order::progressive)
      throw failure(fault::input,
                    "the pictures are interlaced, and their lines are of two moments: --deinterlace makes whole "
                    "pictures of them");
    if (in.sample_aspect.num > 0) options_.pixel_aspect = double(in.sample_aspect.num) / in.sample_aspect.den;
    stabilizer_.emplace(in.format, options_, where_);
    format_ = in.format;
    return in;
  }

  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    if (in.format.width != format_.width || in.format.height != format_.height)
      throw failure(fault::input, "the pictures change their size, which stabilize cannot follow");
    return stabilizer_->advance(in, out);
  }

  bool flush(const frame_view<void>& out) override { return stabilizer_->flush(out); }

  std::string processor() const override {
    return stabilizer_ ? describe_processor(stabilizer_->backend(), where_.device) : "";
  }

 private:
  stabilize_options options_;
  placement where_;
  std::optional<stabilizer> stabilizer_;
  frame_format format_;
};

template <class Value>
struct choice {
  const char* name;
  Value value;
};
template <class Value, std::size_t N>
Value read_choice(const char* option, const std::string& text, const choice<Value> (&choices)[N]) {
  std::string names;
  for (const auto& c : choices) {
    if (text == c.name) return c.value;
    names += (names.empty() ? "" : ", ") + std::string(c.name);
  }
  throw failure(fault::usage, std::string(option) + ' ' + text + ": choose one of " + names);
}

stabilize_options options_of(const stabilize_arguments& a) {
  stabilize_options o;
  o.model = read_choice<motion_model>("--model", a.model,
                                      {{"translation", motion_model::translation},
                                       {"similarity", motion_model::similarity},
                                       {"affine", motion_model::affine},
                                       {"homography", motion_model::homography}});
  o.border = read_choice<stabilize_border>(
      "--crop", a.crop,
      {{"auto", stabilize_border::crop}, {"none", stabilize_border::black}, {"fill", stabilize_border::fill}});
  o.filter = read_choice<warp_filter>("--filter", a.filter,
                                      {{"bicubic", warp_filter::bicubic}, {"bilinear", warp_filter::bilinear}});
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
