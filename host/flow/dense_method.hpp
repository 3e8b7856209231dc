// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a dense method does between two warps.

#include <cstddef>
#include <vector>

#include "host/flow/memory.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

class dense_method {
 public:
  virtual ~dense_method() = default;

  /// Called twice with the same sizes: to count, and to place. `finest` is the largest level's size.
  virtual void layout_planes(plane_layout& layout, size finest) = 0;

  /// Constants to their places; waits until they are there.
  virtual kernels::status upload(const kernels::backend_table& table) = 0;

  /// Once per level, before its warps. The size is that of `frames`.
  virtual kernels::status begin_level(const kernels::backend_table& table, const kernels::flow_frames& frames,
                                      const kernels::launch_options& launch) = 0;

  /// A better flow than `flow`, by which the second frame has been `warped`.
  virtual kernels::status update(const kernels::backend_table& table, const kernels::flow_frames& frames,
                                 const kernels::warped_frame& warped, const kernels::flow_planes& flow,
                                 const kernels::flow_planes& updated, const kernels::launch_options& launch) = 0;

  /// Whether the method has neither levels nor warps: then `solve` is called instead of the two above.
  virtual bool at_once() const { return false; }

  /// From `start` to the f32 images `u` and `v`.
  virtual kernels::status solve(const kernels::backend_table&, const kernels::flow_frames&,
                                const kernels::flow_planes& start, const kernels::image& u, const kernels::image& v,
                                const kernels::launch_options&) {
    static_cast<void>(start), static_cast<void>(u), static_cast<void>(v);
    return kernels::status::unsupported;
  }
};

}  // namespace fluxel::host
