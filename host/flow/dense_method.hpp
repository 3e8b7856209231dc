// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a dense method does between two warps.

#include <cmath>

#include "fluxel/flow_options.hpp"
#include "host/flow/memory.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

/// 1 / epsilon^2 of a Charbonnier penalty; 0 is quadratic.
inline float inverse_square(double epsilon) {
  return epsilon == 0 ? 0.0f : static_cast<float>(1 / (epsilon * epsilon));
}

/// The data term's part of the energy.
inline kernels::flow_energy energy_of(const flow_data_term_options& d) {
  return {.brightness = static_cast<float>(d.brightness),
          .gradient = static_cast<float>(d.gradient),
          .inverse_brightness_scale = inverse_square(d.brightness_epsilon),
          .inverse_gradient_scale = inverse_square(d.gradient_epsilon)};
}

/// The largest change per warp in 1/64 pixel.
inline int max_increment_units(const flow_warping_options& w) {
  return static_cast<int>(std::lround(w.max_increment * 64));
}

/// Whether pixels of the frames may be unknown.
inline bool masked(const kernels::flow_frames& f) {
  return f.prev_mask.data != nullptr || f.next_mask.data != nullptr;
}

/// One warp of a level.
struct warp_step {
  kernels::flow_frames frames;
  bool first;                    ///< of the level
  kernels::flow_planes coarse;   ///< with data: `flow` begins as this one, upscaled
  kernels::warped_frame warped;  ///< working memory
  kernels::flow_planes flow, updated;
  bool fine = false;  ///< `updated` is fine flow
};

/// kernels::flow_relaxation::finer and window_rule::finer of a warp.
inline int finer_of(const warp_step& s) { return s.fine ? kernels::fine_steps : 1; }

class dense_method {
 public:
  virtual ~dense_method() = default;

  /// Called twice with the same sizes: to count bytes, and to place planes. `finest` is the finest level's size.
  virtual void layout_planes(plane_layout& layout, size finest) = 0;

  /// Copies constants to their planes; waits until they are there.
  virtual kernels::status upload(const kernels::backend_table&) { return kernels::status::ok; }

  /// Once per level, before its warps. The size is that of `frames`.
  virtual kernels::status begin_level(const kernels::backend_table&, const kernels::flow_frames&,
                                      const kernels::launch_options&) {
    return kernels::status::ok;
  }

  /// Warps by `flow`, whose next estimate becomes `updated`: begin_level, warp and `update`, or what a backend has
  /// instead of them.
  virtual kernels::status step(const kernels::backend_table& table, const warp_step& s,
                               const kernels::launch_options& launch);

  /// The next estimate from `s.flow`, by which the next frame has been warped to `s.warped`.
  virtual kernels::status update(const kernels::backend_table&, const warp_step& s, const kernels::launch_options&) {
    static_cast<void>(s);
    return kernels::status::unsupported;
  }

  /// Its part of the rule by which a backend solves coarse levels at once; false: it cannot say.
  virtual bool describe(kernels::coarse_level_rule&) const { return false; }

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
