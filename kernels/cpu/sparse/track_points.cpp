// SPDX-License-Identifier: Apache-2.0
// Tracked points on the CPU: a window's rows over 16-bit lanes, points over threads. Sums are exact integers, so
// lanes and the columns that fill up a vector (their derivative is 0) do not show.

#include "kernels/common/sparse/track_points.hpp"

#include <algorithm>
#include <cstdint>

#include "kernels/cpu/runtime/working_memory.hpp"
#include "kernels/cpu/sparse/track_points.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/sparse/track_points.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

#ifndef FLUXEL_TRACK_BUFFERS
#define FLUXEL_TRACK_BUFFERS
namespace fluxel::kernels {

/// What one thread works in.
struct track_buffers {
  static constexpr int most_lanes = 32;

  explicit track_buffers(int window_radius)
      : radius(window_radius),
        side(2 * window_radius + 1),
        columns(side <= 16 ? 16 : (side + most_lanes - 1) / most_lanes * most_lanes),
        pitch(columns + 2 * most_lanes),
        patch(std::size_t(side + 2 * track_border) * pitch),
        gradient_x(std::size_t(side) * columns),
        gradient_y(std::size_t(side) * columns),
        region(std::size_t(side + 2 * track_border + 1) * pitch),
        opened(columns),
        counted(columns) {}

  int radius, side;
  int columns;                         ///< of a row of derivatives: whole vectors
  int pitch;                           ///< of a row of samples
  working_vector<std::int16_t> patch;  ///< the previous frame's samples, with the border that derivatives need
  working_vector<std::int16_t> gradient_x, gradient_y;
  working_vector<u16> region;            ///< pixels around a window at the image's border
  working_vector<std::int16_t> opened;   ///< -1 in the columns of the window that lie in the previous frame, else 0
  working_vector<std::int16_t> counted;  ///< the same for the next frame
};

/// Tracks points [first, last).
using track_function = void (*)(const track_levels& levels, const track_settings& settings, const track_list& list,
                                int first, int last);

}  // namespace fluxel::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
track_function track_range_function() { return nullptr; }  // the scalar functions run instead
#else

namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Rows whose products fit 32-bit sums: a pair is at most 2 * 32760 * 3073.
constexpr int rows_per_sum = 10;

/// Pixels from a corner on, whole pixels and the fractions beyond them.
struct pixels {
  const u16* data;
  std::ptrdiff_t pitch;
  std::int16_t fx, fy;
};

/// Intensities of rows between pixels, one row after the other.
template <class D>
class row_sampler {
 public:
  using V = hn::Vec<D>;
  HWY_ATTR row_sampler(D d, const pixels& from, int column)
      : d_(d), at_(from.data + column), pitch_(from.pitch), fx_(hn::Set(d, from.fx)), fy_(hn::Set(d, from.fy)) {
    above_ = across();
  }
  HWY_ATTR V next() {
    const V below = across();
    const V result = between(above_, below, fy_);
    above_ = below;
    return result;
  }

 private:
  HWY_ATTR static V between(V a, V b, V fraction) { return hn::Add(a, hn::MulFixedPoint15(hn::Sub(b, a), fraction)); }
  HWY_ATTR V across() {
    const auto* p = reinterpret_cast<const std::int16_t*>(at_);
    at_ += pitch_;
    return between(hn::ShiftLeft<track_shift>(hn::LoadU(d_, p)), hn::ShiftLeft<track_shift>(hn::LoadU(d_, p + 1)),
                   fx_);
  }

  D d_;
  const u16* at_;
  std::ptrdiff_t pitch_;
  V fx_, fy_, above_;
};

/// Exact sums of products of 16-bit lanes.
template <class D>
class product_sum {
 public:
  using D32 = hn::RepartitionToWide<D>;
  using D64 = hn::RepartitionToWide<D32>;
  HWY_ATTR product_sum() : even_(hn::Zero(D32())), odd_(hn::Zero(D32())), total_(hn::Zero(D64())) {}
  HWY_ATTR void add(hn::Vec<D> a, hn::Vec<D> b) {
#if HWY_TARGET == HWY_AVX3_DL && HWY_COMPILER_CLANG
    // Highway 1.0.3 allows AVX-VNNI in this target, which not all of its processors have, and of a narrow vector's
    // product and sum clang makes an instruction of it. The barrier keeps the two apart.
    auto products = hn::ReorderWidenMulAccumulate(D32(), a, b, hn::Zero(D32()), odd_);
    asm("" : "+v"(products.raw));
    even_ = hn::Add(even_, products);
#else
    even_ = hn::ReorderWidenMulAccumulate(D32(), a, b, even_, odd_);
#endif
  }
  /// At the latest after rows_per_sum additions.
  HWY_ATTR void widen() {
    total_ = hn::Add(total_, hn::Add(widened(even_), widened(odd_)));
    even_ = odd_ = hn::Zero(D32());
  }
  HWY_ATTR std::int64_t sum() const { return hn::GetLane(hn::SumOfLanes(D64(), total_)); }

 private:
  HWY_ATTR static hn::Vec<D64> widened(hn::Vec<D32> v) {
    const hn::Half<D32> half;
    return hn::Add(hn::PromoteTo(D64(), hn::LowerHalf(half, v)), hn::PromoteTo(D64(), hn::UpperHalf(half, v)));
  }
  hn::Vec<D32> even_, odd_;
  hn::Vec<D64> total_;
};

/// The window class of common/sparse/track_points.hpp.
template <class D>
class lane_window {
 public:
  explicit lane_window(track_buffers& buffers) : b_(buffers), shift_(track_sum_shift(buffers.radius)) {}

  tensor_scale scale() const { return part_scale(shift_, part_.pixels()); }

  HWY_NOINLINE tensor_sums open(const plane<const u16>& prev, track_position at) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d)), rows = b_.side + 2 * track_border;
    const pixels from = pixels_around(prev, at, track_border);
    for (int x = 0; x < rows; x += lanes) {
      row_sampler<D> sampler(d, from, x);
      for (int y = 0; y < rows; ++y) hn::StoreU(sampler.next(), d, b_.patch.data() + y * b_.pitch + x);
    }
    part_ = part_inside(prev, at, b_.radius);
    mark_columns(part_, b_.opened.data());
    product_sum<D> xx, xy, yy;
    for (int x = 0; x < b_.columns; x += lanes) {
      const auto columns = hn::LoadU(d, b_.opened.data() + x);
      for (int y = 0; y < b_.side; ++y) {
        const std::int16_t* p = patch_at(x, y);
        const auto valid = has_row(part_, y) ? columns : hn::Zero(d);
        const auto gx = hn::And(derivative(d, p, 1, b_.pitch), valid),
                   gy = hn::And(derivative(d, p, b_.pitch, 1), valid);
        hn::StoreU(gx, d, b_.gradient_x.data() + y * b_.columns + x);
        hn::StoreU(gy, d, b_.gradient_y.data() + y * b_.columns + x);
        xx.add(gx, gx);
        xy.add(gx, gy);
        yy.add(gy, gy);
        if (y % rows_per_sum == rows_per_sum - 1) widen(xx, xy, yy);
      }
      widen(xx, xy, yy);
    }
    return {xx.sum(), xy.sum(), yy.sum()};
  }

  HWY_NOINLINE mismatch_sums mismatch(const plane<const u16>& next, track_position at) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const pixels from = pixels_around(next, at, 0);
    const window_part inside = part_inside(next, at, b_.radius);
    mark_columns(inside, b_.counted.data());
    product_sum<D> sx, sy;
    for (int x = 0; x < b_.columns; x += lanes) {
      row_sampler<D> sampler(d, from, x);
      const auto columns = hn::LoadU(d, b_.counted.data() + x);
      const std::int16_t* gx = b_.gradient_x.data() + x;
      const std::int16_t* gy = b_.gradient_y.data() + x;
      for (int first = 0; first < b_.side; first += rows_per_sum) {
        const int last = std::min(first + rows_per_sum, b_.side);
        for (int y = first; y < last; ++y) {
          const auto valid = has_row(inside, y) ? columns : hn::Zero(d);
          const auto difference = hn::And(hn::Sub(sampler.next(), hn::LoadU(d, patch_at(x, y))), valid);
          sx.add(difference, hn::LoadU(d, gx + y * b_.columns));
          sy.add(difference, hn::LoadU(d, gy + y * b_.columns));
        }
        sx.widen();
        sy.widen();
      }
    }
    return {sx.sum(), sy.sum()};
  }

  HWY_NOINLINE float residual(const plane<const u16>& next, track_position at) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const pixels from = pixels_around(next, at, 0);
    const window_part both = common_part(part_, part_inside(next, at, b_.radius));
    mark_columns(both, b_.counted.data());
    product_sum<D> sum;
    for (int x = 0; x < b_.columns; x += lanes) {
      row_sampler<D> sampler(d, from, x);
      const auto one = hn::Neg(hn::LoadU(d, b_.counted.data() + x));
      for (int y = 0; y < b_.side; ++y) {
        const auto difference = hn::Abs(hn::Sub(sampler.next(), hn::LoadU(d, patch_at(x, y))));
        sum.add(difference, has_row(both, y) ? one : hn::Zero(d));
      }
      sum.widen();
    }
    return mean_difference(sum.sum(), both.pixels());
  }

 private:
  template <class... Sums>
  HWY_ATTR static void widen(Sums&... sums) {
    (sums.widen(), ...);
  }

  void mark_columns(const window_part& part, std::int16_t* to) const {
    for (int x = 0; x < b_.columns; ++x)
      to[x] = x - b_.radius >= part.first_x && x - b_.radius <= part.last_x ? -1 : 0;
  }
  bool has_row(const window_part& part, int y) const {
    return y - b_.radius >= part.first_y && y - b_.radius <= part.last_y;
  }

  const std::int16_t* patch_at(int x, int y) const {
    return b_.patch.data() + (y + track_border) * b_.pitch + x + track_border;
  }

  /// Across `step`, at three places `across` apart.
  HWY_ATTR static hn::Vec<D> derivative(D d, const std::int16_t* p, std::ptrdiff_t step, std::ptrdiff_t across) {
    auto central = [=](const std::int16_t* q)
                       HWY_ATTR { return hn::Sub(hn::LoadU(d, q + step), hn::LoadU(d, q - step)); };
    const auto beside = hn::Set(d, std::int16_t{track_beside}), middle = hn::Set(d, std::int16_t{track_middle});
    return hn::Add(
        hn::MulFixedPoint15(central(p), middle),
        hn::Add(hn::MulFixedPoint15(central(p - across), beside), hn::MulFixedPoint15(central(p + across), beside)));
  }

  /// The window's pixels and `border` more on each side: in the image where whole vectors lie inside, else copied
  /// with the image's border repeated.
  pixels pixels_around(const plane<const u16>& p, track_position at, int border) {
    const int x = (at.x >> track_bits) - b_.radius - border, y = (at.y >> track_bits) - b_.radius - border;
    constexpr int lanes = static_cast<int>(hn::MaxLanes(D()));
    const int need = b_.side + 2 * border + 1;
    const int wide = (border == 0 ? b_.columns : (need + lanes - 2) / lanes * lanes) + 1;  // what vectors read
    const auto fx = static_cast<std::int16_t>(track_fraction(at.x)),
               fy = static_cast<std::int16_t>(track_fraction(at.y));
    if (x >= 0 && y >= 0 && x + wide <= p.width && y + need <= p.height)
      return {p.data + y * p.pitch + x, p.pitch, fx, fy};
    for (int j = 0; j < need; ++j) {
      const u16* row = p.data + clamp_index(y + j, p.height) * p.pitch;
      for (int i = 0; i < need; ++i) b_.region[std::size_t(j) * b_.pitch + i] = row[clamp_index(x + i, p.width)];
    }
    return {b_.region.data(), b_.pitch, fx, fy};
  }

  track_buffers& b_;
  int shift_;
  window_part part_{};
};

template <class D>
void track_points(track_buffers& buffers, const track_levels& levels, const track_settings& settings,
                  const track_list& list, int first, int last) {
  lane_window<D> window(buffers);
  for (int i = first; i < last; ++i) write_tracked(list, i, track_list_point(window, levels, settings, list, i));
}

void track_range(const track_levels& levels, const track_settings& settings, const track_list& list, int first,
                 int last) {
  track_buffers buffers(settings.radius);
  if (buffers.columns == 16)
    track_points<hn::CappedTag<std::int16_t, 16> >(buffers, levels, settings, list, first, last);
  else
    track_points<hn::CappedTag<std::int16_t, track_buffers::most_lanes> >(buffers, levels, settings, list, first,
                                                                          last);
}

}  // namespace

track_function track_range_function() { return track_range; }

#endif
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(track_range_function);

status track_with_lanes(const track_levels& levels, const track_settings& settings, const track_list& list,
                        const launch_options& launch) {
  constexpr int least_points = 16;  // fewer are not worth another thread
  const track_function track = for_target(HWY_DISPATCH_TABLE(track_range_function))();
  parallel_rows(list.points, least_points, launch.threads, [&](std::int64_t first, std::int64_t last) {
    track(levels, settings, list, static_cast<int>(first), static_cast<int>(last));
  });
  return status::ok;
}

}  // namespace fluxel::kernels
#endif
