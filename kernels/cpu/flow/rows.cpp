// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/rows.hpp"


#include "kernels/cpu/runtime/independent.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

// The arrays of a row never overlap; with a dozen of them compilers give up proving it.
HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

void upscale_across(const float* HWY_RESTRICT coarse, const upscale_positions& at, int width,
                    float* HWY_RESTRICT out) {
  const std::int32_t *left = at.left, *right = at.right;
  const float* weight = at.weight;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) out[x] = flow_between(coarse[left[x]], coarse[right[x]], weight[x]);
}

void upscale_along(const float* top, const float* bottom, float weight, float growth, int width,
                   std::int16_t* HWY_RESTRICT out) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) out[x] = round_flow(flow_between(top[x], bottom[x], weight) * growth);
}

void to_units(const std::int16_t* HWY_RESTRICT in, int width, float* HWY_RESTRICT out) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) out[x] = in[x];
}

}  // namespace

const flow_row_functions* row_functions() {
  static constexpr flow_row_functions table{upscale_across, upscale_along, to_units};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_row_functions, flow_rows, row_functions)
#endif
