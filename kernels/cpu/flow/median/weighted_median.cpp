// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/median/weighted_median.hpp"

#include <algorithm>

#include "kernels/common/flow/weighted_median.hpp"
#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

constexpr int border = 32, room = 64;  // before and behind a row: its reflected border, and vectors that begin inside

/// The rows around one band, their borders reflected.
class window_rows {
  static constexpr int slots = 16;

 public:
  window_rows(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
              const weighted_median_rule& rule, int n)
      : in_(in),
        guide_(guide),
        trust_(trust),
        rule_(rule),
        n_(n),
        pitch_((in.u.width + border + room + 31) / 32 * 32),
        flow_(std::size_t(2) * slots * pitch_),
        levels_(std::size_t(guide.count + 1) * slots * pitch_) {}

  /// Row r may lie beyond the image.
  void fill(int r) {
    const int y = reflect_index(r, in_.u.height);
    const std::ptrdiff_t at = place_of(r);
    put(row_at(in_.u, n_, y), flow_.data() + at, [](std::int16_t f) { return f; });
    put(row_at(in_.v, n_, y), flow_.data() + kind(1) + at, [](std::int16_t f) { return f; });
    put(row_at(trust_, n_, y), levels_.data() + at, [](u8 t) { return u16{t}; });
    for (int c = 0; c < guide_.count; ++c)
      put(row_at(guide_.planes[c], n_, y), levels_.data() + kind(c + 1) + at,
          [this](u16 i) { return static_cast<u16>(guide_level(i, rule_.shift)); });
  }

  weighted_median_input around(int y) const {
    weighted_median_input in{flow_.data(), flow_.data() + kind(1), {}, levels_.data(), guide_.count, {}};
    for (int c = 0; c < guide_.count; ++c) in.guide[c] = levels_.data() + kind(c + 1);
    for (int j = 0; j <= 2 * rule_.radius; ++j) in.rows[j] = place_of(y - rule_.radius + j);
    return in;
  }

 private:
  std::ptrdiff_t kind(int k) const { return std::ptrdiff_t{k} * slots * pitch_; }
  std::ptrdiff_t place_of(int r) const { return std::ptrdiff_t{(r + slots) % slots} * pitch_ + border; }

  template <class From, class To, class Rule>
  void put(const From* row, To* to, const Rule& rule) const {
    const int width = in_.u.width;
    for (int x = 0; x < width; ++x) to[x] = rule(row[x]);
    for (int i = 1; i <= rule_.radius; ++i) {
      to[-i] = to[reflect_index(-i, width)];
      to[width - 1 + i] = to[reflect_index(width - 1 + i, width)];
    }
    // Pixels behind the row are computed with the last vector: of one value, they are done soon.
    std::fill(to + width + rule_.radius, to + width + room, to[width - 1]);
  }

  const flow_planes& in_;
  const median_guide& guide_;
  plane<const u8> trust_;
  const weighted_median_rule& rule_;
  int n_;
  std::ptrdiff_t pitch_;
  working_vector<std::int16_t> flow_;  ///< u, then v
  working_vector<u16> levels_;         ///< trust, then the guide's planes
};

}  // namespace

status weighted_median_of_rows(const flow_planes& in, const median_guide& guide, plane<const u8> trust,
                               const weighted_median_rule& rule, const flow_planes& out,
                               const launch_options& launch) {
  const auto filter_row = flow_weighted_median_row();
  for_bands(in.u, launch, [&](int n, int first, int last) {
    window_rows rows(in, guide, trust, rule, n);
    for (int r = first - rule.radius; r < first + rule.radius; ++r) rows.fill(r);
    for (int y = first; y < last; ++y) {
      rows.fill(y + rule.radius);
      filter_row(rows.around(y), rule, in.u.width, row_at(out.u, n, y), row_at(out.v, n, y));
    }
  });
  return status::ok;
}

}  // namespace fluxel::kernels
