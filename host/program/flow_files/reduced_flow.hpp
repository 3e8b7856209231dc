// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "fluxel/placement.hpp"
#include "host/program/flow_files/flow_field.hpp"
#include "host/program/video/frames/plain_picture.hpp"

namespace fluxel::video {

/// Flow that is computed on reduced pictures and reported for the pictures as they are: what is resized on the way,
/// on the CPU.
class reduced_flow {
 public:
  /// @param scale  above 0, at most 1; sides are rounded, and at least 1 px.
  reduced_flow(size full, double scale, int threads);

  /// The size that the flow is computed at.
  size reduced() const { return reduced_; }

  /// A picture reduced by an antialiased bilinear filter; valid until the next one.
  const plain_picture& reduce(const plain_picture& picture);

  /// A mask (0: not known) for reduced pictures: a pixel is known where all that it is averaged from is.
  std::vector<u8> reduce_mask(const std::vector<u8>& mask) const;

  /// The flow between bilinearly, its vectors in pixels of the full size.
  void enlarge(flow_field& reduced, flow_field& full) const;

  /// The validity of the nearest reduced pixel.
  void enlarge_validity(const std::vector<u8>& reduced, std::vector<u8>& full) const;

 private:
  size full_, reduced_;
  placement where_;
  plain_picture picture_;
};

}  // namespace fluxel::video
