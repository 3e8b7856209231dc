// SPDX-License-Identifier: Apache-2.0
#pragma once

// The resize of one kind of plane on one backend: what a resizer keeps for each geometry.

#include <memory>
#include <mutex>
#include <span>

#include "host/core/call.hpp"
#include "host/plan/recipe.hpp"

namespace fluxel::host {

/// A descriptor: the tables are a pure function of it.
struct plane_plan {
  resize_geometry geometry;
  resize_options options;
  plan::axis x, y;
  plan::pixel_depth depth;
};

/// Whether two plans made with the same options and depth are the same.
inline bool same_tables(const plane_plan& a, const plane_plan& b) {
  return a.geometry == b.geometry && a.x == b.x && a.y == b.y;
}

/// The plan of images whose axes follow from the options.
/// @throws fluxel::error invalid_argument  tables beyond all sense.
plane_plan make_plane_plan(const call_site& site, const resize_geometry& geometry, const resize_options& options);

/// Rejects plans whose tables would have more than 2^26 entries on an axis.
void check_tables(const call_site& site, const plane_plan& plan);

/// A recipe made ready on a backend. @throws fluxel::error out_of_memory
std::unique_ptr<kernels::prepared_resize> prepare_recipe(backend b, const kernels::resize_recipe& recipe,
                                                         const resolved_placement& where);

/// Color resized by the weight of its straight alpha: multiply, resize the products, divide.
/// The products are kept in the object, so calls on the CPU take turns, and calls on CUDA share a stream.
class premultiplied_resize {
 public:
  /// @param plan  geometry.channels counts the colors and the alpha.
  premultiplied_resize(const plane_plan& plan, backend b, const resolved_placement& where);
  kernels::status run(const kernels::alpha_image& src, const kernels::alpha_image& dst,
                      const run_context& context) const;

 private:
  plane_plan plan_;
  std::unique_ptr<kernels::prepared_resize> resize_;
  device_buffer src_, dst_;  ///< products
  mutable std::mutex turn_;
};

class light_resize;

/// Interleaved pixels, with or without alpha.
class resize_engine {
 public:
  resize_engine(const plane_plan& plan, backend b, const resolved_placement& where);
  resize_engine(resize_engine&&) noexcept;
  ~resize_engine();
  kernels::status run(std::span<const kernels::image_pair> pairs, const run_context& context) const;
  /// The one resize that it is, or null where it takes several steps.
  const kernels::prepared_resize* single() const { return plain_.get(); }

 private:
  int element_bytes_;
  int max_value_;
  std::unique_ptr<kernels::prepared_resize> plain_;
  std::unique_ptr<premultiplied_resize> weighted_;
  std::unique_ptr<light_resize> light_;
};

/// The largest value of integer pixels.
int max_value_of(element_type type, const plan::pixel_depth& depth);

}  // namespace fluxel::host
