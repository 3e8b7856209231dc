// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <vector>

#include "fluxel/frame_upsampler.hpp"
#include "host/program/cli/commands/accepted_pictures.hpp"
#include "host/program/cli/commands/commands.hpp"
#include "host/program/cli/options/choice.hpp"
#include "host/program/cli/options/values.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/several_inputs.hpp"
#include "host/program/video/device/device_ring.hpp"

namespace fluxel::cli {

namespace {

class upsample_transform : public video::frame_transform {
 public:
  upsample_transform(int factor, edge edge, const placement& where) : factor_(factor), edge_(edge), where_(where) {}

  std::optional<int> reads_device() const override { return ring_ ? ring_->device() : cuda_device_of(where_); }
  video::picture_info plan(const video::picture_info& in) override {
    video::picture_info out = in;
    out.format.width *= factor_;
    out.format.height *= factor_;
    planned_ = {in.format.width, in.format.height};
    if (!runs_on_cuda(where_)) return out;
    ring_.emplace(where_.device, "upsample", [this](const auto& from, const auto& to) {
      const frame_upsampler& upsampler = upsampler_for(from.format);
      return video::device_job{from, to, [&upsampler](const auto& here, const auto& result, stream_ref stream) {
                                 upsampler.run(here, result, stream);
                               }};
    });
    where_.processor = run_on::by_memory;  // frames are on the device when an upsampler sees them
    where_.device = ring_->device();
    return out;
  }

  bool process(const frame_view<const void>& in, const frame_view<void>& out) override {
    upsampler_for(in.format).run(in, out);
    return true;
  }

  video::frame_ring* ring() override { return ring_ ? &*ring_ : nullptr; }
  std::vector<video::step_time> times() const override {
    return ring_ ? ring_->times() : std::vector<video::step_time>{};
  }

  std::string processor() const override {
    if (ring_) return describe_processor(backend::cuda, where_.device);
    return upsamplers_.empty() ? "" : describe_processor(upsamplers_.back().object.backend(), where_.device);
  }

 private:
  struct kept {
    frame_format input;
    frame_upsampler object;
  };

  const frame_upsampler& upsampler_for(const frame_format& in) {
    require_same_size(size_of(in), planned_, "upsample");
    for (const kept& k : upsamplers_)
      if (k.input.fields == in.fields && k.input.chroma_location == in.chroma_location) return k.object;
    return upsamplers_.emplace_back(kept{in, frame_upsampler(in, factor_, edge_, where_)}).object;
  }

  int factor_;
  edge edge_;
  placement where_;
  size planned_;
  std::vector<kept> upsamplers_;
  std::optional<video::device_ring> ring_;
};

edge read_edge(const std::string& text) {
  return choose<edge>("--edge", text, {{"replicate", edge::replicate}, {"zero", edge::zero}});
}

}  // namespace

int upsample(const upsample_arguments& a) {
  const edge edge = read_edge(a.edge);
  const placement where = placement_of(a.device);
  return run_each(jobs_of(a.video), [&](const video_arguments& job) {
    check_video(job);
    upsample_transform transform(a.factor, edge, where);
    return run_video(job, transform);
  });
}

}  // namespace fluxel::cli
