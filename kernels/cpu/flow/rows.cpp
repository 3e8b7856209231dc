// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/flow/rows.hpp"


#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

// The arrays of a row never overlap; with a dozen of them compilers give up proving it.
#if defined(__clang__)
#define FLUXEL_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define FLUXEL_INDEPENDENT _Pragma("GCC ivdep")
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

void enlarge_across(const float* HWY_RESTRICT coarse, const enlarge_positions& at, int width,
                    float* HWY_RESTRICT out) {
  const std::int32_t *left = at.left, *right = at.right;
  const float* weight = at.weight;
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) out[x] = flow_between(coarse[left[x]], coarse[right[x]], weight[x]);
}

void enlarge_along(const float* top, const float* bottom, float weight, float growth, int width,
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
  static constexpr flow_row_functions table{enlarge_across, enlarge_along, to_units};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#undef FLUXEL_INDEPENDENT

#if HWY_ONCE
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(row_functions);

const flow_row_functions& flow_rows() { return *for_target(HWY_DISPATCH_TABLE(row_functions))(); }

}  // namespace fluxel::kernels
#endif
