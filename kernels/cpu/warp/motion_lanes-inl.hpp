// SPDX-License-Identifier: Apache-2.0
// Motions and greys of many pixels at a time, the same numbers as common/warp/motion.hpp and between.hpp. Included
// once per target.

#if defined(FLUXEL_MOTION_LANES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_MOTION_LANES
#undef FLUXEL_MOTION_LANES
#else
#define FLUXEL_MOTION_LANES
#endif

#include "hwy/highway.h"
#include "kernels/common/warp/motion.hpp"
#include "kernels/cpu/warp/halves-inl.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using motion_tag = hn::ScalableTag<std::int32_t>;
using motion_float_tag = hn::RebindToFloat<motion_tag>;
using int_lanes = hn::Vec<motion_tag>;
using lane_mask = hn::Mask<motion_tag>;

struct motion_lanes {
  int_lanes u, v;
};
HWY_INLINE int_lanes all(std::int32_t v) { return hn::Set(motion_tag(), v); }
HWY_INLINE int_lanes clamped(int_lanes v, std::int32_t low, std::int32_t high) {
  return hn::Min(hn::Max(v, all(low)), all(high));
}
HWY_INLINE int_lanes length_of(int_lanes u, int_lanes v) { return hn::Add(hn::Abs(u), hn::Abs(v)); }

/// Motions below this, 512 px, are worked with in 32 bits; others pixel by pixel.
constexpr std::int32_t largest_in_lanes = 1 << 15;
HWY_INLINE lane_mask are_small(motion_lanes m) {
  return hn::Lt(hn::Max(hn::Abs(m.u), hn::Abs(m.v)), all(largest_in_lanes));
}

/// Offsets from the first byte fit in lanes.
inline bool is_within_lanes(const image& im) {
  const std::int64_t pitch = im.pitch < 0 ? -im.pitch : im.pitch;
  return (pitch + 1) * im.height < std::int64_t{1} << 31;
}

/// Where the pixels (x, y) are seen.
struct lane_places {
  int_lanes x, y, fx, fy;

  HWY_INLINE lane_places(int_lanes from_x, int_lanes from_y, motion_lanes m, int share) {
    const auto units = [share](int_lanes part)
                           HWY_ATTR { return hn::ShiftRight<6>(hn::Add(hn::Mul(part, all(share)), all(32))); };
    const auto u = units(m.u), v = units(m.v);
    x = hn::Add(from_x, hn::ShiftRight<warp_bits>(u));
    y = hn::Add(from_y, hn::ShiftRight<warp_bits>(v));
    fx = hn::And(u, all(warp_one - 1));
    fy = hn::And(v, all(warp_one - 1));
  }
};

/// The flow of one image.
class flow_lanes {
 public:
  /// @param per_pixel_x, per_pixel_y  units of a pixel
  flow_lanes(const flow_images& flow, int n, float per_pixel_x = motion_one, float per_pixel_y = motion_one)
      : u_(flow.u, n), v_(flow.v, n), per_pixel_x_(per_pixel_x), per_pixel_y_(per_pixel_y) {}

  HWY_INLINE motion_lanes at(int_lanes x, int_lanes y) const {
    lane_mask known;
    return at(x, y, known);
  }
  /// Lanes that are not known are 0.
  HWY_INLINE motion_lanes at(int_lanes x, int_lanes y, lane_mask& known) const {
    const motion_tag d;
    const auto u = u_.at(x, y), v = v_.at(x, y);
    const auto magnitude = all(static_cast<std::int32_t>(without_sign));
    const auto largest = all(static_cast<std::int32_t>(largest_known));
    known = hn::Not(hn::Or(hn::Gt(hn::And(hn::BitCast(d, u), magnitude), largest),
                           hn::Gt(hn::And(hn::BitCast(d, v), magnitude), largest)));
    return {hn::IfThenElseZero(known, rounded(u, per_pixel_x_)), hn::IfThenElseZero(known, rounded(v, per_pixel_y_))};
  }

 private:
  using floats = hn::Vec<motion_float_tag>;
  struct component {
    const float* first;
    std::int32_t pitch, step;

    component(const image& im, int n)
        : first(pixel_at<const float>(im, n, 0, 0)),
          pitch(static_cast<std::int32_t>(im.pitch)),
          step(im.channels * static_cast<int>(sizeof(float))) {}
    HWY_INLINE floats at(int_lanes x, int_lanes y) const {
      return hn::GatherOffset(motion_float_tag(), first, hn::Add(hn::Mul(y, all(pitch)), hn::Mul(x, all(step))));
    }
  };
  static HWY_INLINE int_lanes rounded(floats part, float per_pixel) {
    const motion_float_tag d;
    const auto low = hn::Set(d, -farthest_warp), high = hn::Set(d, farthest_warp);
    auto units = hn::Mul(part, hn::Set(d, per_pixel));
    units = hn::IfThenElse(hn::Gt(units, low), units, low);
    units = hn::IfThenElse(hn::Lt(units, high), units, high);
    return hn::NearestInt(units);
  }

  component u_, v_;
  float per_pixel_x_, per_pixel_y_;
};

/// From pairs of neighbouring greys of two rows: what lies between. Their upper bits are turned, so that they have a
/// sign; the last sum turns that back.
template <class V, class D = hn::DFromV<V>>
HWY_INLINE V linear_grey(V above, V below, V across, V fy) {
  const D d;
  const hn::RebindToUnsigned<D> u32;
  const auto turn = hn::Set(d, static_cast<std::int32_t>(0x80008000u));
  const auto top = sum_of_halves(hn::Xor(above, turn), across), bottom = sum_of_halves(hn::Xor(below, turn), across);
  const auto sum = hn::Add(hn::ShiftLeft<warp_bits>(top), hn::Mul(hn::Sub(bottom, top), fy));
  const auto whole = hn::Add(hn::BitCast(u32, sum), hn::Set(u32, (1u << 31) + (1u << 15)));
  return hn::BitCast(d, hn::ShiftRight<2 * warp_bits>(whole));
}

/// The greys of one image of at least 2 x 2 pixels.
class grey_lanes {
 public:
  grey_lanes(const image& frame, int n)
      : first_(reinterpret_cast<const std::int32_t*>(pixel_at<const u16>(frame, n, 0, 0))),
        pitch_(static_cast<std::int32_t>(frame.pitch)),
        right_(frame.width - 1),
        bottom_(frame.height - 1) {}

  /// @returns which lanes have all their pixels
  HWY_INLINE lane_mask inside(const lane_places& at) const {
    const auto along = [](int_lanes v, std::int32_t end)
                           HWY_ATTR { return hn::And(hn::Gt(v, all(-1)), hn::Lt(v, all(end))); };
    return hn::And(along(at.x, right_), along(at.y, bottom_));
  }
  /// Where they are inside, else anything.
  HWY_INLINE int_lanes at(const lane_places& at, lane_mask inside) const {
    const motion_tag d;
    const auto offset = hn::IfThenElseZero(inside, hn::Add(hn::Mul(at.y, all(pitch_)), hn::ShiftLeft<1>(at.x)));
    const auto above = hn::GatherOffset(d, first_, offset);
    const auto below = hn::GatherOffset(d, first_, hn::Add(offset, all(pitch_)));
    return linear_grey(above, below, halves(hn::Sub(all(warp_one), at.fx), at.fx), at.fy);
  }

 private:
  const std::int32_t* first_;  ///< two greys
  std::int32_t pitch_, right_, bottom_;
};

/// Of numbers below 2^25 that are not negative, and quotients below 2^20.
HWY_INLINE int_lanes quotient(int_lanes a, int_lanes b) {
  const motion_tag d;
  const motion_float_tag f32;
  auto q = hn::ConvertTo(d, hn::Div(hn::ConvertTo(f32, a), hn::ConvertTo(f32, b)));
  const auto rest = hn::Sub(a, hn::Mul(q, b));
  q = hn::IfThenElse(hn::Lt(rest, hn::Zero(d)), hn::Sub(q, all(1)), q);
  return hn::IfThenElse(hn::Gt(b, rest), q, hn::Add(q, all(1)));
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
#endif  // per-target guard
