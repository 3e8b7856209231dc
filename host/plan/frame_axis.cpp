// SPDX-License-Identifier: Apache-2.0
#include "host/plan/frame_axis.hpp"

#include <cstdint>

namespace fluxel::plan {

sample_grid chroma_grid(chroma_location location, int shift, bool horizontal) {
  const double step = 1 << shift;
  const double between = (step - 1) / 2;
  switch (location) {
    case chroma_location::unspecified:
    case chroma_location::left:
      return {step, horizontal ? 0 : between};
    case chroma_location::center:
      return {step, between};
    case chroma_location::top_left:
      return {step, 0};
    case chroma_location::top:
      return {step, horizontal ? between : 0};
    case chroma_location::bottom_left:
      return {step, horizontal ? 0 : step - 1};
    case chroma_location::bottom:
      return {step, horizontal ? between : step - 1};
  }
  return {step, 0};
}

sample_grid field_grid(const sample_grid& plane, int field) {
  return {2 * plane.step, plane.offset + plane.step * field};
}

namespace {

/// Whether the rule applied to the plane's own sizes gives the positions that the luma gives it.
bool follows_from_sizes(const axis& luma, const sample_grid& grid, int src_size, int dst_size) {
  if (luma.explicit_mapping) return false;
  if (luma.src_size == luma.dst_size) return src_size == dst_size;
  if (std::int64_t{src_size} * luma.dst_size != std::int64_t{dst_size} * luma.src_size) return false;
  switch (luma.rule) {
    case coordinates::half_pixel:
      return 2 * grid.offset + 1 == grid.step;
    case coordinates::asymmetric:
      return grid.offset == 0;
    case coordinates::align_corners:
      return false;
  }
  return false;
}

}  // namespace

axis plane_axis(const axis& luma, const sample_grid& grid, int src_size, int dst_size) {
  if (grid.step == 1 && grid.offset == 0) return luma;
  axis plane{.src_size = src_size, .dst_size = dst_size, .rule = luma.rule, .explicit_mapping = {}};
  if (follows_from_sizes(luma, grid, src_size, dst_size)) return plane;
  // The luma takes destination index X to scale * X + first. Sample i of the destination plane sits at
  // X = grid.step * i + grid.offset; solve grid.step * k + grid.offset = scale * X + first for k.
  const double scale = luma.step();
  const double first = luma.position(0);
  const double k0 = ((scale - 1) * grid.offset + first) / grid.step;
  plane.explicit_mapping = {scale, k0 + 0.5 - 0.5 * scale};
  return plane;
}

axis sampling_axis(const sample_grid& grid, int src_size, int dst_size) {
  return {.src_size = src_size,
          .dst_size = dst_size,
          .rule = coordinates::half_pixel,
          .explicit_mapping = axis::mapping{grid.step, grid.offset + 0.5 - 0.5 * grid.step}};
}

}  // namespace fluxel::plan
