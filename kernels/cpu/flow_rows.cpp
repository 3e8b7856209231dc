#include "kernels/cpu/flow_rows.hpp"

#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow_rows.cpp"
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

std::int16_t sample_inside(const plane<const u16>& second, const warp_target& at) {
  const cubic_phase wx = cubic_weights(at.phase_x), wy = cubic_weights(at.phase_y);
  std::int32_t rows[4];
  const bool whole = at.x >= 1 && at.x + 2 < second.width && at.y >= 1 && at.y + 2 < second.height;
  for (int j = 0; j < 4; ++j) {
    if (whole) {
      const u16* p = second.data + (at.y - 1 + j) * second.pitch + (at.x - 1);
      rows[j] = cubic_row(wx, p[0], p[1], p[2], p[3]);
      continue;
    }
    const u16* p = second.data + clamp_index(at.y - 1 + j, second.height) * second.pitch;
    auto c = [&](int i) HWY_ATTR { return p[clamp_index(at.x - 1 + i, second.width)]; };
    rows[j] = cubic_row(wx, c(0), c(1), c(2), c(3));
  }
  return cubic_column(wy, rows[0], rows[1], rows[2], rows[3]);
}

void warp(const warp_row_input& in, int width, std::int16_t* HWY_RESTRICT warped, std::uint8_t* HWY_RESTRICT reason) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    const warp_target at = warp_position(x, in.y, in.u[x], in.v[x], in.second.width, in.second.height);
    reason[x] = at.inside ? 0 : flow_outside;
    warped[x] = at.inside ? sample_inside(in.second, at) : static_cast<std::int16_t>(in.first[x]);
  }
}

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
  static constexpr flow_row_functions table{warp, enlarge_across, enlarge_along, to_units};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#undef FLUXEL_INDEPENDENT

#if HWY_ONCE
#include "kernels/cpu/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(row_functions);

const flow_row_functions& flow_rows() { return *for_target(HWY_DISPATCH_TABLE(row_functions))(); }

}  // namespace fluxel::kernels
#endif
