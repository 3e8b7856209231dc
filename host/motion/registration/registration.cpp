// SPDX-License-Identifier: Apache-2.0
#include "fluxel/registration.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "host/core/float_environment.hpp"
#include "host/core/views.hpp"
#include "host/motion/frame_warp.hpp"
#include "host/motion/option_range.hpp"
#include "host/motion/registration/coarse_search.hpp"
#include "host/motion/registration/feature_level.hpp"
#include "host/motion/registration/frame_samples.hpp"
#include "host/motion/registration/local_flow.hpp"
#include "host/motion/registration/pixel_refinement.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr call_site registration_site{"registration"};
constexpr int small_side = 400, large_side = 1600;  ///< pixels: more make the motion no better

void check_registration(const frame_view<const void>& reference, const registration_options& o) {
  require(is_one_of(o.model, motion_model::homography), registration_site, "options.model",
          "is not one of translation, similarity, affine and homography");
  require(is_one_of(o.local, local_motion::follow), registration_site, "options.local",
          "is not one of ignore, follow");
  require(is_one_of(o.filter, warp_filter::bicubic), registration_site, "options.filter",
          "is not one of warp_filter");
  check_range(registration_site, "options.threshold", o.threshold, 0.1, 100);
  check_range(registration_site, "options.pixel_aspect", o.pixel_aspect, 0.01, 100);
  check_host_frame(registration_site, "reference", reference);
}

/// A matrix that keeps the reference's corners in front of the horizon, and neither mirrors nor shrinks it to
/// nothing.
bool is_sound(const matrix3x3& m, const frame_format& f) {
  const double w = f.width - 1, h = f.height - 1;
  for (const point2d& p : {point2d{0, 0}, {w, 0}, {0, h}, {w, h}})
    if (!(m.m[6] * p.x + m.m[7] * p.y + m.m[8] > 0.1 * m.m[8])) return false;
  const double area = m.m[0] * m.m[4] - m.m[1] * m.m[3];
  return area > 0.05 && area < 20;
}

grey_picture evened(grey_picture p) {
  even_out(p.pixels, contrast_of(p));
  return p;
}

/// A picture at the sizes of the levels.
struct sized_picture {
  grey_picture as_it_is, large, small;  ///< the second and third evened out
};
sized_picture sizes_of(const frame_view<const void>& frame) {
  sized_picture p;
  p.as_it_is = grey_of(frame, large_side);
  soften(p.as_it_is);
  p.large = evened(p.as_it_is);
  p.small = reduced(p.large, small_side);
  return p;
}

class registration_object {
 public:
  registration_object(const frame_view<const void>& reference, const registration_options& options,
                      const placement& where)
      : options_(options), format_(reference.format), warp_{options.filter, warp_outside::keep, where} {
    check_registration(reference, options);
    const default_float_environment guard;
    sized_picture sizes = sizes_of(reference);
    reference_ = std::move(sizes.as_it_is);
    small_.emplace(std::move(sizes.small), feature_settings_of_level{300, 4, 2}, options.pixel_aspect, where);
    large_.emplace(std::move(sizes.large), feature_settings_of_level{800, 3, options.threshold}, options.pixel_aspect,
                   where);
    if (options.local == local_motion::follow) flow_.emplace(large_->reference(), where);
  }

  global_motion run(const frame_view<const void>& picture) {
    check_host_frame(registration_site, "picture", picture);
    const default_float_environment guard;
    const sized_picture sizes = sizes_of(picture);
    global_motion found;
    if (last_) found = near(sizes, *last_);
    if (!is_certain(found)) found = near(sizes, at_rest(sizes));
    if (!is_certain(found)) found = anywhere(sizes);
    if (!is_certain(found)) return {.pairs = found.pairs};
    last_ = found.matrix;
    return found;
  }

  void resample(const frame_view<const void>& picture, const matrix3x3& matrix, const frame_view<void>& out,
                const image_view<u8>& coverage) {
    check_resampling(picture, matrix, out, coverage);
    const default_float_environment guard;
    if (flow_) {
      flow_->measure(warped_to(large_->reference(), sizes_of(picture).large, matrix, warp_.where));
      resample_by_flow(*flow_, picture, matrix, out, coverage, options_.filter, warp_.where);
      return;
    }
    warp_(picture, matrix, out);
    if (coverage.data == nullptr) return;
    clear(coverage);
    const frame_format& f = picture.format;
    const std::vector<u8> everywhere(std::size_t(f.width) * f.height, 255);
    warp_perspective(image_view<const u8>{everywhere.data(), f.width, f.height}, matrix, coverage,
                     {.outside = warp_outside::keep}, warp_.where);
  }

  void restart() { last_.reset(); }
  fluxel::backend backend() const { return large_->backend(); }
  std::size_t workspace_size() const {
    return reference_.pixels.size() * sizeof(f32) + small_->workspace_size() + large_->workspace_size() +
           (flow_ ? flow_->workspace_size() : 0);
  }

 private:
  /// Pictures of another size lie with their middles on each other, at the same scale.
  matrix3x3 at_rest(const sized_picture& p) const {
    const auto middle = [](const grey_picture& g) {
      return point2d{(double(g.extent.width) * g.reduced_by - 1) / 2,
                     (double(g.extent.height) * g.reduced_by - 1) / 2};
    };
    const point2d a = middle(large_->reference()), b = middle(p.large);
    return {{1, 0, b.x - a.x, 0, 1, b.y - a.y, 0, 0, 1}};
  }

  global_motion near(const sized_picture& p, const matrix3x3& start) {
    global_motion found = small_->refined(p.small, start, options_.model);
    if (!usable(found)) return {.pairs = found.pairs};
    // Again, as windows fit better once they are warped.
    for (feature_level* level : {&*small_, &*large_, &*large_}) {
      const global_motion next = level->refined(level == &*small_ ? p.small : p.large, found.matrix, options_.model);
      if (!usable(next)) return {.pairs = next.pairs};
      found = next;
    }
    found.matrix =
        refined_by_pixels(reference_, p.as_it_is, found.matrix, options_.model, options_.pixel_aspect, warp_.where);
    return found;
  }

  bool usable(const global_motion& m) const { return is_certain(m) && is_sound(m.matrix, format_); }

  global_motion anywhere(const sized_picture& p) {
    const auto tried =
        options_.model == motion_model::translation ? coarse_motion::shifts : coarse_motion::turns_and_scales;
    global_motion best;
    for (const matrix3x3& start : coarse_search(small_->reference(), p.small, tried, options_.pixel_aspect)) {
      const global_motion found = near(p, start);
      best.pairs = std::max(best.pairs, found.pairs);
      if (found.inliers > best.inliers) best = found;
    }
    return best;
  }

  void check_resampling(const frame_view<const void>& picture, const matrix3x3& matrix, const frame_view<void>& out,
                        const image_view<u8>& coverage) const {
    check_host_frame(registration_site, "picture", picture);
    check_host_frame(registration_site, "out", out);
    require(same_size(out.format, format_), registration_site, "out", "is not as large as the reference");
    require(alike(out.format, picture.format), registration_site, "out", "has other samples than picture");
    for (const double e : matrix.m) require(std::isfinite(e), registration_site, "matrix", "is not finite");
    if (coverage.data == nullptr) return;
    check_view(registration_site, "coverage", erase(coverage));
    require(
        coverage.channels == 1 && coverage.planes == 1 && coverage.count == 1 && coverage.width == format_.width &&
            coverage.height == format_.height && coverage.memory != memory_kind::device,
        registration_site, "coverage", "is not one image of one channel, as large as the reference, in host memory");
  }

  static void clear(const image_view<u8>& view) {
    const image_view<u8> v = view.unpacked();
    for (int y = 0; y < v.height; ++y) std::memset(v.data + y * v.pitch, 0, std::size_t(v.width));
  }

  registration_options options_;
  frame_format format_;
  frame_warp warp_;
  grey_picture reference_;
  std::optional<feature_level> small_, large_;
  std::optional<local_flow> flow_;
  std::optional<matrix3x3> last_;
};

}  // namespace
}  // namespace host

inline namespace v0 {

struct registration::impl : host::registration_object {
  using registration_object::registration_object;
};

registration::registration(const frame_view<const void>& reference, const registration_options& options,
                           const placement& where)
    : impl_(host::translate_bad_alloc("registration",
                                      [&] { return std::make_unique<impl>(reference, options, where); })) {}
registration::registration(registration&&) noexcept = default;
registration& registration::operator=(registration&&) noexcept = default;
registration::~registration() = default;

registration::impl& registration::self() const { return host::behind(impl_, "registration"); }
global_motion registration::run(const frame_view<const void>& picture) {
  return host::translate_bad_alloc("registration::run", [&] { return self().run(picture); });
}
void registration::resample(const frame_view<const void>& picture, const matrix3x3& matrix,
                            const frame_view<void>& out, const image_view<u8>& coverage) {
  host::translate_bad_alloc("registration::resample", [&] { self().resample(picture, matrix, out, coverage); });
}
void registration::restart() { self().restart(); }
fluxel::backend registration::backend() const { return self().backend(); }
std::size_t registration::workspace_size() const { return self().workspace_size(); }

}  // namespace v0
}  // namespace fluxel
