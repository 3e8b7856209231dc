// SPDX-License-Identifier: Apache-2.0
// Validity on the CPU: each test of a row at a time, and the first reason of each pixel.

#include "kernels/common/flow/assess.hpp"

#include <algorithm>
#include <array>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
#include "kernels/cpu/flow/validity/assess_rows.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

/// The largest squared length that lanes of 32 bits compare with.
constexpr std::int64_t largest_variation = std::int64_t{32767} * 32767;

/// The vectors at three rows, of which the middle one is assessed.
class vectors_around {
 public:
  vectors_around(const flow_planes& flow, int n) : flow_(flow), n_(n) {
    for (auto& row : rows_) row = working_vector<std::int16_t>(2 * pitch());
  }
  void fill(int y) {
    for (int k = 0; k < 3; ++k) {
      const int from = std::clamp(y + (k - 1) * assess_pixel::distance, 0, flow_.u.height - 1);
      fill_row(row_at(flow_.u, n_, from), rows_[k].data());
      fill_row(row_at(flow_.v, n_, from), rows_[k].data() + pitch());
    }
  }
  std::array<bordered_vectors, 3> rows() const {
    const auto of = [this](const auto& r) {
      return bordered_vectors{r.data() + assess_border, r.data() + pitch() + assess_border};
    };
    return {of(rows_[0]), of(rows_[1]), of(rows_[2])};
  }

 private:
  std::size_t pitch() const { return std::size_t(flow_.u.width) + 2 * assess_border; }
  void fill_row(const std::int16_t* from, std::int16_t* to) const {
    const int width = flow_.u.width;
    std::fill_n(to, assess_border, from[0]);
    std::copy_n(from, width, to + assess_border);
    std::fill_n(to + assess_border + width, assess_border, from[width - 1]);
  }

  const flow_planes& flow_;
  int n_;
  std::array<working_vector<std::int16_t>, 3> rows_;
};

/// Sums of columns of windows, which move down a band.
class residual_window {
 public:
  residual_window(const flow_assessment& a, int n, int first)
      : a_(a),
        n_(n),
        made_(std::max(0, first - radius)),
        begin_(made_),
        sums_(a.prev.width),
        known_(a.prev.width),
        sum_columns_(bordered(a.prev.width)),
        known_columns_(bordered(a.prev.width)) {}

  /// Rows come in order.
  void flags(int y, std::int32_t limit, u8* to) {
    const auto& rows = flow_assess_rows();
    const int width = a_.prev.width;
    for (; made_ <= std::min(y + radius, a_.prev.height - 1); ++made_) {
      rows.differences(row_at(a_.prev, n_, made_), row_at(a_.warped.grey, n_, made_),
                       row_at(a_.warped.reason, n_, made_), width, sums_[made_], known_[made_]);
      rows.slide(sums_[made_], nullptr, width, sum_columns_.data() + assess_border);
      rows.slide(known_[made_], nullptr, width, known_columns_.data() + assess_border);
    }
    if (const int left = y - radius - 1; left >= begin_) {
      rows.slide(nullptr, sums_[left], width, sum_columns_.data() + assess_border);
      rows.slide(nullptr, known_[left], width, known_columns_.data() + assess_border);
    }
    rows.differs(sum_columns_.data() + assess_border, known_columns_.data() + assess_border, limit, width, to);
  }

 private:
  static constexpr int radius = assess_pixel::residual_radius;
  static std::size_t bordered(int width) { return std::size_t(width) + 2 * assess_border; }

  const flow_assessment& a_;
  int n_, made_, begin_;
  ring<std::int32_t, 8> sums_, known_;
  working_vector<std::int32_t> sum_columns_, known_columns_;
};

void assess_band(const flow_assessment& a, const image& validity, int n, int first, int last) {
  const auto& rows = flow_assess_rows();
  const int width = a.prev.width;
  const pair_limits& limits = a.limits[n];
  vectors_around around(a.flow, n);
  residual_window residual(a, n, first);
  working_vector<u8> varies(width), differs(width);
  for (int y = first; y < last; ++y) {
    if (a.rule.variation_squared > 0) {
      around.fill(y);
      rows.varies(around.rows().data(), static_cast<std::int32_t>(a.rule.variation_squared), width, varies.data());
    }
    if (a.rule.residual > 0) residual.flags(y, limits.residual, differs.data());
    rows.reasons({.prev_mask = a.prev_mask.data == nullptr ? nullptr : row_at(a.prev_mask, n, y),
                  .reason = row_at(a.warped.reason, n, y),
                  .larger = row_at(a.larger, n, y),
                  .smaller = row_at(a.smaller, n, y),
                  .varies = varies.data(),
                  .differs = differs.data()},
                 limits, width, row_at<u8>(validity, n, 0, y));
  }
}

}  // namespace

bool assess_in_rows(const flow_assessment& a) {
  return a.exact_u.data == nullptr && a.least.data == nullptr && a.back.u.data == nullptr &&
         a.rule.variation_squared <= largest_variation;
}

status assess_of_rows(const flow_assessment& a, const image& validity, const launch_options& launch) {
  for_bands(a.flow.u, launch, [&](int n, int first, int last) { assess_band(a, validity, n, first, last); });
  return status::ok;
}

}  // namespace fluxel::kernels
