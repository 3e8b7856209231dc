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

constexpr int border = 2;

void extend(std::int32_t* row, int width) {
  for (int i = 1; i <= border; ++i) {
    row[-i] = row[0];
    row[width - 1 + i] = row[width - 1];
  }
}

void sum_and_change(const u16* HWY_RESTRICT first, const std::int16_t* HWY_RESTRICT warped, int width,
                    std::int32_t* HWY_RESTRICT sum, std::int32_t* HWY_RESTRICT change) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    sum[x] = warped[x] + first[x];
    change[x] = warped[x] - first[x];
  }
  extend(sum, width);
  extend(change, width);
}

void derive(const std::int32_t* const sum[5], int width, std::int32_t* HWY_RESTRICT mx,
            std::int32_t* HWY_RESTRICT my) {
  const std::int32_t *m2 = sum[0], *m1 = sum[1], *here = sum[2], *p1 = sum[3], *p2 = sum[4];
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    mx[x] = derivative5(here[x - 2], here[x - 1], here[x + 1], here[x + 2]);
    my[x] = derivative5(m2[x], m1[x], p1[x], p2[x]);
  }
  extend(mx, width);
  extend(my, width);
}

void linearise(const derivative_rows& rows, const std::uint8_t* HWY_RESTRICT known, const std::int16_t* HWY_RESTRICT u,
               const std::int16_t* HWY_RESTRICT v, const flow_energy& energy, const system_rows& system, int width) {
  const data_term_weights weights{energy.brightness, energy.gradient, energy.inverse_brightness_scale,
                                  energy.inverse_gradient_scale};
  const float smoothness = energy.smoothness;
  const std::int32_t *t0 = rows.change[0], *t1 = rows.change[1], *t = rows.change[2], *t3 = rows.change[3],
                     *t4 = rows.change[4];
  const std::int32_t *x0 = rows.mx[0], *x1 = rows.mx[1], *mx = rows.mx[2], *x3 = rows.mx[3], *x4 = rows.mx[4];
  const std::int32_t *y0 = rows.my[0], *y1 = rows.my[1], *my = rows.my[2], *y3 = rows.my[3], *y4 = rows.my[4];
  const float *right = system.right, *down = system.down, *above = system.down_above;
  float* HWY_RESTRICT i11 = system.i11;
  float* HWY_RESTRICT i12 = system.i12;
  float* HWY_RESTRICT i22 = system.i22;
  float* HWY_RESTRICT c1 = system.c1;
  float* HWY_RESTRICT c2 = system.c2;
  auto one = [=](int x, float left) HWY_ATTR {
    const flow_derivatives d{mx[x],
                             my[x],
                             derivative5(mx[x - 2], mx[x - 1], mx[x + 1], mx[x + 2]),
                             derivative5(x0[x], x1[x], x3[x], x4[x]),
                             derivative5(y0[x], y1[x], y3[x], y4[x]),
                             t[x],
                             derivative5(t[x - 2], t[x - 1], t[x + 1], t[x + 2]),
                             derivative5(t0[x], t1[x], t3[x], t4[x])};
    const flow_tensor a = data_term(d, weights);
    const bool k = known[x] != 0;
    const flow_tensor tensor{k ? a.a11 : 0, k ? a.a12 : 0, k ? a.a22 : 0, k ? a.b1 : 0, k ? a.b2 : 0};
    const float around = (left + right[x]) + (above[x] + down[x]);
    const flow_equation e =
        flow_solve_pixel(tensor, smoothness, around, flow_to_float(u[x]), flow_to_float(v[x]));
    i11[x] = e.i11;
    i12[x] = e.i12;
    i22[x] = e.i22;
    c1[x] = e.c1;
    c2[x] = e.c2;
  };
  one(0, 0.0f);
  FLUXEL_INDEPENDENT
  for (int x = 1; x < width; ++x) one(x, right[x - 1]);
}

void sweep(const system_rows& system, const sweep_rows& rows, float omega, int width) {
  const float *right = system.right, *down = system.down, *up = system.down_above;
  const float *u = rows.u, *ua = rows.u_above, *ub = rows.u_below, *v = rows.v, *va = rows.v_above, *vb = rows.v_below;
  const float *i11 = system.i11, *i12 = system.i12, *i22 = system.i22, *c1 = system.c1, *c2 = system.c2;
  float* HWY_RESTRICT un = rows.u_before;
  float* HWY_RESTRICT vn = rows.v_before;
  auto one = [=](int x, float wl, int l, float wr, int r) HWY_ATTR {
    const float su = neighbour_sum(wl, u[l], wr, u[r], up[x], ua[x], down[x], ub[x]);
    const float sv = neighbour_sum(wl, v[l], wr, v[r], up[x], va[x], down[x], vb[x]);
    const flow_vector next = flow_jacobi({i11[x], i12[x], i22[x], c1[x], c2[x]}, su, sv);
    un[x] = chebyshev_step(un[x], next.u, omega);
    vn[x] = chebyshev_step(vn[x], next.v, omega);
  };
  // Beyond the border the weight is 0; any finite value stands there.
  one(0, 0.0f, 0, right[0], width > 1 ? 1 : 0);
  FLUXEL_INDEPENDENT
  for (int x = 1; x < width - 1; ++x) one(x, right[x - 1], x - 1, right[x], x + 1);
  if (width > 1) one(width - 1, right[width - 2], width - 2, 0.0f, width - 1);
}

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

/// Without a row below, `below` is `grey` and the caller clears `down`.
void edge_weights(const u16* grey, const u16* below, const float* table, int last, int width,
                  float* HWY_RESTRICT right, float* HWY_RESTRICT down) {
  auto weight = [=](int a, int b) HWY_ATTR {
    const int difference = a < b ? b - a : a - b;
    return table[difference < last ? difference : last];
  };
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) down[x] = weight(grey[x], below[x]);
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width - 1; ++x) right[x] = weight(grey[x], grey[x + 1]);
  right[width - 1] = 0;
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

void to_float(const std::int16_t* HWY_RESTRICT in, int width, float* HWY_RESTRICT out) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) out[x] = flow_to_float(in[x]);
}

void quantise(const float* HWY_RESTRICT solved, int limit, int width, std::int16_t* HWY_RESTRICT flow) {
  FLUXEL_INDEPENDENT
  for (int x = 0; x < width; ++x) flow[x] = quantise_flow(solved[x], flow[x], limit);
}

}  // namespace

const flow_row_functions* row_functions() {
  static constexpr flow_row_functions table{sum_and_change, derive,         linearise,     sweep,    warp,
                                            edge_weights,   enlarge_across, enlarge_along, to_units, to_float,
                                            quantise};
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
