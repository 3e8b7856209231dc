// SPDX-License-Identifier: Apache-2.0
// The passes over an engine, which says how samples are loaded, summed and stored. Included once per target.

#if defined(FLUXEL_FILTERED_PASSES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_FILTERED_PASSES
#undef FLUXEL_FILTERED_PASSES
#else
#define FLUXEL_FILTERED_PASSES
#endif

#include <algorithm>
#include <cstring>

#include "hwy/highway.h"
#include "kernels/cpu/resize/filtered_rows.hpp"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// An engine E has
//   pixel, kept                   element types; `kept` is also the type of all lanes
//   load(d, const pixel*)         lanes of d from pixels
//   sums, start(), add(sums, get, weights, k)  the sum of an output; get(k) is tap k; add takes `step` taps from k on
//   keep(sums), result(sums)      lanes: kept samples, or pixel values
//   store(values, pixel*)         a vector of pixel values
//   pack(v, pixel_block)          see below

template <class E>
using lane_tag = hn::ScalableTag<typename E::kept>;
template <class E>
constexpr int lanes_of = static_cast<int>(HWY_LANES(typename E::kept));
template <class E>
constexpr int block_lanes = 16 / static_cast<int>(sizeof(typename E::kept));

template <class E, bool first_pass>
using source_of = std::conditional_t<first_pass, typename E::pixel, typename E::kept>;
template <class E, bool first_pass>
using target_of = std::conditional_t<first_pass, typename E::kept, typename E::pixel>;

template <class E, bool first_pass, class D>
HWY_INLINE hn::Vec<D> load_lanes(const E& e, D d, const source_of<E, first_pass>* p) {
  if constexpr (first_pass)
    return e.load(d, p);
  else
    return hn::LoadU(d, p);
}

template <class E, bool first_pass>
HWY_INLINE hn::Vec<lane_tag<E>> finish(const E& e, const typename E::sums& s) {
  if constexpr (first_pass)
    return e.keep(s);
  else
    return e.result(s);
}

// ---- Vertical.

template <class E, bool first_pass>
void vertical(const vertical_job& job, const filter_rounding& rounding) {
  using in = source_of<E, first_pass>;
  using out = target_of<E, first_pass>;
  const E e(rounding);
  const lane_tag<E> d;
  constexpr int lanes = lanes_of<E>;
  auto row = [&](int k) { return reinterpret_cast<const in*>(job.rows[k]); };
  auto vector_at = [&](int i, out* to, auto&& rows) {
    auto sums = e.start();
    for (int k = 0; k < job.taps; k += E::step)
      e.add(
          sums, [&](int t) { return load_lanes<E, first_pass>(e, d, rows(t) + i); }, job.weights, k);
    const auto v = finish<E, first_pass>(e, sums);
    if constexpr (first_pass)
      hn::StoreU(v, d, to);
    else
      e.store(v, to);
  };
  auto* to = reinterpret_cast<out*>(job.out);
  int i = 0;
  for (; i + lanes <= job.count; i += lanes) vector_at(i, to + i, row);
  if (i == job.count) return;
  if (job.count >= lanes) return vector_at(job.count - lanes, to + job.count - lanes, row);
  // A row shorter than a vector: taps one at a time through a padded copy.
  HWY_ALIGN in padded[E::step][lanes] = {};
  HWY_ALIGN out short_row[lanes];
  auto sums = e.start();
  for (int k = 0; k < job.taps; k += E::step) {
    for (int t = 0; t < E::step; ++t) std::memcpy(padded[t], row(k + t), job.count * sizeof(in));
    e.add(
        sums, [&](int t) { return load_lanes<E, first_pass>(e, d, padded[t - k]); }, job.weights, k);
  }
  const auto v = finish<E, first_pass>(e, sums);
  if constexpr (first_pass)
    hn::StoreU(v, d, short_row);
  else
    e.store(v, short_row);
  std::memcpy(to, short_row, job.count * sizeof(out));
}

// ---- Transposing: vector j of a block holds, in its 128-bit block b, elements of row b * n + j.

/// After log2(n) rounds, 128-bit block b of vector j holds lane j of what vectors 0 .. n - 1 held.
template <int n, class V, class D>
HWY_INLINE void transpose(D d, V (&v)[n]) {
  for (int round = 1; round < n; round *= 2) {
    V next[n];
    for (int j = 0; j < n / 2; ++j) {
      next[2 * j] = hn::InterleaveLower(d, v[j], v[j + n / 2]);
      next[2 * j + 1] = hn::InterleaveUpper(d, v[j], v[j + n / 2]);
    }
    for (int j = 0; j < n; ++j) v[j] = next[j];
  }
}

/// 128-bit blocks from rows j, j + n, j + 2 n ...
template <class D, class Load>
HWY_INLINE hn::Vec<D> gather_blocks(D d, int row, int n, const Load& load) {
  if constexpr (hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) == 16) {
    return load(d, row);
  } else {
    const hn::Half<D> half;
    const int upper = row + n * static_cast<int>(hn::MaxLanes(half) * sizeof(hn::TFromD<D>) / 16);
    return hn::Combine(d, gather_blocks(half, upper, n, load), gather_blocks(half, row, n, load));
  }
}

template <class D, class Store>
HWY_INLINE void scatter_blocks(D d, hn::Vec<D> v, int row, int n, const Store& store) {
  if constexpr (hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) == 16) {
    store(d, v, row);
  } else {
    const hn::Half<D> half;
    const int upper = row + n * static_cast<int>(hn::MaxLanes(half) * sizeof(hn::TFromD<D>) / 16);
    scatter_blocks(half, hn::LowerHalf(half, v), row, n, store);
    scatter_blocks(half, hn::UpperHalf(half, v), upper, n, store);
  }
}

/// Elements [base, base + span) of the rows as columns: one vector per element.
template <class E, bool first_pass>
void load_columns(const E& e, const horizontal_job& job, typename E::kept* columns) {
  using in = source_of<E, first_pass>;
  constexpr int n = block_lanes<E>;
  const lane_tag<E> d;
  HWY_ALIGN in padded[lanes_of<E>][n] = {};
  const bool narrow_image = job.span < n;
  if (narrow_image)
    for (int r = 0; r < lanes_of<E>; ++r)
      std::memcpy(padded[r], reinterpret_cast<const in*>(job.rows[r]), job.span * sizeof(in));
  for (int at = 0; at < job.span; at += n) {
    const int from = narrow_image ? 0 : std::min(at, job.span - n);
    hn::Vec<lane_tag<E>> v[n];
    for (int j = 0; j < n; ++j)
      v[j] = gather_blocks(d, j, n, [&](auto block, int row) {
        const in* p = narrow_image ? padded[row] : reinterpret_cast<const in*>(job.rows[row]) + from;
        return load_lanes<E, first_pass>(e, block, p);
      });
    transpose(d, v);
    for (int j = 0; j < n && from + j < job.span; ++j) hn::Store(v[j], d, columns + (from + j) * lanes_of<E>);
  }
  // A padded pair of taps may read one pixel further, with weight 0.
  for (int c = 0; c < job.channels; ++c) hn::Store(hn::Zero(d), d, columns + (job.span + c) * lanes_of<E>);
}

/// `group` output elements of all rows, from element `at` on: sums, transposes back and stores 16 bytes per row.
template <class E, bool first_pass>
HWY_INLINE void store_group(const E& e, const horizontal_job& job, const typename E::kept* columns, int at,
                            std::byte* const* out, int out_at) {
  using to = target_of<E, first_pass>;
  constexpr int n = block_lanes<E>;
  constexpr int group = 16 / static_cast<int>(sizeof(to));
  const lane_tag<E> d;
  hn::Vec<lane_tag<E>> v[group / n][n];
  for (int i = 0; i < group; ++i) {
    const auto [first, at_weights] = job.elements[at + i];
    const auto* column = columns + std::ptrdiff_t{first - job.base} * lanes_of<E>;
    const std::ptrdiff_t pixel = std::ptrdiff_t{job.channels} * lanes_of<E>;
    auto sums = e.start();
    for (int k = 0; k < job.taps; k += E::step)
      e.add(
          sums, [&](int t) { return hn::Load(d, column + t * pixel); }, job.weights + at_weights, k);
    v[i / n][i % n] = finish<E, first_pass>(e, sums);
  }
  for (auto& part : v) transpose(d, part);
  for (int j = 0; j < n; ++j) {
    auto store = [&](auto block, auto values, int row) {
      hn::StoreU(values, block, reinterpret_cast<hn::TFromD<decltype(block)>*>(out[row]) + out_at);
    };
    if constexpr (group == n) {
      scatter_blocks(d, v[0][j], j, n, store);
    } else {
      hn::Vec<lane_tag<E>> parts[group / n];
      for (int p = 0; p < group / n; ++p) parts[p] = v[p][j];
      const hn::Repartition<typename E::stored, lane_tag<E>> packed;
      scatter_blocks(packed, e.pack(packed, parts), j, n, store);
    }
  }
}

template <class E, bool first_pass>
void horizontal(const horizontal_job& job, const filter_rounding& rounding) {
  using to = target_of<E, first_pass>;
  constexpr int group = 16 / static_cast<int>(sizeof(to));
  const E e(rounding);
  auto* columns = reinterpret_cast<typename E::kept*>(job.columns);
  load_columns<E, first_pass>(e, job, columns);
  if (job.last - job.first >= group) {
    for (int at = job.first; at < job.last; at += group) {
      const int from = std::min(at, job.last - group);
      store_group<E, first_pass>(e, job, columns, from, job.out, from - job.first);
    }
    return;
  }
  // The elements beyond a narrow image repeat its last one.
  element_taps elements[group];
  for (int i = 0; i < group; ++i) elements[i] = job.elements[std::min(job.first + i, job.last - 1)];
  horizontal_job padded = job;
  padded.elements = elements;
  HWY_ALIGN to rows[lanes_of<E>][group];
  std::byte* out[lanes_of<E>];
  for (int r = 0; r < lanes_of<E>; ++r) out[r] = reinterpret_cast<std::byte*>(rows[r]);
  store_group<E, first_pass>(e, padded, columns, 0, out, 0);
  for (int r = 0; r < lanes_of<E>; ++r) std::memcpy(job.out[r], rows[r], (job.last - job.first) * sizeof(to));
}

template <class E>
filter_passes passes_of() {
  return {.block_rows = lanes_of<E>,
          .kept_bytes = sizeof(typename E::kept),
          .pairs = E::step == 2,
          .vertical_pixels = vertical<E, true>,
          .vertical_kept = vertical<E, false>,
          .horizontal_pixels = horizontal<E, true>,
          .horizontal_kept = horizontal<E, false>};
}

/// Values below 256 of two vectors of i16, or below 65536 of two of i32, in one: per 128-bit block, first those of
/// `low`.
template <class DPacked, class V>
HWY_INLINE hn::Vec<DPacked> pack_blocks(DPacked d, V low, V high) {
  const hn::Repartition<std::uint8_t, DPacked> bytes;
  constexpr bool of_bytes = sizeof(hn::TFromD<DPacked>) == 1;
  HWY_ALIGN static constexpr std::uint8_t even_odd_bytes[16] = {0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15};
  HWY_ALIGN static constexpr std::uint8_t even_odd_words[16] = {0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15};
  const auto order = hn::LoadDup128(bytes, of_bytes ? even_odd_bytes : even_odd_words);
  const auto both = hn::Or(low, hn::ShiftLeft < of_bytes ? 8 : 16 > (high));
  return hn::BitCast(d, hn::TableLookupBytes(hn::BitCast(bytes, both), order));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR
#endif  // per-target guard
