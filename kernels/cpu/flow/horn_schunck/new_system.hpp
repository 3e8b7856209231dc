// SPDX-License-Identifier: Apache-2.0
#pragma once

// The linear system of a warp, made row by row as it is needed.

#include <algorithm>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/derivatives.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

/// The weights between a row's pixels, and to those of the row below.
inline void weigh_edges(plane<const u16> grey, const flow_planes& flow, const edge_rule& rule, int n, int y,
                        float* right, float* down) {
  const bool moved = rule.inverse_flow_scale != 0;
  auto row = [&](int r) -> edge_row {
    return {row_at(grey, n, r), moved ? row_at(flow.u, n, r) : nullptr, moved ? row_at(flow.v, n, r) : nullptr};
  };
  flow_system_rows().edge_weights(row(y), row(std::min(y + 1, grey.height - 1)), rule, grey.width, right, down);
}

/// The last rows of the system of image n. Row y of it is row y mod `rows` of `planes`.
class new_system {
 public:
  new_system(const warp_equations& of, int n, int rows)
      : of_(of),
        n_(n),
        rows_(rows),
        elements_(flow_row_elements(of.frames.prev.width)),
        memory_(std::size_t(7) * rows * elements_),
        known_(std::size_t(of.frames.prev.width) + row_room),
        zeros_(elements_),
        window_(of.frames, of.warped, n) {}
  new_system(const new_system&) = delete;

  flow_system planes() {
    auto plane_at = [&](int i) {
      float* const data = memory_.data() + std::ptrdiff_t{i} * rows_ * elements_;
      return plane<float>{data, of_.frames.prev.width, rows_, elements_, 1, 0};
    };
    return {plane_at(0), plane_at(1), plane_at(2), plane_at(3), plane_at(4), plane_at(5), plane_at(6)};
  }

  /// Rows come in order.
  void make(int y) {
    auto row = [&](int i, int r) { return memory_.data() + (std::ptrdiff_t{i} * rows_ + r % rows_) * elements_; };
    weigh_edges(of_.frames.prev, of_.flow, of_.edges, n_, y, row(5, y), row(6, y));
    known_row(of_.frames, of_.warped, n_, y, known_.data());
    const system_rows to{row(0, y), row(1, y), row(2, y), row(3, y),
                         row(4, y), row(5, y), row(6, y), made_ ? row(6, y - 1) : zeros_.data()};
    flow_system_rows().linearise(window_.at(y), known_.data(), row_at(of_.flow.u, n_, y), row_at(of_.flow.v, n_, y),
                                 of_.energy, to, of_.frames.prev.width);
    made_ = true;
  }

 private:
  const warp_equations& of_;
  int n_, rows_;
  std::ptrdiff_t elements_;
  working_vector<float> memory_;
  working_vector<std::int16_t> known_;
  working_vector<float> zeros_;
  derivative_window window_;
  bool made_ = false;  ///< a row; above the first one the weights are 0, as above the image
};

}  // namespace fluxel::kernels
