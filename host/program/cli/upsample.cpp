// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstring>
#include <vector>

#include "fluxel/conv_transpose.hpp"
#include "fluxel/resizer.hpp"
#include "host/program/cli/bars.hpp"
#include "host/program/cli/commands.hpp"
#include "host/program/cli/run_video.hpp"
#include "host/program/cli/values.hpp"
#include "host/program/video/failure.hpp"

namespace fluxel::cli {

namespace {

/// Pixels of black around the picture: whole chroma samples, and as many rows of both fields.
constexpr int frame_width = 16;

/// A frame in memory of its own.
class owned_frame {
 public:
  explicit owned_frame(const frame_format& format) : view_{.format = format} {
    for (int p = 0; p < format.plane_count; ++p) {
      const size s = format.plane_size(p);
      view_.pitch[p] = std::ptrdiff_t{s.width} * format.planes[p].channels * element_size(format.type());
      memory_[p].resize(view_.pitch[p] * s.height);
      view_.data[p] = memory_[p].data();
    }
  }
  const frame_view<void>& view() const { return view_; }

 private:
  std::array<std::vector<std::byte>, 4> memory_;
  frame_view<void> view_;
};

void copy(const frame_view<const void>& from, const frame_view<void>& to) {
  const frame_format& f = from.format;
  for (int p = 0; p < f.plane_count; ++p) {
    const size s = f.plane_size(p);
    const std::size_t bytes = std::size_t(s.width) * f.planes[p].channels * element_size(f.type());
    for (std::ptrdiff_t y = 0; y < s.height; ++y)
      std::memcpy(static_cast<std::byte*>(to.data[p]) + y * to.pitch[p],
                  static_cast<const std::byte*>(from.data[p]) + y * from.pitch[p], bytes);
  }
}

frame_format with_size(frame_format format, int width, int height) {
  format.width = width;
  format.height = height;
  return format;
}

/// Upsamples frames of one format. A picture framed with black fades as edge::zero defines it, in color, in luma and
/// chroma and in alpha alike; the enlarged frame of black is cut off again.
class upsampler {
 public:
  upsampler(const frame_format& in, int factor, edge edge, const resize_options& options, const placement& where)
      : factor_(factor),
        margin_(edge == edge::zero ? frame_width : 0),
        input_(in),
        source_(with_size(in, in.width + 2 * margin_, in.height + 2 * margin_)),
        enlarged_(margin_ == 0
                      ? frame_format{}
                      : with_size(in, source_.view().format.width * factor, source_.view().format.height * factor)),
        resize_(source_.view().format, {source_.view().format.width * factor, source_.view().format.height * factor},
                options, where) {
    fill_black(source_.view());
  }

  const frame_format& input() const { return input_; }
  fluxel::backend backend() const { return resize_.backend(); }

  void operator()(const frame_view<const void>& in, const frame_view<void>& out) const {
    if (margin_ == 0) return resize_.run(in, out);
    const size inner{input_.width, input_.height};
    copy(in, part(source_.view(), margin_, margin_, inner));
    resize_.run(source_.view(), enlarged_.view());
    copy(
        part(enlarged_.view(), margin_ * factor_, margin_ * factor_, {inner.width * factor_, inner.height * factor_}),
        out);
  }

 private:
  int factor_;
  int margin_;
  frame_format input_;
  owned_frame source_;
  owned_frame enlarged_;
  resizer resize_;
};

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
    upsampler_for(in.format)(in, out);
    return true;
  }

  std::string processor() const override {
    return upsamplers_.empty() ? "" : describe_processor(upsamplers_.back().backend(), where_.device);
  }

 private:
  const upsampler& upsampler_for(const frame_format& in) {
    for (const upsampler& u : upsamplers_)
      if (u.input().fields == in.fields && u.input().chroma_location == in.chroma_location) return u;
    resize_options options;
    options.alpha = in.alpha;
    return upsamplers_.emplace_back(in, factor_, edge_, options, where_);
  }

  int factor_;
  edge edge_;
  placement where_;
  size planned_;
  std::vector<upsampler> upsamplers_;
};

edge read_edge(const std::string& text) {
  if (text == "replicate") return edge::replicate;
  if (text == "zero") return edge::zero;
  throw video::failure(video::fault::usage, "--edge " + text + ": choose replicate or zero");
}

}  // namespace

int upsample(const upsample_arguments& a) {
  const edge edge = read_edge(a.edge);
  check_video(a.video);
  const device_choice device = read_device(a.device.device);
  upsample_transform transform(a.factor, edge, {device.where, device.index, a.device.threads});
  return run_video(a.video, transform);
}

}  // namespace fluxel::cli
