// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "fluxel/frame_upsampler.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/several_inputs.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

class upsample_transform : public video::frame_transform {
 public:
  upsample_transform(int factor, edge edge, const placement& where) : factor_(factor), edge_(edge), where_(where) {}

  video::picture_info plan(const video::picture_info& in) override {
    video::picture_info out = in;
    out.format.width *= factor_;
    out.format.height *= factor_;
    planned_ = {in.format.width, in.format.height};
    return out;
  }

  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    if (size{in.format.width, in.format.height} != planned_)
      throw video::failure(video::fault::input, "the pictures change their size, which upsample cannot follow");
    upsampler_for(in.format).run(in, out);
    return true;
  }

  std::string processor() const override {
    return upsamplers_.empty() ? "" : describe_processor(upsamplers_.back().object.backend(), where_.device);
  }

 private:
  struct kept {
    frame_format input;
    frame_upsampler object;
  };

  const frame_upsampler& upsampler_for(const frame_format& in) {
    for (const kept& k : upsamplers_)
      if (k.input.fields == in.fields && k.input.chroma_location == in.chroma_location) return k.object;
    return upsamplers_.emplace_back(kept{in, frame_upsampler(in, factor_, edge_, where_)}).object;
  }

  int factor_;
  edge edge_;
  placement where_;
  size planned_;
  std::vector<kept> upsamplers_;
};

edge read_edge(const std::string& text) {
  if (text == "replicate") return edge::replicate;
  if (text == "zero") return edge::zero;
  throw video::failure(video::fault::usage, "--edge " + text + ": choose replicate or zero");
}

}  // namespace

int upsample(const upsample_arguments& a) {
  const edge edge = read_edge(a.edge);
  const device_choice device = read_device(a.device.device);
  return run_each(jobs_of(a.video), [&](const video_arguments& job) {
    check_video(job);
    upsample_transform transform(a.factor, edge, {device.where, device.index, a.device.threads});
    return run_video(job, transform);
  });
}

}  // namespace fluxel::cli
