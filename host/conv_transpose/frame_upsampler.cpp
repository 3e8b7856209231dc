// SPDX-License-Identifier: Apache-2.0
#include "fluxel/frame_upsampler.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fluxel/owned_frame.hpp"
#include "host/core/call.hpp"
#include "host/resize/frame_operands.hpp"
#include "host/resize/frame_resizer.hpp"

namespace fluxel {

namespace host {
namespace {

using kernels::image;
using kernels::status;

/// Pixels of black around the picture: whole chroma samples, and as many rows of both fields.
constexpr int margin = 16;

frame_format with_size(frame_format format, size s) {
  format.width = s.width;
  format.height = s.height;
  return format;
}

size scaled(size s, int factor) { return {s.width * factor, s.height * factor}; }

size size_of(const frame_format& f) { return {f.width, f.height}; }

/// Whether black is 0 in every sample and every plane is upsampled for itself at its own centres.
bool is_planewise(const frame_format& f) {
  const bool whole_type = f.floating || f.bit_depth == 8 || f.bit_depth == 16;
  const bool grey = f.plane_count == 1 && f.planes[0].channels == 1 && f.range != color_range::limited;
  return (grey || f.matrix == color_matrix::rgb) && whole_type && f.alpha == alpha::none &&
         f.fields == field_order::progressive;
}

void check_factor(const call_site& site, const frame_format& src, int factor) {
  if (factor < 1 || factor > 1024) reject(site, "factor", "is " + std::to_string(factor) + "; must be 1 to 1024");
  const std::int64_t longest = std::max(src.width, src.height) + 2LL * margin;
  if (longest * factor > std::numeric_limits<int>::max())
    reject(site, "factor", "is " + std::to_string(factor) + ", which makes a side of more than 2^31 - 1 pixels");
}

/// A frame in memory of one backend, and the part of it inside the margins.
class framed_memory {
 public:
  framed_memory(const frame_format& format, int inner_margin, backend b, const resolved_placement& where)
      : format_(format), margin_(inner_margin), memory_(b, where.memory()) {
    std::size_t bytes = 0;
    for (int p = 0; p < format.plane_count; ++p) bytes += plane_bytes(p);
    auto* data = static_cast<std::byte*>(memory_.reserve(bytes, where.function()));
    for (int p = 0; p < format.plane_count; ++p) {
      planes_[p] = plane_at(p, data);
      data += plane_bytes(p);
    }
  }

  void fill_with_black(backend b, const char* function) {
    owned_frame black(format_);
    fill_black(black.view());
    const auto& memory = table_for(b, function).memory;
    for (int p = 0; p < format_.plane_count; ++p)
      check(memory.upload(planes_[p].data, black.view().data[p], plane_bytes(p), nullptr), function);
    check(memory.synchronize(nullptr), function);
  }

  const image& plane(int p) const { return planes_[p]; }

  /// The picture within the margins.
  image inner(int p, size of_picture) const {
    const bool sub = format_.planes[p].subsampled;
    const std::ptrdiff_t x = margin_ >> (sub ? format_.chroma_shift_x : 0);
    const std::ptrdiff_t y = margin_ >> (sub ? format_.chroma_shift_y : 0);
    const size s = with_size(format_, of_picture).plane_size(p);
    image part = planes_[p];
    part.data =
        static_cast<std::byte*>(part.data) + y * part.pitch + x * part.channels * element_size(format_.type());
    part.width = s.width;
    part.height = s.height;
    return part;
  }

 private:
  std::size_t plane_bytes(int p) const {
    const size s = format_.plane_size(p);
    return static_cast<std::size_t>(s.width) * s.height * format_.planes[p].channels * element_size(format_.type());
  }

  image plane_at(int p, std::byte* data) const {
    const size s = format_.plane_size(p);
    const int channels = format_.planes[p].channels;
    const auto pitch = std::ptrdiff_t{s.width} * channels * element_size(format_.type());
    return {.data = data,
            .width = s.width,
            .height = s.height,
            .channels = channels,
            .pitch = pitch,
            .plane_stride = pitch * s.height,
            .stride = pitch * s.height};
  }

  frame_format format_;
  int margin_;
  device_buffer memory_;
  std::array<image, 4> planes_{};
};

/// What upsampling keeps on one backend.
struct upsampler_state {
  std::unique_ptr<frame_resizer> resizer;         ///< none where planes are upsampled alone
  std::optional<framed_memory> source, enlarged;  ///< edge::zero
};

}  // namespace

class frame_upsample_call {
 public:
  frame_upsample_call(const frame_format& src, int factor, edge edge, const placement& where, const char* function)
      : where_(where, function), factor_(factor), room_(where_) {
    const call_site site{function};
    require(is_one_of(edge, edge::replicate), site, "edge", "is not one of zero and replicate");
    check_factor(site, src, factor);
    planewise_ = edge == edge::zero && is_planewise(src);
    framed_ = edge == edge::zero && !planewise_;
    resize_options options;
    options.alpha = src.alpha;
    formats_ = check_formats(site, src, scaled(size_of(src), factor), options);
    const size with_margins{src.width + 2 * margin, src.height + 2 * margin};
    if (framed_)
      resized_ = check_formats(site, with_size(src, with_margins), scaled(with_margins, factor), options);
    else
      resized_ = formats_;
    if (!planewise_) parts_ = make_frame_parts(site, resized_, options);
    const auto b = where_.named();
    if (b) state_on(*b);
    if (b == backend::cuda) room_.reserve(staged_bytes(formats_.src) + staged_bytes(formats_.dst), function);
  }

  void prepare(memory_kind memory) { state_on(where_.ahead_on({"frame_upsampler::prepare"}, memory)); }
  const resolved_placement& where() const { return where_; }

  void run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream) const {
    call c(where_, stream);
    const frame_operands frames(c, formats_, src, dst);
    c.run(room_, [&](const run_context& context) {
      const upsampler_state& state = state_on(context.backend);
      if (planewise_) return upsample_planes(frames.here(), context);
      if (!framed_) return state.resizer->run(frames.here(), context);
      return upsample_framed(state, frames.here(), context);
    });
  }

 private:
  upsampler_state& state_on(backend b) const {
    return states_.on(b, where_, [&] {
      auto state = std::make_unique<upsampler_state>();
      if (!planewise_) state->resizer = std::make_unique<frame_resizer>(resized_.src, parts_, b, where_);
      if (framed_) {
        state->source.emplace(resized_.src, margin, b, where_);
        state->source->fill_with_black(b, where_.function());
        state->enlarged.emplace(resized_.dst, margin * factor_, b, where_);
      }
      return state;
    });
  }

  status upsample_planes(const plane_pairs& planes, const run_context& context) const {
    for (int p = 0; p < formats_.src.plane_count; ++p) {
      const status s =
          context.table().conv_transpose.upsample_zero(planes[p], formats_.src.type(), factor_, context.launch);
      if (s != status::ok) return s;
    }
    return status::ok;
  }

  /// A resize to the same size is a copy, on every backend.
  status copy(const image& from, const image& to, const run_context& context) const {
    const kernels::image_pair pair{from, to};
    return context.table().resize.nearest({&pair, 1}, element_size(formats_.src.type()), coordinates::half_pixel,
                                          nearest_rounding::half_up, context.launch);
  }

  status upsample_framed(const upsampler_state& state, const plane_pairs& planes, const run_context& context) const {
    plane_pairs framed;
    for (int p = 0; p < formats_.src.plane_count; ++p) {
      const status s = copy(planes[p].src, state.source->inner(p, size_of(formats_.src)), context);
      if (s != status::ok) return s;
      framed[p] = {state.source->plane(p), state.enlarged->plane(p)};
    }
    status s = state.resizer->run(framed, context);
    for (int p = 0; p < formats_.src.plane_count && s == status::ok; ++p)
      s = copy(state.enlarged->inner(p, size_of(formats_.dst)), planes[p].dst, context);
    return s;
  }

  resolved_placement where_;
  int factor_;
  bool planewise_ = false, framed_ = false;
  frame_formats formats_, resized_;
  std::vector<frame_part> parts_;
  per_backend<upsampler_state> states_;
  mutable staging_room room_;
};

}  // namespace host

inline namespace v0 {

struct frame_upsampler::impl {
  host::frame_upsample_call call;
};

frame_upsampler::frame_upsampler(const frame_format& src, int factor, edge edge, const placement& where)
    : impl_(host::translate_bad_alloc("frame_upsampler", [&] {
        return std::unique_ptr<impl>(new impl{{src, factor, edge, where, "frame_upsampler"}});
      })) {}
frame_upsampler::frame_upsampler(frame_upsampler&&) noexcept = default;
frame_upsampler& frame_upsampler::operator=(frame_upsampler&&) noexcept = default;
frame_upsampler::~frame_upsampler() = default;

void frame_upsampler::run(const frame_view<const void>& src, const frame_view<void>& dst, stream_ref stream) const {
  host::behind(impl_, "frame_upsampler").call.run(src, dst, stream);
}

void frame_upsampler::prepare(memory_kind memory) {
  host::behind(impl_, "frame_upsampler::prepare").call.prepare(memory);
}

backend frame_upsampler::backend() const {
  return host::behind(impl_, "frame_upsampler::backend").call.where().on_host_memory();
}

std::size_t frame_upsampler::workspace_size() const {
  return host::behind(impl_, "frame_upsampler::workspace_size").call.where().memory().bytes_held();
}

void upsample_frame(const frame_view<const void>& src, const frame_view<void>& dst, int factor, edge edge,
                    const placement& where, stream_ref stream) {
  const char* function = "upsample_frame";
  host::translate_bad_alloc(function, [&] {
    const host::frame_upsample_call once(src.format, factor, edge, where, function);
    once.run(src, dst, stream);
    host::finish(once.where(), dst.memory, stream);
  });
}

}  // namespace v0
}  // namespace fluxel
