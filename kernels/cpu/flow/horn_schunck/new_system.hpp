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

/// The linear system of image n, whose rows are asked for from top to bottom.
class new_system {
 public:
  new_system(const warp_equations& of, int n)
      : of_(of),
        n_(n),
        elements_(flow_row_elements(of.frames.prev.width)),
        weights_(std::size_t(4) * elements_),
        known_(std::size_t(of.frames.prev.width) + row_room),
        window_(of.frames, of.warped, n) {}
  new_system(const new_system&) = delete;

  void make(int y, const equation_row& to) {
    float *right = weights_.data(), *down = row_of_weights(1 + y % 2);
    weigh_edges(of_.frames.prev, of_.flow, of_.edges, n_, y, right, down);
    known_row(of_.frames, of_.warped, n_, y, known_.data());
    // Above the first row that is made the weights are 0, as above the image.
    const edge_weight_rows weights{right, down, made_ ? row_of_weights(1 + (y + 1) % 2) : row_of_weights(3)};
    flow_system_rows().linearise_blocks(window_.at(y), known_.data(), row_at(of_.flow.u, n_, y),
                                        row_at(of_.flow.v, n_, y), of_.energy, weights, to, of_.frames.prev.width);
    made_ = true;
  }

 private:
  float* row_of_weights(int i) { return weights_.data() + std::ptrdiff_t{i} * elements_; }

  const warp_equations& of_;
  int n_;
  std::ptrdiff_t elements_;
  working_vector<float> weights_;  ///< to the right; down from this row and from the one before; zeros
  working_vector<std::int16_t> known_;
  derivative_window window_;
  bool made_ = false;
};

}  // namespace fluxel::kernels
