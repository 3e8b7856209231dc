// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/input/picture_pairs.hpp"

#include <algorithm>

#include "host/program/video/failure.hpp"
#include "host/program/video/frames/frames.hpp"
#include "host/program/video/frames/pixel_format.hpp"
#include "host/program/video/input/reader.hpp"

namespace fluxel::video {

namespace {

AVColorSpace assumed_matrix(const AVFrame& frame) {
  return frame.height >= 720 || frame.width >= 1280 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

/// The next picture of an input, or null at its end.
frame_ptr next_picture(reader& input) {
  while (std::optional<item> next = input.next())
    if (auto* frame = std::get_if<frame_ptr>(&*next)) {
      normalise_range(**frame);
      return std::move(*frame);
    }
  return nullptr;
}

AVPixelFormat measurable(AVPixelFormat format) {
  if (structure_of(format)) return format;
  return format == AV_PIX_FMT_PAL8 ? AV_PIX_FMT_RGBA : nearest_interpolatable(format);
}

/// Names of components, plane by plane and in the order in which they lie there.
std::vector<std::string> channel_names(AVPixelFormat format) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  const char* names = d->flags & AV_PIX_FMT_FLAG_RGB ? "rgba" : d->nb_components <= 2 ? "ya" : "yuva";
  std::vector<int> order;
  for (int i = 0; i < d->nb_components; ++i) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    const auto &x = d->comp[a], &y = d->comp[b];
    return x.plane != y.plane ? x.plane < y.plane : x.offset < y.offset;
  });
  std::vector<std::string> channels;
  for (const int i : order) channels.emplace_back(1, names[i]);
  return channels;
}

std::string size_text(const AVFrame& f) { return std::to_string(f.width) + 'x' + std::to_string(f.height); }

}  // namespace

struct picture_pairs::impl {
  impl(const input_options& a, const input_options& b, monitor& m) : judged(a, m), reference(b, m), monitor(m) {}

  /// To the format, range and matrix of the reference.
  static void convert(frame_ptr& frame, const pixel_target& to, std::optional<converter>& how) {
    const auto known = [](AVColorRange r) { return r != AVCOL_RANGE_UNSPECIFIED; };
    const bool other_range = known(to.range) && known(frame->color_range) && frame->color_range != to.range;
    if (frame->format == to.format && !other_range) return;
    if (!how) how.emplace(assumed_matrix(*frame));
    frame = (*how)(*frame, to);
  }

  void note_conversion(const AVFrame& from, AVPixelFormat to) {
    if (noted || from.format == to) return;
    noted = true;
    monitor.note("the pictures of " + judged.options().name + " are converted from " +
                 av_get_pix_fmt_name(static_cast<AVPixelFormat>(from.format)) + " to " + av_get_pix_fmt_name(to) +
                 ", as the reference has them");
  }

  reader judged, reference;
  video::monitor& monitor;
  frame_ptr of_judged, of_reference;
  std::optional<converter> convert_judged, convert_reference;
  AVPixelFormat format = AV_PIX_FMT_NONE;
  std::vector<std::string> channels;
  bool noted = false;
};

picture_pairs::picture_pairs(const input_options& judged, const input_options& reference, monitor& monitor) {
  capture_messages();
  impl_ = std::make_unique<impl>(judged, reference, monitor);
}
picture_pairs::~picture_pairs() = default;

std::optional<picture_pair> picture_pairs::next() {
  impl& d = *impl_;
  d.of_judged = next_picture(d.judged);
  d.of_reference = next_picture(d.reference);
  if (!d.of_judged || !d.of_reference) return std::nullopt;
  if (d.of_judged->width != d.of_reference->width || d.of_judged->height != d.of_reference->height)
    throw failure(fault::input, d.judged.options().name + " is " + size_text(*d.of_judged) + " and " +
                                    d.reference.options().name + " is " + size_text(*d.of_reference) +
                                    ": they have to have the same size");
  const AVPixelFormat to = measurable(static_cast<AVPixelFormat>(d.of_reference->format));
  if (to != d.format) d.channels = channel_names(to);
  d.format = to;
  d.note_conversion(*d.of_judged, to);
  pixel_target target{.format = to};
  if (!is_rgb(to)) {
    target.range = d.of_reference->color_range;
    target.matrix = d.of_reference->colorspace == AVCOL_SPC_RGB ? AVCOL_SPC_UNSPECIFIED : d.of_reference->colorspace;
  }
  impl::convert(d.of_reference, target, d.convert_reference);
  impl::convert(d.of_judged, target, d.convert_judged);
  const auto view = [](const AVFrame& f) { return view_of(f, describe(f, field_order::progressive)); };
  return picture_pair{view(*d.of_judged), view(*d.of_reference)};
}

std::string picture_pairs::pixel_format() const { return av_get_pix_fmt_name(impl_->format); }
const std::vector<std::string>& picture_pairs::channels() const { return impl_->channels; }
bool picture_pairs::judged_goes_on() const { return impl_->of_judged != nullptr; }
bool picture_pairs::reference_goes_on() const { return impl_->of_reference != nullptr; }

std::string picture_pairs::damage() const {
  std::string text;
  for (const reader* r : {&impl_->judged, &impl_->reference})
    if (const std::string d = r->damage(); !d.empty())
      text += (text.empty() ? "" : "; ") + r->options().name + " is damaged: " + d;
  return text;
}

}  // namespace fluxel::video
