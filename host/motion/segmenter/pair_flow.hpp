// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "fluxel/dense_flow.hpp"
#include "fluxel/flow_options.hpp"
#include "fluxel/frame.hpp"
#include "fluxel/image.hpp"
#include "fluxel/placement.hpp"
#include "fluxel/resizer.hpp"

namespace fluxel::host {

/// A frame's flow to another one.
struct known_flow {
  image<f32> uv;
  image<u8> validity;  ///< flow_reason
};

/// The flow between the last two frames of a sequence, both ways, on frames in host memory that are reduced first.
class pair_flow {
 public:
  pair_flow(const frame_format& format, flow_quality quality, int longest_side, const placement& where);

  /// Takes a frame. @returns whether there is one before it, and the flows have been measured.
  bool next(const frame_view<const void>& frame);
  void restart() { has_previous_ = false; }

  size flow_size() const { return small_; }
  const known_flow& forward() const { return flows_[0]; }  ///< of the frame before, to the last one
  const known_flow& back() const { return flows_[1]; }
  const image<u8>& grey_before() const { return greys_[0]; }  ///< of the reduced frames, 8 bits
  const image<u8>& grey_last() const { return greys_[1]; }
  /// Whether the last two frames are the same picture, as in animation of 12 drawings per second.
  bool is_repeated() const { return repeated_; }
  /// Whether the last two frames show different scenes.
  bool is_cut() const { return cut_; }

  fluxel::backend backend() const { return flow_.backend(); }
  std::size_t workspace_size() const;

 private:
  template <class T>
  void keep_as(const frame_view<const void>& frame);
  void keep(const frame_view<const void>& frame);
  flow_image picture(int i) const;
  float measure(int from, int to, known_flow& result);

  size full_, small_;
  flow_geometry geometry_;
  std::optional<resizer> reduce_;
  dense_flow flow_;
  std::array<std::vector<std::byte>, 2> pixels_;  ///< of the reduced frames: that before, and the last
  std::array<image<u8>, 2> greys_;
  std::array<known_flow, 2> flows_;
  image<f32> score_{1, 1};
  bool has_previous_ = false, repeated_ = false, cut_ = false;
};

}  // namespace fluxel::host
