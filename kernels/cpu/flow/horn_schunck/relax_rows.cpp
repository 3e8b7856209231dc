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

/// A vector of u and of v.
struct flow_pair {
  floats u, v;
};
HWY_INLINE flow_pair load_flow(const float* u, std::ptrdiff_t to_v) {
  return {hn::LoadU(float_tag(), u), hn::LoadU(float_tag(), u + to_v)};
}

/// Where the columns that begin with a block lie in the rows of a step.
struct step_columns {
  std::ptrdiff_t own, left, to_v, block;
};
HWY_INLINE step_columns columns_at(const sweep_step& s, int blocks, int block) {
  const std::ptrdiff_t half = std::ptrdiff_t{blocks + 1} * equation_block::pixels;
  const std::ptrdiff_t pixel = std::ptrdiff_t{block} * equation_block::pixels;
  // Left of an even column lies the odd one before it; before the first one, the padding of the even half.
  return {s.color * half + pixel, (1 - s.color) * (half - 1) + pixel, 2 * half,
          std::ptrdiff_t{s.color} * blocks + block};
}

/// These columns of a row, and of the one above it.
struct columns_of_row {
  float *own, *left;
  const float* above;
  std::ptrdiff_t to_v;
  const equation_block *equations, *equations_above;
};
HWY_INLINE columns_of_row columns_of(const row_in_flight* row, const step_columns& at) {
  return {row->flow + at.own,        row->flow + at.left,         row[-1].flow + at.own, at.to_v,
          row->equations + at.block, row[-1].equations + at.block};
}

/// A vector of the columns, from `pixel` on, renewed from below: what lies below a row has just been renewed, and
/// what is above it comes next.
template <int pixel>
class renewed_columns {
 public:
  HWY_INLINE renewed_columns(const row_in_flight* lowest, const step_columns& at)
      : below_(load_flow(lowest[1].flow + at.own + pixel, at.to_v)),
        own_(load_flow(lowest->flow + at.own + pixel, at.to_v)),
        down_(load(lowest->equations + at.block, &equation_block::down)) {}

  HWY_INLINE void renew(const columns_of_row& r, const flow_pair& left, const flow_pair& right, floats omega) {
    const flow_pair above = load_flow(r.above + pixel, r.to_v);
    const equation_block* const e = r.equations;
    const floats up = load(r.equations_above, &equation_block::down);
    const floats to_left = load(e, &equation_block::left), to_right = load(e, &equation_block::right);
    const floats beside_u = hn::MulAdd(to_right, right.u, hn::Mul(to_left, left.u));
    const floats beside_v = hn::MulAdd(to_right, right.v, hn::Mul(to_left, left.v));
    const floats su = hn::MulAdd(down_, below_.u, hn::MulAdd(up, above.u, beside_u));
    const floats sv = hn::MulAdd(down_, below_.v, hn::MulAdd(up, above.v, beside_v));
    const floats i12 = load(e, &equation_block::i12);
    const floats next_u =
        hn::MulAdd(i12, sv, hn::MulAdd(load(e, &equation_block::i11), su, load(e, &equation_block::c1)));
    const floats next_v =
        hn::MulAdd(load(e, &equation_block::i22), sv, hn::MulAdd(i12, su, load(e, &equation_block::c2)));
    below_.u = hn::MulAdd(omega, hn::Sub(next_u, own_.u), own_.u);
    below_.v = hn::MulAdd(omega, hn::Sub(next_v, own_.v), own_.v);
    hn::StoreU(below_.u, float_tag(), r.own + pixel);
    hn::StoreU(below_.v, float_tag(), r.own + pixel + r.to_v);
    own_ = above;
    down_ = up;
  }

 private:
  using entries = float[equation_block::pixels];
  static HWY_INLINE floats load(const equation_block* e, entries equation_block::*of) {
    floats v = hn::LoadU(float_tag(), e[pixel / equation_block::pixels].*of + pixel % equation_block::pixels);
#if HWY_ARCH_X86
    asm("" : "+v"(v.raw));  // once: compilers read it again for every use
#endif
    return v;
  }

  flow_pair below_, own_;
  floats down_;  ///< weights
};

/// What lies beside two vectors of columns.
struct flow_beside {
  flow_pair left, right, second_left, second_right;
};
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
/// The later elements of `a`, from `first` on, then those of `b`.
template <int first>
HWY_INLINE flow_pair shifted(const flow_pair& a, const flow_pair& b) {
  auto both = [](floats low, floats high) HWY_ATTR {
    const hn::RebindToSigned<float_tag> d;
    return hn::BitCast(float_tag(),
                       ints{_mm512_alignr_epi32(hn::BitCast(d, high).raw, hn::BitCast(d, low).raw, first)});
  };
  return {both(a.u, b.u), both(a.v, b.v)};
}

/// Vectors of floats fill cache lines: one that does not begin with a line is read twice as long as one that does.
template <int color>
HWY_INLINE flow_beside load_beside(const float* left, std::ptrdiff_t to_v) {
  constexpr int ahead = color == 0 ? float_lanes - 1 : 0;
  auto line = [&](int i) HWY_ATTR { return load_flow(left - ahead + i * float_lanes, to_v); };
  const flow_pair a = line(0), b = line(1), c = line(2);
  if constexpr (color == 0) return {shifted<float_lanes - 1>(a, b), b, shifted<float_lanes - 1>(b, c), c};
  return {a, shifted<1>(a, b), b, shifted<1>(b, c)};
}
#else
template <int color>
HWY_INLINE flow_beside load_beside(const float* left, std::ptrdiff_t to_v) {
  auto at = [&](int i) HWY_ATTR { return load_flow(left + i, to_v); };
  return {at(0), at(1), at(float_lanes), at(float_lanes + 1)};
}
#endif

/// A row waits for the one below it, but not vectors beside each other.
template <int pixel, int color>
HWY_INLINE void sweep_two(const sweep_step& s, const step_columns& at) {
  const row_in_flight* row = s.lowest;
  renewed_columns<pixel> first(row, at);
  renewed_columns<pixel + float_lanes> second(row, at);
  for (int i = 0; i < s.rows; ++i, --row) {
    const floats omega = hn::Set(float_tag(), s.omega[i]);
    const columns_of_row columns = columns_of(row, at);
    const flow_beside beside = load_beside<color>(columns.left + pixel, columns.to_v);
    first.renew(columns, beside.left, beside.right, omega);
    second.renew(columns, beside.second_left, beside.second_right, omega);
  }
}

HWY_INLINE void sweep_one(const sweep_step& s, const step_columns& at) {
  const row_in_flight* row = s.lowest;
  renewed_columns<0> columns(row, at);
  for (int i = 0; i < s.rows; ++i, --row) {
    const columns_of_row r = columns_of(row, at);
    columns.renew(r, load_flow(r.left, r.to_v), load_flow(r.left + 1, r.to_v), hn::Set(float_tag(), s.omega[i]));
  }
}

/// Two vectors of columns, or a block.
constexpr int blocks_at_once = std::max(2 * float_lanes / equation_block::pixels, 1);
template <int color>
HWY_INLINE void sweep_columns(const sweep_step& s, int blocks, int block) {
  const step_columns at = columns_at(s, blocks, block);
  if (block + blocks_at_once > blocks) return sweep_one(s, at);
  sweep_two<0, color>(s, at);
  if constexpr (2 * float_lanes < equation_block::pixels) sweep_two<2 * float_lanes, color>(s, at);
}

/// A step reads the columns beside its own as the step before has left them: it follows a little behind.
void sweep(const sweep_steps& steps) {
  const sweep_steps s = steps;
  for (int i = 0; i < s.blocks + (s.count - 1) * blocks_at_once; i += blocks_at_once)
    for (int t = 0; t < s.count; ++t) {
      const int block = i - t * blocks_at_once;
      if (block < 0 || block >= s.blocks) continue;
      s.first[t].color == 0 ? sweep_columns<0>(s.first[t], s.blocks, block)
                            : sweep_columns<1>(s.first[t], s.blocks, block);
    }
}

/// A vector's worth of `to` from a row of a plane.
HWY_INLINE void gather(const float* from, float* to) {
  for (int i = 0; i < equation_block::pixels; i += float_lanes)
    hn::StoreU(hn::LoadU(float_tag(), from + i), float_tag(), to + i);
}

void gather_equations(const system_rows& from, std::ptrdiff_t half, const equation_row& to) {
  for (int color = 0; color < 2; ++color)
    for (int i = 0; i < to.odd; ++i) {
      equation_block& b = to.blocks[color * to.odd + i];
      const std::ptrdiff_t at = color * half + i * equation_block::pixels;
      gather(from.i11 + at, b.i11);
      gather(from.i12 + at, b.i12);
      gather(from.i22 + at, b.i22);
      gather(from.c1 + at, b.c1);
      gather(from.c2 + at, b.c2);
      gather(from.weights.right + at - color * half + (1 - color) * (half - 1), b.left);
      gather(from.weights.right + at, b.right);
      gather(from.weights.down + at, b.down);
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
  static constexpr flow_sweep_functions table{sweep, gather_equations, split, quantise};
  return &table;
}

#endif

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(flow_sweep_functions, flow_sweep_rows, sweep_functions)
#endif
