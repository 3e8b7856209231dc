// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/conv_transpose/plane_rows.hpp"

#include <algorithm>

#include "kernels/cpu/runtime/working_memory.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conv_transpose/plane_rows.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/common/runtime/convert.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr int lanes = static_cast<int>(hn::MaxLanes(D()));
constexpr int channels_at_once = 4;

int round_up(int n) { return (n + lanes - 1) / lanes * lanes; }

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
    switch (job_.call.type) {
      case element_type::f16:
        return copy<f16>(to, from);
      case element_type::bf16:
        return copy<bf16>(to, from);
      default:
        return copy<f32>(to, from);
    }
  }
  template <class T>
  void copy(float* to, const std::byte* from) const {
    const tensor& s = job_.src;
    if (s.pixel == sizeof(T)) {
      for (int x = 0; x < s.width; ++x) to[x] = to_float(reinterpret_cast<const T*>(from)[x]);
      return;
    }
    for (int x = 0; x < s.width; ++x) to[x] = to_float(*reinterpret_cast<const T*>(from + x * s.pixel));
  }

  const conv_rows_job& job_;
  int slots_;
  std::size_t length_;
  working_vector<int> tags_;
  working_vector<float> values_;
  int n_ = 0;
  int group_ = 0;
};

class row_kernel {
 public:
  explicit row_kernel(const conv_rows_job& job)
      : job_(job),
        slots_((job.call.y.dilation * (std::int64_t{job.call.y.kernel} - 1)) / job.call.y.stride + 1),
        cache_(job, std::min<std::int64_t>(slots_, job.src.height)),
        plane_(std::size_t(round_up(job.x.longest)) * job.call.x.stride),
        sums_(plane_ * channels_at_once),
        line_(plane_) {}

  void run(std::int64_t first, std::int64_t last) {
    int y = static_cast<int>(first % job_.dst.height);
    int group = static_cast<int>(first / job_.dst.height % job_.call.groups);
    int n = static_cast<int>(first / job_.dst.height / job_.call.groups);
    cache_.start(n, group);
    for (std::int64_t i = first; i < last; ++i) {
      find_rows(y);
      int o = 0;
      for (; o + channels_at_once <= job_.out_per_group; o += channels_at_once)
        channels<channels_at_once>(n, group, o, y);
      for (; o < job_.out_per_group; ++o) channels<1>(n, group, o, y);
      if (++y < job_.dst.height) continue;
      y = 0;
      if (++group == job_.call.groups) group = 0, ++n;
      cache_.start(n, group);
    }
  }

 private:
  void find_rows(int y) {
    taps_.clear();
    const conv_axis& a = job_.call.y;
    const bool dense = a.dilation == 1;  // then every stride-th tap meets a row
    for (int ky = dense ? (y + a.pad) % a.stride : 0; ky < a.kernel; ky += dense ? a.stride : 1) {
      const int sy = conv_source(a, y, ky, job_.src.height);
      if (sy >= 0) taps_.push_back({ky, sy});
    }
    sources_.clear();
    for (int i = 0; i < job_.in_per_group; ++i)
      for (const row_tap& t : taps_) sources_.push_back(cache_.row(i, t.sy));
  }

  /// `count` output channels from `o` on, of row y.
  template <int count>
  void channels(int n, int group, int o, int y) {
    if (job_.twice_stride == 2) return cells<2, count>(n, group, o, y);
    if (job_.twice_stride == 4) return cells<4, count>(n, group, o, y);
    for (int phase = 0; phase < job_.call.x.stride; ++phase) {
      const int outputs = (job_.dst.width - phase + job_.call.x.stride - 1) / job_.call.x.stride;
      if (outputs > 0) phase_of<count>(group, o, phase, outputs);
    }
    for (int c = 0; c < count; ++c) {
      const tensor& d = job_.dst;
      const int channel = group * job_.out_per_group + o + c;
      emit(&sums_[c * plane_], d.data + n * d.image + channel * d.channel + y * d.row);
    }
  }

  /// As the general way, for kernels of twice the stride: all phases of neighbouring m at once, two taps in a row.
  template <int stride, int count>
  void cells(int n, int group, int o, int y) {
    const int base = job_.call.x.pad / stride;
    const int low = std::max(0, 1 - base);  // [low, high): every tap has its source pixel
    const int high = job_.src.width - base - 1;
    const tensor& d = job_.dst;
    float* rows[count];
    for (int c = 0; c < count; ++c)
      rows[c] = reinterpret_cast<float*>(d.data + n * d.image + (group * job_.out_per_group + o + c) * d.channel +
                                         y * d.row);
    if (std::min(high, d.width / stride) - low >= lanes) return inner_cells<stride, count>(group, o, low, high, rows);
    for (int m = 0; m * stride < d.width; m += lanes) {
      V sum[count * stride];
      add_cells<stride, count, true>(group, o, m, sum);
      for (int c = 0; c < count; ++c) store_cells<stride>(sum + c * stride, rows[c], m * stride);
    }
  }

  /// Whole vectors between `low` and `high`, the last one moved back over its neighbour; the ends one by one.
  template <int stride, int count>
  HWY_INLINE void inner_cells(int group, int o, int low, int high, float* const* rows) const {
    const int last = std::min(high, job_.dst.width / stride) - lanes;
    for (int m = low;; m = std::min(m + lanes, last)) {
      V sum[count * stride];
      add_cells<stride, count, false>(group, o, m, sum);
      for (int c = 0; c < count; ++c) interleave_cells<stride>(sum + c * stride, rows[c] + m * stride);
      if (m == last) break;
    }
    for (int c = 0; c < count; ++c) {
      for (int x = 0; x < low * stride; ++x) rows[c][x] = single<stride>(group, o + c, x);
      for (int x = (last + lanes) * stride; x < job_.dst.width; ++x) rows[c][x] = single<stride>(group, o + c, x);
    }
  }

  template <int stride>
  float single(int group, int o, int x) const {
    const hn::CappedTag<float, 1> d;
    const int index = (x + job_.call.x.pad) / stride;
    const int column = (x + job_.call.x.pad) % stride;
    auto sum = hn::Set(d, job_.bias ? job_.bias[group * job_.out_per_group + o] : 0.0f);
    const float* const* source = sources_.data();
    for (int i = 0; i < job_.in_per_group; ++i) {
      const std::size_t in = std::size_t(group) * job_.in_per_group + i;
      const float* weights = job_.weights + (in * job_.out_per_group + o) * (4 * stride * stride) + column;
      for (const row_tap& r : taps_) {
        const float* row = *source++;
        const float* w = weights + r.ky * 2 * stride;
        if (index < job_.src.width) sum = hn::MulAdd(hn::Set(d, w[0]), hn::Set(d, row[index]), sum);
        if (index >= 1 && index <= job_.src.width)
          sum = hn::MulAdd(hn::Set(d, w[stride]), hn::Set(d, row[index - 1]), sum);
      }
    }
    return hn::GetLane(sum);
  }

  template <int stride, int count, bool masked>
  HWY_INLINE void add_cells(int group, int o, int m, V* HWY_RESTRICT sum) const {
    const D d;
    constexpr int kernel = 4 * stride * stride;
    int offset[stride];
    int column[stride];
    hn::Mask<D> first[stride], second[stride];
    for (int p = 0; p < stride; ++p) {
      offset[p] = m + (p + job_.call.x.pad) / stride;
      column[p] = (p + job_.call.x.pad) % stride;
      if constexpr (masked) first[p] = inside(offset[p]), second[p] = inside(offset[p] - 1);
    }
    for (int c = 0; c < count; ++c) {
      const V bias = hn::Set(d, job_.bias ? job_.bias[group * job_.out_per_group + o + c] : 0.0f);
      for (int p = 0; p < stride; ++p) sum[c * stride + p] = bias;
    }
    const float* const* source = sources_.data();
    for (int i = 0; i < job_.in_per_group; ++i) {
      const std::size_t in = std::size_t(group) * job_.in_per_group + i;
      const float* weights = job_.weights + (in * job_.out_per_group + o) * kernel;
      for (const row_tap& r : taps_) {
        const float* row = *source++;
        const float* w = weights + r.ky * 2 * stride;
        for (int p = 0; p < stride; ++p) {
          const V a = hn::LoadU(d, row + offset[p]);
          const V b = hn::LoadU(d, row + offset[p] - 1);
          for (int c = 0; c < count; ++c) {
            V& s = sum[c * stride + p];
            const float* wc = w + c * kernel + column[p];
            const V one = hn::MulAdd(hn::Set(d, wc[0]), a, s);
            s = masked ? hn::IfThenElse(first[p], one, s) : one;
            const V two = hn::MulAdd(hn::Set(d, wc[stride]), b, s);
            s = masked ? hn::IfThenElse(second[p], two, s) : two;
          }
        }
      }
    }
  }

  template <int stride>
  HWY_INLINE void store_cells(const V* sum, float* row, int x) const {
    if (x + lanes * stride <= job_.dst.width) return interleave_cells<stride>(sum, row + x);
    HWY_ALIGN float rest[lanes * stride];
    interleave_cells<stride>(sum, rest);
    for (int k = 0; x + k < job_.dst.width; ++k) row[x + k] = rest[k];
  }
  template <int stride>
  static HWY_INLINE void interleave_cells(const V* sum, float* to) {
    if constexpr (stride == 2)
      hn::StoreInterleaved2(sum[0], sum[1], D(), to);
    else
      hn::StoreInterleaved4(sum[0], sum[1], sum[2], sum[3], D(), to);
  }

  template <int count>
  void phase_of(int group, int o, int phase, int outputs) {
    constexpr int unroll = count == 1 ? 4 : 2;
    const conv_tap* begin = job_.x.taps.data() + job_.x.first[phase];
    const conv_tap* end = job_.x.taps.data() + job_.x.first[phase + 1];
    int low = 0;
    int high = outputs;  // [low, high): every tap has its source pixel
    for (const conv_tap* t = begin; t != end; ++t) {
      low = std::max(low, -t->offset);
      high = std::min(high, job_.src.width - t->offset);
    }
    float* to = &sums_[std::size_t(phase) * round_up(job_.x.longest)];
    for (int m = 0; m < outputs;) {
      if (m >= low && m + unroll * lanes <= high) {
        block<count, unroll, false>(group, o, {begin, end}, m, to + m);
        m += unroll * lanes;
      } else if (m >= low && m + lanes <= high) {
        block<count, 1, false>(group, o, {begin, end}, m, to + m);
        m += lanes;
      } else {
        block<count, 1, true>(group, o, {begin, end}, m, to + m);
        m += lanes;
      }
    }
  }

  struct tap_range {
    const conv_tap* begin;
    const conv_tap* end;
  };

  /// Outputs [m, m + unroll * lanes) of one phase. `masked`: a lane whose source pixel does not exist skips the tap.
  template <int count, int unroll, bool masked>
  HWY_INLINE void block(int group, int o, tap_range taps, int m, float* to) {
    const D d;
    V sum[count * unroll];
    for (int c = 0; c < count; ++c) {
      const float bias = job_.bias ? job_.bias[group * job_.out_per_group + o + c] : 0.0f;
      for (int u = 0; u < unroll; ++u) sum[c * unroll + u] = hn::Set(d, bias);
    }
    const std::size_t kernel = std::size_t(job_.call.y.kernel) * job_.call.x.kernel;
    const float* const* source = sources_.data();
    for (int i = 0; i < job_.in_per_group; ++i) {
      const std::size_t in = std::size_t(group) * job_.in_per_group + i;
      const float* weights = job_.weights + (in * job_.out_per_group + o) * kernel;
      for (const row_tap& r : taps_) {
        const float* row = *source++ + m;
        const float* w = weights + std::size_t(r.ky) * job_.call.x.kernel;
        for (const conv_tap* t = taps.begin; t != taps.end; ++t)
          add<count, unroll, masked>(sum, row + t->offset, m + t->offset, w + t->k, kernel);
      }
    }
    for (int c = 0; c < count; ++c)
      for (int u = 0; u < unroll; ++u) hn::StoreU(sum[c * unroll + u], d, to + c * plane_ + u * lanes);
  }

  template <int count, int unroll, bool masked>
  HWY_INLINE void add(V* HWY_RESTRICT sum, const float* source, int index, const float* w, std::size_t kernel) const {
    const D d;
    V pixels[unroll];
    for (int u = 0; u < unroll; ++u) pixels[u] = hn::LoadU(d, source + u * lanes);
    for (int c = 0; c < count; ++c) {
      const V weight = hn::Set(d, w[c * kernel]);
      for (int u = 0; u < unroll; ++u) {
        V& s = sum[c * unroll + u];
        const V next = hn::MulAdd(weight, pixels[u], s);
        if constexpr (masked)
          s = hn::IfThenElse(inside(index), next, s);
        else
          s = next;
      }
    }
  }

  /// Lanes whose source pixel, index + lane, is in the image.
  hn::Mask<D> inside(int index) const {
    const hn::RebindToSigned<D> di;
    const auto at = hn::Iota(di, index);
    const auto below = hn::Lt(at, hn::Set(di, job_.src.width));
    return hn::RebindMask(D(), hn::And(below, hn::Lt(hn::Set(di, -1), at)));
  }

  void emit(const float* phases, std::byte* to) {
    switch (job_.call.type) {
      case element_type::f16:
        return emit_as<f16>(phases, to);
      case element_type::bf16:
        return emit_as<bf16>(phases, to);
      default:
        break;
    }
    if (job_.dst.pixel == sizeof(float))
      interleave(phases, reinterpret_cast<float*>(to));
    else
      emit_as<f32>(phases, to);
  }

  template <class T>
  void emit_as(const float* phases, std::byte* to) {
    interleave(phases, line_.data());
    const tensor& d = job_.dst;
    if (d.pixel == sizeof(T)) {
      for (int x = 0; x < d.width; ++x) reinterpret_cast<T*>(to)[x] = from_float<T>(line_[x]);
      return;
    }
    for (int x = 0; x < d.width; ++x) *reinterpret_cast<T*>(to + x * d.pixel) = from_float<T>(line_[x]);
  }

  /// Phases of `longest` values each -> one row.
  void interleave(const float* phases, float* to) const {
    const int stride = job_.call.x.stride;
    const int width = job_.dst.width;
    const std::size_t step = round_up(job_.x.longest);
    const D d;
    int m = 0;
    for (; stride <= 4 && (m + lanes) * stride <= width; m += lanes) {
      float* p = to + m * stride;
      const float* from = phases + m;
      switch (stride) {
        case 1:
          hn::StoreU(hn::LoadU(d, from), d, p);
          break;
        case 2:
          hn::StoreInterleaved2(hn::LoadU(d, from), hn::LoadU(d, from + step), d, p);
          break;
        case 3:
          hn::StoreInterleaved3(hn::LoadU(d, from), hn::LoadU(d, from + step), hn::LoadU(d, from + 2 * step), d, p);
          break;
        default:
          hn::StoreInterleaved4(hn::LoadU(d, from), hn::LoadU(d, from + step), hn::LoadU(d, from + 2 * step),
                                hn::LoadU(d, from + 3 * step), d, p);
          break;
      }
    }
    for (int phase = 0; phase < stride; ++phase) {
      const float* from = phases + phase * step;
      for (int k = m, x = m * stride + phase; x < width; ++k, x += stride) to[x] = from[k];
    }
  }

  const conv_rows_job& job_;
  std::int64_t slots_;
  row_cache cache_;
  std::size_t plane_;  ///< values of all phases of one channel
  working_vector<float> sums_;
  working_vector<float> line_;
  working_vector<row_tap> taps_;
  working_vector<const float*> sources_;  ///< (input channel, row tap)
};

void run_rows(const conv_rows_job& job, std::int64_t first, std::int64_t last) { row_kernel(job).run(first, last); }

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

HWY_EXPORT(run_rows);

void conv_rows(const conv_rows_job& job, std::int64_t first, std::int64_t last) {
  for_target(HWY_DISPATCH_TABLE(run_rows))(job, first, last);
}

conv_phases::conv_phases(const conv_axis& axis, int src_size, int dst_size)
    : longest((dst_size + std::int64_t{axis.stride} - 1) / axis.stride) {
  for (int phase = 0; phase < axis.stride; ++phase) {
    first.push_back(static_cast<int>(taps.size()));
    for (int k = 0; k < axis.kernel; ++k) {
      const int t = phase + axis.pad - k * axis.dilation;
      if (t % axis.stride != 0) continue;
      const int offset = t / axis.stride;
      if (offset >= src_size || offset <= -longest) continue;
      taps.push_back({k, offset});
      lowest = std::min(lowest, offset);
      highest = std::max(highest, offset);
    }
  }
  first.push_back(static_cast<int>(taps.size()));
}

}  // namespace fluxel::kernels
#endif
