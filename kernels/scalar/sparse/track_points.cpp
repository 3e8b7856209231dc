// SPDX-License-Identifier: Apache-2.0
// The definition of tracked points: windows sampled and summed one pixel after the other.

#include "kernels/common/sparse/track_points.hpp"

#include <vector>

#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

class scalar_window {
 public:
  explicit scalar_window(int radius) : radius_(radius), shift_(track_sum_shift(radius)) {}

  tensor_scale scale() const { return part_scale(shift_, part_.pixels()); }

  tensor_sums open(const plane<const u16>& prev, track_position at) {
    template_.clear();
    gradients_.clear();
    part_ = part_inside(prev, at, radius_);
    auto level = [&](int i, int j) { return sample(prev, at, i, j); };
    tensor_sums sums;
    for (int j = -radius_; j <= radius_; ++j)
      for (int i = -radius_; i <= radius_; ++i) {
        auto along_x = [&](int row) { return level(i + 1, row) - level(i - 1, row); };
        auto along_y = [&](int column) { return level(column, j + 1) - level(column, j - 1); };
        const gradient g{track_derivative(along_x(j - 1), along_x(j), along_x(j + 1)),
                         track_derivative(along_y(i - 1), along_y(i), along_y(i + 1))};
        template_.push_back(level(i, j));
        gradients_.push_back(part_.has(i, j) ? g : gradient{0, 0});
        add_gradient(sums, gradients_.back().x, gradients_.back().y);
      }
    return sums;
  }

  mismatch_sums mismatch(const plane<const u16>& next, track_position at) const {
    mismatch_sums sums;
    const window_part inside = part_inside(next, at, radius_);
    for (int j = inside.first_y; j <= inside.last_y; ++j)
      for (int i = inside.first_x; i <= inside.last_x; ++i) {
        const std::int64_t difference = sample(next, at, i, j) - template_[index(i, j)];
        sums.x += difference * gradients_[index(i, j)].x;
        sums.y += difference * gradients_[index(i, j)].y;
      }
    return sums;
  }

  float residual(const plane<const u16>& next, track_position at) const {
    std::int64_t sum = 0;
    const window_part both = common_part(part_, part_inside(next, at, radius_));
    for (int j = both.first_y; j <= both.last_y; ++j)
      for (int i = both.first_x; i <= both.last_x; ++i) {
        const std::int32_t difference = sample(next, at, i, j) - template_[index(i, j)];
        sum += difference < 0 ? -difference : difference;
      }
    return mean_difference(sum, both.pixels());
  }

 private:
  struct gradient {
    std::int32_t x, y;
  };

  std::size_t index(int i, int j) const { return std::size_t(j + radius_) * (2 * radius_ + 1) + (i + radius_); }
  /// At an offset in whole pixels; the border pixel repeats.
  static std::int32_t sample(const plane<const u16>& p, track_position at, int i, int j) {
    const int x = (at.x >> track_bits) + i, y = (at.y >> track_bits) + j;
    auto level = [&](int u, int v) { return clamped_pixel(p, 0, u, v); };
    return track_sample(level(x, y), level(x + 1, y), level(x, y + 1), level(x + 1, y + 1), track_fraction(at.x),
                        track_fraction(at.y));
  }

  int radius_, shift_;
  window_part part_{};
  std::vector<std::int32_t> template_;
  std::vector<gradient> gradients_;
};

}  // namespace

status scalar_track(const track_levels& levels, const track_settings& settings, const track_list& list,
                    const launch_options&) {
  scalar_window window(settings.radius);
  for (int i = 0; i < list.points; ++i) write_tracked(list, i, track_list_point(window, levels, settings, list, i));
  return status::ok;
}

}  // namespace fluxel::kernels
