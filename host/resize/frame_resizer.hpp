// SPDX-License-Identifier: Apache-2.0
#pragma once

// The resize of a frame on one backend.

#include <array>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "host/resize/frame_operands.hpp"

namespace fluxel::host {

/// What a frame resizer keeps on one backend.
class frame_resizer {
 public:
  frame_resizer(const frame_format& src, const std::vector<frame_part>& parts, backend b,
                const resolved_placement& where);

  kernels::status run(const plane_pairs& planes, const run_context& context) const;

 private:
  /// The alpha plane at the samples of subsampled color planes.
  struct sampled_alpha {
    resize_engine resize;
    size samples;
    device_buffer memory;
  };
  struct part {
    int plane = 0;
    int field = -1;
    const resize_engine* plain = nullptr;
    const premultiplied_resize* weighted = nullptr;
    const sampled_alpha* alpha = nullptr;
  };

  kernels::status run_weighted(const part& p, const plane_pairs& planes, const run_context& context) const;

  frame_format format_;
  template <class T>
  using planned = std::vector<std::pair<plane_plan, std::unique_ptr<T>>>;  ///< one for each distinct plan
  planned<resize_engine> plain_;
  planned<premultiplied_resize> weighted_;
  planned<sampled_alpha> alpha_;
  std::vector<part> parts_;
  mutable std::mutex turn_;  ///< for calls that use the memory of sampled_alpha
};

}  // namespace fluxel::host
