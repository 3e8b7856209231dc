// SPDX-License-Identifier: Apache-2.0
// Rows of any layout and type as rows of f32, and back. Included once per target.

#if defined(FLUXEL_CONV_SOURCE_ROWS) == defined(HWY_TARGET_TOGGLE)
#ifdef FLUXEL_CONV_SOURCE_ROWS
#undef FLUXEL_CONV_SOURCE_ROWS
#else
#define FLUXEL_CONV_SOURCE_ROWS
#endif

#include <algorithm>
#include <utility>

#include "hwy/highway.h"
#include "kernels/common/runtime/convert.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cpu/conv_transpose/plane_rows.hpp"
#include "kernels/cpu/runtime/half_lanes-inl.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

#undef FLUXEL_INLINE_LAMBDA
#define FLUXEL_INLINE_LAMBDA HWY_ATTR __attribute__((always_inline))

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr int lanes = static_cast<int>(hn::MaxLanes(D()));

/// f(0), ..., f(n - 1), the index a constant: arrays that are indexed by it alone live in registers.
template <int n, class F>
HWY_INLINE void unrolled(F f) {
  [&]<int... i>(std::integer_sequence<int, i...>) FLUXEL_INLINE_LAMBDA { (f(std::integral_constant<int, i>()), ...); }
  (std::make_integer_sequence<int, n>());
}

int round_up(int n) { return (n + lanes - 1) / lanes * lanes; }

/// A vector of halves as f32 and back; the last bits of NaN are those of convert.hpp.
template <class T>
struct half;

template <>
struct half<f16> {
  static HWY_INLINE V load(const f16* p) {
    return hn::PromoteTo(D(), hn::LoadU(hn::Rebind<hwy::float16_t, D>(), reinterpret_cast<const hwy::float16_t*>(p)));
  }
  static HWY_INLINE void store(V v, f16* p) {
    const hn::RebindToUnsigned<D> du;
    const hn::Rebind<hwy::float16_t, D> dh;
    const hn::Rebind<std::uint16_t, D> words;
    const auto quiet =
        hn::Or(hn::ShiftRight<16>(hn::And(hn::BitCast(du, v), hn::Set(du, 0x80000000u))), hn::Set(du, 0x7e00u));
    const auto bits = hn::PromoteTo(du, hn::BitCast(words, hn::DemoteTo(dh, v)));
    const auto result = hn::IfThenElse(hn::RebindMask(du, hn::Ne(v, v)), quiet, bits);
    hn::StoreU(hn::DemoteTo(words, hn::BitCast(hn::RebindToSigned<D>(), result)), words,
               reinterpret_cast<std::uint16_t*>(p));
  }
};

template <>
struct half<bf16> {
  static HWY_INLINE V load(const bf16* p) {
    const hn::RebindToUnsigned<D> du;
    const auto words = hn::LoadU(hn::Rebind<std::uint16_t, D>(), reinterpret_cast<const std::uint16_t*>(p));
    return hn::BitCast(D(), hn::ShiftLeft<16>(hn::PromoteTo(du, words)));
  }
  static HWY_INLINE void store(V v, bf16* p) {
    const hn::Rebind<std::uint16_t, D> words;
    hn::StoreU(hn::DemoteTo(words, hn::BitCast(hn::RebindToSigned<D>(), bf16_bits(v))), words,
               reinterpret_cast<std::uint16_t*>(p));
  }
};

/// `pixel` is the distance of neighbours in bytes.
template <class T>
void row_to_float(const std::byte* from, std::ptrdiff_t pixel, int width, float* to) {
  int x = 0;
  if (pixel == sizeof(T)) {
    if constexpr (!std::is_same_v<T, float>)
      for (; x + lanes <= width; x += lanes)
        hn::StoreU(half<T>::load(reinterpret_cast<const T*>(from) + x), D(), to + x);
    for (; x < width; ++x) to[x] = to_float(reinterpret_cast<const T*>(from)[x]);
  }
  for (; x < width; ++x) to[x] = to_float(*reinterpret_cast<const T*>(from + x * pixel));
}

template <class T>
void row_from_float(const float* from, int width, T* to) {
  int x = 0;
  for (; x + lanes <= width; x += lanes) half<T>::store(hn::LoadU(D(), from + x), to + x);
  for (; x < width; ++x) to[x] = from_float<T>(from[x]);
}

/// A kernel row that meets a source row.
struct row_tap {
  int ky;
  int sy;
};

/// f32 copies of the source rows that the current output row reads, with room for loads beyond both ends.
class row_cache {
 public:
  row_cache(const conv_rows_job& job, int slots)
      : job_(job),
        slots_(slots),
        length_(std::max(job.src.width, round_up(job.x.longest) + job.x.highest) - job.x.lowest + lanes),
        tags_(std::size_t(slots) * job.in_per_group),
        values_(std::size_t(slots) * job.in_per_group * length_) {}

  void start(int n, int group) {
    n_ = n;
    group_ = group;
    std::fill(tags_.begin(), tags_.end(), -1);
  }

  /// Row `sy` of input channel `i` of the group; index 0 is source pixel 0.
  const float* row(int i, int sy) {
    const std::size_t slot = std::size_t(i) * slots_ + sy % slots_;
    float* values = &values_[slot * length_ - job_.x.lowest];
    if (tags_[slot] != sy) {
      tags_[slot] = sy;
      load(values, group_ * job_.in_per_group + i, sy);
    }
    return values;
  }

 private:
  void load(float* to, int channel, int sy) const {
    const tensor& s = job_.src;
    const std::byte* from = s.data + n_ * s.image + channel * s.channel + sy * s.row;
    visit_pixel_type(every_float_type, job_.call.type, 0, [&]<class T>(std::type_identity<T>) {
      row_to_float<T>(from, s.pixel, s.width, to);
      return 0;
    });
  }

  const conv_rows_job& job_;
  int slots_;
  std::size_t length_;
  working_vector<int> tags_;
  working_vector<float> values_;
  int n_ = 0;
  int group_ = 0;
};

/// What one output row is made of.
struct row_sources {
  const conv_rows_job& job;
  int group;
  const row_tap* taps;
  int tap_count;
  const float* const* rows;  ///< (input channel, tap)

  /// Of the group's input channel `i` to its output channel `o`.
  const float* weights(int i, int o) const {
    const std::size_t kernel = std::size_t(job.call.y.kernel) * job.call.x.kernel;
    return job.weights + ((std::size_t(group) * job.in_per_group + i) * job.out_per_group + o) * kernel;
  }
  float bias(int o) const { return job.bias != nullptr ? job.bias[group * job.out_per_group + o] : 0.0f; }
};

/// Lanes whose source pixel, index + lane, is in the image.
HWY_INLINE hn::Mask<D> inside(int index, int width) {
  const hn::RebindToSigned<D> di;
  const auto at = hn::Iota(di, index);
  return hn::RebindMask(D(), hn::And(hn::Lt(at, hn::Set(di, width)), hn::Lt(hn::Set(di, -1), at)));
}

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
