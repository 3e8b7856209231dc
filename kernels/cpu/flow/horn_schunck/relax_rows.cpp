// SPDX-License-Identifier: Apache-2.0
// Half sweeps over split rows: the pixels of one color are whole vectors, and their neighbours too.

#include <algorithm>

#include "kernels/cpu/flow/rows.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/flow/horn_schunck/relax_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#if FLUXEL_LANES  // on every pass: its guard alternates
#include "kernels/cpu/flow/lanes-inl.hpp"
#endif

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

#if !FLUXEL_FUSED_LANES

const flow_sweep_functions* sweep_functions() { return nullptr; }

#else

namespace {

void half_sweep(const half_sweep_row& row, float omega, int count) {
  const float_tag d;
  const floats w = hn::Set(d, omega);
  const half_sweep_row r = row;
  for (int i = 0; i < count; i += float_lanes) {
    auto at = [&](const float* p) HWY_ATTR { return hn::LoadU(d, p + i); };
    const floats wl = at(r.weight_left), wr = at(r.weight_right), wu = at(r.weight_up), wd = at(r.weight_down);
    auto around = [&](const half_sweep_row::component& f) HWY_ATTR {
      return hn::MulAdd(wd, at(f.below),
                        hn::MulAdd(wu, at(f.above), hn::MulAdd(wr, at(f.right), hn::Mul(wl, at(f.left)))));
    };
    const floats su = around(r.u), sv = around(r.v);
    const floats i12 = at(r.i12), own_u = at(r.u.own), own_v = at(r.v.own);
    const floats next_u = hn::MulAdd(i12, sv, hn::MulAdd(at(r.i11), su, at(r.c1)));
    const floats next_v = hn::MulAdd(at(r.i22), sv, hn::MulAdd(i12, su, at(r.c2)));
    hn::StoreU(hn::MulAdd(w, hn::Sub(next_u, own_u), own_u), d, r.u.own + i);
    hn::StoreU(hn::MulAdd(w, hn::Sub(next_v, own_v), own_v), d, r.v.own + i);
  }
}

void split(const std::int16_t* row, int width, float* to) {
  const float_tag d;
  const int half = flow_row_elements(width) / 2, whole = half - 16;
  for (int x = 0; x < 2 * whole; x += short_lanes) {
    const shorts v = hn::LoadU(short_tag(), row + x);
    hn::StoreU(half_to_float<0>(v), d, to + x / 2);
    hn::StoreU(half_to_float<1>(v), d, to + half + x / 2);
  }
  std::fill(to + whole, to + half, 0.0f);
  std::fill(to + half + whole, to + 2 * half, 0.0f);
}

HWY_INLINE ints quantised(floats units, ints before, ints limit, floats finer) {
  const float_tag d;
  const floats low = hn::ConvertTo(d, hn::Sub(before, limit)), high = hn::ConvertTo(d, hn::Add(before, limit));
  const floats above = hn::IfThenElse(hn::Gt(units, low), units, low);
  const ints rounded = hn::NearestInt(hn::Mul(hn::IfThenElse(hn::Lt(above, high), above, high), finer));
  return hn::Min(hn::Max(rounded, hn::Set(int_tag(), -flow_limit)), hn::Set(int_tag(), flow_limit));
}

void quantise(const float* even, const float* odd, const std::int16_t* before, int limit, int finer, int width,
              std::int16_t* to) {
  const float_tag d;
  const ints most = hn::Set(int_tag(), limit);
  const floats parts = hn::Set(d, static_cast<float>(finer));
  for (int x = 0; x < width; x += short_lanes) {
    const shorts b = hn::LoadU(short_tag(), before + x);
    const ints e = quantised(hn::LoadU(d, even + x / 2), half_of<0>(b), most, parts);
    const ints o = quantised(hn::LoadU(d, odd + x / 2), half_of<1>(b), most, parts);
    hn::StoreU(joined(e, o), short_tag(), to + x);
  }
}

}  // namespace

const flow_sweep_functions* sweep_functions() {
  static constexpr flow_sweep_functions table{half_sweep, split, quantise};
  return &table;
}

#endif

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_sweep_functions, flow_sweep_rows, sweep_functions)
#endif
