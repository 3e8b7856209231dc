// SPDX-License-Identifier: Apache-2.0
// A chunk of a row of moved pixels: positions in lanes, then bytes of one channel too where lanes lie near each
// other, and from words of four where they do not, else pixels one by one, whose multiply-adds are the target's own.
// Included once per target.

#if defined(FLUXEL_WARP_LANES) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_WARP_LANES
#undef FLUXEL_WARP_LANES
#else
#define FLUXEL_WARP_LANES
#endif

#include <algorithm>
#include <cstdlib>
#include <type_traits>

#include "hwy/highway.h"
#include "kernels/common/warp/warp.hpp"
#include "kernels/cpu/warp/byte_samples-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using float_tag = hn::ScalableTag<float>;
using int_tag = hn::RebindToSigned<float_tag>;

constexpr int chunk = 256;
constexpr int room = 64;  ///< behind a chunk: vectors may end there

/// Displacements of a chunk of a row.
struct displacements {
  alignas(64) float u[chunk + room], v[chunk + room];
  alignas(64) std::int32_t x[chunk + room], y[chunk + room];

  void load(const warp_job& job, int n, int first, int row, int count) {
    const float *from_u = pixel_at<const float>(job.flow.u, n, first, row),
                *from_v = pixel_at<const float>(job.flow.v, n, first, row);
    const int step = job.flow.u.channels;
    int i = 0;
#if HWY_TARGET != HWY_SCALAR
    if (step == 4 && from_v == from_u + 1) i = pairs_of_four(from_u, count);
#endif
    for (; i < count; ++i) u[i] = from_u[std::ptrdiff_t{i} * step], v[i] = from_v[std::ptrdiff_t{i} * step];
    std::fill(u + count, u + count + room, 0.0f);
    std::fill(v + count, v + count + room, 0.0f);
    round(count, job.per_pixel_x, job.per_pixel_y);
  }

 private:
#if HWY_TARGET != HWY_SCALAR
  /// The first two of every four numbers. @returns how many pixels have been loaded; nothing behind the last is read
  HWY_INLINE int pairs_of_four(const float* from, int count) {
    const float_tag d;
    const hn::Repartition<std::uint64_t, float_tag> pairs;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const auto load = [&](const float* p) HWY_ATTR { return hn::BitCast(pairs, hn::LoadU(d, p)); };
    int i = 0;
    for (; i + lanes < count; i += lanes, from += 4 * lanes) {
      const auto low = hn::ConcatEven(pairs, load(from + lanes), load(from));
      const auto high = hn::ConcatEven(pairs, load(from + 3 * lanes), load(from + 2 * lanes));
      hn::Store(hn::ConcatEven(d, hn::BitCast(d, high), hn::BitCast(d, low)), d, u + i);
      hn::Store(hn::ConcatOdd(d, hn::BitCast(d, high), hn::BitCast(d, low)), d, v + i);
    }
    return i;
  }
#endif
  static HWY_INLINE hn::Vec<int_tag> rounded(hn::Vec<float_tag> component, float per_pixel) {
    const float_tag d;
    const auto low = hn::Set(d, -farthest_warp), high = hn::Set(d, farthest_warp);
    auto units = hn::Mul(component, hn::Set(d, per_pixel));
    units = hn::IfThenElse(hn::Gt(units, low), units, low);
    units = hn::IfThenElse(hn::Lt(units, high), units, high);
    return hn::NearestInt(units);
  }
  void round(int count, float per_pixel_x, float per_pixel_y) {
    const float_tag d;
    const int_tag i32;
    const int step = static_cast<int>(hn::Lanes(d));
    const auto magnitude = hn::Set(i32, static_cast<std::int32_t>(without_sign));
    const auto largest = hn::Set(i32, static_cast<std::int32_t>(largest_known));
    const auto zero = hn::Zero(i32);
    for (int i = 0; i < count; i += step) {
      const auto in_u = hn::Load(d, u + i), in_v = hn::Load(d, v + i);
      const auto unknown = hn::Or(hn::Gt(hn::And(hn::BitCast(i32, in_u), magnitude), largest),
                                  hn::Gt(hn::And(hn::BitCast(i32, in_v), magnitude), largest));
      hn::Store(hn::IfThenElse(unknown, zero, rounded(in_u, per_pixel_x)), i32, x + i);
      hn::Store(hn::IfThenElse(unknown, zero, rounded(in_v, per_pixel_y)), i32, y + i);
    }
  }
};

/// Weights of every fraction.
template <class T>
struct cubic_table {
  cubic_weights of[warp_one];
  cubic_table() {
    for (int f = 0; f < warp_one; ++f) of[f] = warp_sample<T>::weights(f);
  }
};

/// One row of a plane: rows of the source by their number.
template <class T>
struct warped_row {
  const warp_job& job;
  const T* base;
  std::ptrdiff_t pitch;

  const T* operator()(int i) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(base) + i * pitch);
  }
  bool far_from_border(const warp_target& at) const {
    return at.x.first >= 1 && at.y.first >= 1 && at.x.first + 2 < job.src.width && at.y.first + 2 < job.src.height;
  }
  /// sample_cubic of one channel, far from the border.
  T cubic_inside(const warp_target& at, const cubic_table<T>& table) const {
    using sample = warp_sample<T>;
    const cubic_weights across = table.of[at.x.fraction], down = table.of[at.y.fraction];
    const T* line = (*this)(static_cast<int>(at.y.first) - 1) + at.x.first - 1;
    typename sample::cubic_between kept[4];
    for (int k = 0; k < 4; ++k) {
      kept[k] = sample::cubic_across(line[0], line[1], line[2], line[3], across);
      line = reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(line) + pitch);
    }
    return sample::cubic_down(kept[0], kept[1], kept[2], kept[3], down, job.largest);
  }
};

/// Pixels [begin, end) of a chunk that starts at pixel `first` of row y.
template <class T>
void warp_pixels(const warped_row<T>& source, const displacements& by, int first, int y, int begin, int end, T* to) {
  static const cubic_table<T> table;
  const warp_job& job = source.job;
  to += std::ptrdiff_t{begin} * job.dst.channels;
  for (int i = begin; i < end; ++i, to += job.dst.channels) {
    const warp_target at{position_from(first + i, by.x[i]), position_from(y, by.y[i])};
    if (!job.bicubic)
      sample_linear<T>(job.src, source, at, to);
    else if (job.src.channels == 1 && source.far_from_border(at))
      *to = source.cubic_inside(at, table);
    else
      sample_cubic<T>(job.src, source, at, job.largest, to);
  }
}

#if HWY_TARGET != HWY_SCALAR
constexpr int most_width = 1 << 22;  ///< whose positions fit in 32 bits

/// Bicubic bytes whose pixels lie apart, from one word of each row of each lane.
/// @param first  from the first byte of the image to the highest left one of the 4 x 4 of each lane
HWY_INLINE sample_lanes cubic_of_words(const warped_row<u8>& source, sample_lanes first, sample_lanes fx,
                                       sample_lanes fy) {
  const sample_tag d;
  using sample = warp_sample<u8>;
  constexpr int cut = sample::weight_bits - sample::kept_bits, last_cut = sample::weight_bits + sample::kept_bits;
  const cubic_lanes across(fx), down(fy);
  const auto low = hn::Set(d, 0xff), high = hn::Set(d, 0xff0000);
  sample_lanes kept[4] = {fx, fx, fx, fx};
  for (int k = 0; k < 4; ++k) {
    const auto* row = reinterpret_cast<const std::int32_t*>(source(k));
    const auto word = hn::GatherOffset(d, row, first);
    const auto v01 = hn::Or(hn::And(word, low), hn::And(hn::ShiftLeft<8>(word), high));
    const auto v23 = hn::Or(hn::And(hn::ShiftRight<16>(word), low), hn::And(hn::ShiftRight<8>(word), high));
    kept[k] = hn::ShiftRight<cut>(hn::Add(across.sum(v01, v23), hn::Set(d, 1 << (cut - 1))));
  }
  const auto sum =
      hn::Add(down.sum(halves(kept[0], kept[1]), halves(kept[2], kept[3])), hn::Set(d, 1 << (last_cut - 1)));
  return hn::Min(hn::Max(hn::ShiftRight<last_cut>(sum), hn::Zero(d)), hn::Set(d, 255));
}

/// @returns whether all lanes are inside and have been written
HWY_INLINE bool warp_apart(const warped_row<u8>& source, const displacements& by, int first, int y, int i, u8* to) {
  const sample_tag d;
  const hn::Rebind<std::uint8_t, sample_tag> d8;
  const image& src = source.job.src;
  const auto px = hn::Load(d, by.x + i), py = hn::Load(d, by.y + i), mask = hn::Set(d, warp_one - 1);
  const auto left = hn::Add(hn::ShiftRight<warp_bits>(px), hn::Iota(d, first + i - 1));
  const auto top = hn::Add(hn::ShiftRight<warp_bits>(py), hn::Set(d, y - 1));
  const auto beyond = hn::Or(hn::Gt(left, hn::Set(d, src.width - 4)), hn::Gt(top, hn::Set(d, src.height - 4)));
  if (!hn::AllFalse(d, hn::Or(beyond, hn::Lt(hn::Min(left, top), hn::Zero(d))))) return false;
  const auto offset = hn::Add(hn::Mul(top, hn::Set(d, static_cast<std::int32_t>(source.pitch))), left);
  const auto value = cubic_of_words(source, offset, hn::And(px, mask), hn::And(py, mask));
  hn::StoreU(hn::DemoteTo(d8, value), d8, to + i);
  return true;
}

/// Bytes of one channel, from a multiple of 8 on: lanes whose pixels lie on few rows of the source, within 16 bytes
/// of them.
void warp_bytes(const warped_row<u8>& source, const displacements& by, int first, int y, int begin, int end, u8* to) {
  const sample_tag d;
  const hn::Rebind<std::uint8_t, sample_tag> d8;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const image& src = source.job.src;
  const auto mask = hn::Set(d, warp_one - 1);
  constexpr int before = 3;     // bytes that are loaded before the first lane's pixel
  constexpr int most_rows = 2;  // below the first; where there are more, words take less time
  const bool in_words = source.job.bicubic && std::abs(source.pitch) * src.height < std::ptrdiff_t{1} << 31;
  for (int i = begin; i < end; i += lanes) {
    // The first and the last lane tell on which rows all are, mostly.
    const int one = by.y[i] >> warp_bits, other = by.y[i + lanes - 1] >> warp_bits;
    const int top = std::min(one, other), rows = std::max(one, other) - top;
    const int left = first + i + (by.x[i] >> warp_bits) - before;
    const auto px = hn::Load(d, by.x + i), py = hn::Load(d, by.y + i);
    const auto from = hn::Add(hn::ShiftRight<warp_bits>(px), hn::Iota(d, first + i - left));
    const auto down = hn::Sub(hn::ShiftRight<warp_bits>(py), hn::Set(d, top));
    const auto near_x = hn::And(hn::Gt(from, hn::Zero(d)), hn::Lt(from, hn::Set(d, 14)));
    const auto near_y = hn::And(hn::Gt(down, hn::Set(d, -1)), hn::Lt(down, hn::Set(d, rows + 1)));
    const bool inside = left >= 0 && left + 16 <= src.width && y + top >= 1 && y + top + rows + 2 < src.height;
    if (!inside || rows > most_rows || i + lanes > end || !hn::AllTrue(d, hn::And(near_x, near_y))) {
      if (!in_words || i + lanes > end || !warp_apart(source, by, first, y, i, to))
        warp_pixels(source, by, first, y, i, std::min(i + lanes, end), to);
      continue;
    }
    const near_bytes near{source(y + top) + left, source.pitch, from, down, rows};
    const auto fx = hn::And(px, mask), fy = hn::And(py, mask);
    const auto value = source.job.bicubic ? cubic_bytes(near, fx, fy) : linear_bytes(near, fx, fy);
    hn::StoreU(hn::DemoteTo(d8, value), d8, to + i);
  }
}
#endif

/// Pixels [begin, end) of a chunk; begin is a multiple of 8.
template <class T>
HWY_INLINE void warp_chunk(const warped_row<T>& source, const displacements& by, int first, int y, int begin, int end,
                           T* to) {
#if HWY_TARGET != HWY_SCALAR
  if constexpr (std::is_same_v<T, u8>)
    if (source.job.dst.channels == 1 && source.job.dst.width <= most_width)
      return warp_bytes(source, by, first, y, begin, end, to);
#endif
  warp_pixels(source, by, first, y, begin, end, to);
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
