// SPDX-License-Identifier: Apache-2.0
#include "host/flow/pyramid.hpp"

#include <new>

#include "host/core/device.hpp"
#include "host/plan/pyramid.hpp"

namespace fluxel::host {

using kernels::status;

namespace {

/// Luma weights of BT.601 in 1/2^14; they sum to 2^14.
constexpr std::int32_t luma_red = 4899, luma_green = 9617, luma_blue = 1868;

kernels::intensity_scale make_intensity(const flow_geometry& geometry) {
  return {.type = geometry.type,
          .red = luma_red,
          .green = luma_green,
          .blue = luma_blue,
          .scale = static_cast<float>(255.0 * 16 / geometry.white),
          .bit_depth = geometry.bit_depth};
}

}  // namespace

std::vector<size> pyramid_level_sizes(const flow_geometry& g, const flow_pyramid_options& o) {
  return plan::pyramid_sizes({g.width, g.height}, o.factor, o.coarsest_side, o.max_levels);
}

pyramid_builder::pyramid_builder(backend b, const char* function, const flow_geometry& geometry,
                                 const flow_pyramid_options& options)
    : table_(table_for(b, function)),
      intensity_(make_intensity(geometry)),
      sizes_(pyramid_level_sizes(geometry, options)),
      sigmas_(sizes_.size(), plan::pyramid_sigma(options.factor)),
      reduce_(sizes_.size()) {
  sigmas_[0] = options.presmoothing;
  for (std::size_t l = 0; l < sizes_.size(); ++l) {
    if (sigmas_[l] == 0) continue;
    reduce_[l] = table_.resize.prepare(plan::gaussian_recipe(sizes_[l == 0 ? 0 : l - 1], sizes_[l], sigmas_[l]));
    if (reduce_[l] == nullptr) throw std::bad_alloc();
  }
}

frame_pyramid pyramid_builder::layout_pyramid(plane_layout& layout) const {
  frame_pyramid p;
  for (const size s : sizes_) p.grey.push_back(layout.take<u16>(s));
  for (const size s : sizes_) p.mask.push_back(layout.take<u8>(s));
  return p;
}

void pyramid_builder::layout_planes(plane_layout& layout) {
  grey_ = layout.take<u16>(sizes_[0]);
  mask_ = layout.take<u8>(sizes_[0]);
}

status pyramid_builder::build(const kernels::image& frame, const kernels::image* mask, frame_pyramid& to,
                              const kernels::launch_options& launch) const {
  to.masked = mask != nullptr || intensity_.type == element_type::f32;  // any float may be NaN
  const bool smooth = reduce_[0] != nullptr;
  const auto& grey = smooth ? grey_ : to.grey[0];
  const auto& unknown = smooth ? mask_ : to.mask[0];
  status result =
      table_.flow.intensity(frame, intensity_, mask, grey, to.masked ? unknown : kernels::plane<u8>{}, launch);
  kernels::image from = image_of(grey);
  auto mask_from = unknown;
  for (std::size_t l = smooth ? 0 : 1; l < sizes_.size() && result == status::ok; ++l) {
    const kernels::image_pair pair{from, image_of(to.grey[l])};
    result = reduce_[l]->run({&pair, 1}, launch);
    if (to.masked && result == status::ok)
      result = table_.flow.reduce_mask(
          mask_from, to.mask[l], plan::gaussian_reach({mask_from.width, mask_from.height}, sizes_[l], sigmas_[l]),
          launch);
    from = pair.dst;
    mask_from = to.mask[l];
  }
  return result;
}

}  // namespace fluxel::host
