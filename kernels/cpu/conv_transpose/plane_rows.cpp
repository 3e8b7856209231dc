// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/conv_transpose/plane_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conv_transpose/plane_rows.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/cpu/conv_transpose/source_rows-inl.hpp"
#include "kernels/cpu/conv_transpose/twice_stride-inl.hpp"
#include "kernels/cpu/conv_transpose/wide_stride-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

constexpr int channels_at_once = 4;

/// Whole vectors between two source pixels, no dilation.
bool is_wide(const conv_rows_job& job) {
  const conv_axis &x = job.call.x, &y = job.call.y;
  return x.dilation == 1 && y.dilation == 1 && x.stride % lanes == 0 && x.kernel % x.stride == 0;
}

/// The horizontal stride, 2 or 4, of a kernel that is twice as long; 0 otherwise.
int twice_stride_of(const conv_rows_job& job) {
  const conv_axis &x = job.call.x, &y = job.call.y;
  const bool fits =
      (x.stride == 2 || x.stride == 4) && x.kernel == 2 * x.stride && y.kernel == x.kernel && x.dilation == 1;
  const int base = x.pad / x.stride;
  // Rows in the cache have room for these offsets only.
  return fits && job.x.lowest <= base - 1 && job.x.highest >= base ? x.stride : 0;
}

/// Computes rows of f32, every output channel of a group, and stores them in the layout and type of the image.
class row_kernel {
 public:
  explicit row_kernel(const conv_rows_job& job)
      : job_(job),
        slots_((job.call.y.dilation * (std::int64_t{job.call.y.kernel} - 1)) / job.call.y.stride + 1),
        wide_(is_wide(job)),
        twice_(twice_stride_of(job)),
        in_place_(job.call.type == element_type::f32 && job.dst.pixel == sizeof(float)),
        cache_(job, static_cast<int>(std::min<std::int64_t>(slots_, job.src.height))),
        plane_(std::size_t(round_up(job.x.longest)) * job.call.x.stride),
        lines_(in_place_ ? 0 : plane_ * job.out_per_group),
        sums_(wide_ || twice_ != 0 ? 0 : plane_ * channels_at_once) {}

  void run(std::int64_t first, std::int64_t last) {
    int y = static_cast<int>(first % job_.dst.height);
    int group = static_cast<int>(first / job_.dst.height % job_.call.groups);
    int n = static_cast<int>(first / job_.dst.height / job_.call.groups);
    cache_.start(n, group);
    for (std::int64_t i = first; i < last; ++i) {
      row(n, group, y);
      if (++y < job_.dst.height) continue;
      y = 0;
      if (++group == job_.call.groups) group = 0, ++n;
      cache_.start(n, group);
    }
  }

 private:
  void row(int n, int group, int y) {
    find_sources(y);
    const row_sources s{job_, group, taps_.data(), static_cast<int>(taps_.size()), sources_.data()};
    int o = 0;
    for (; o + channels_at_once <= job_.out_per_group; o += channels_at_once) channels<channels_at_once>(s, n, o, y);
    for (; o < job_.out_per_group; ++o) channels<1>(s, n, o, y);
    if (!in_place_) store_lines(output_row(n, group * job_.out_per_group, y));
  }

  void find_sources(int y) {
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

  std::byte* output_row(int n, int channel, int y) const {
    return job_.dst.data + n * job_.dst.image + channel * job_.dst.channel + y * job_.dst.row;
  }

  /// `count` output channels from `o` on, of row y.
  template <int count>
  void channels(const row_sources& s, int n, int o, int y) {
    float* rows[count];
    for (int c = 0; c < count; ++c)
      rows[c] = in_place_ ? reinterpret_cast<float*>(output_row(n, s.group * job_.out_per_group + o + c, y))
                          : &lines_[(o + c) * plane_];
    if (wide_) {
      for (int c = 0; c < count; ++c) wide_stride_row(s, o + c, rows[c], packed_).run();
    } else if (twice_ == 2) {
      twice_stride_row<2, count>(s, o, rows).run();
    } else if (twice_ == 4) {
      twice_stride_row<4, count>(s, o, rows).run();
    } else {
      for (int phase = 0; phase < job_.call.x.stride; ++phase) {
        const int outputs = (job_.dst.width - phase + job_.call.x.stride - 1) / job_.call.x.stride;
        if (outputs > 0) phase_of<count>(s, o, phase, outputs);
      }
      for (int c = 0; c < count; ++c) interleave(&sums_[c * plane_], rows[c]);
    }
  }

  template <int count>
  void phase_of(const row_sources& s, int o, int phase, int outputs) {
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
        block<count, unroll, false>(s, o, {begin, end}, m, to + m);
        m += unroll * lanes;
      } else if (m >= low && m + lanes <= high) {
        block<count, 1, false>(s, o, {begin, end}, m, to + m);
        m += lanes;
      } else {
        block<count, 1, true>(s, o, {begin, end}, m, to + m);
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
  HWY_INLINE void block(const row_sources& s, int o, tap_range taps, int m, float* to) {
    const D d;
    V sum[count * unroll];
    for (int c = 0; c < count; ++c) {
      for (int u = 0; u < unroll; ++u) sum[c * unroll + u] = hn::Set(d, s.bias(o + c));
    }
    const std::size_t kernel = std::size_t(job_.call.y.kernel) * job_.call.x.kernel;
    const float* const* source = s.rows;
    for (int i = 0; i < job_.in_per_group; ++i) {
      const float* weights = s.weights(i, o);
      for (int r = 0; r < s.tap_count; ++r) {
        const float* row = *source++ + m;
        const float* w = weights + std::size_t(s.taps[r].ky) * job_.call.x.kernel;
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
        V& to = sum[c * unroll + u];
        const V next = hn::MulAdd(weight, pixels[u], to);
        if constexpr (masked)
          to = hn::IfThenElse(inside(index, job_.src.width), next, to);
        else
          to = next;
      }
    }
  }

  void store_lines(std::byte* to) {
    visit_pixel_type(every_float_type, job_.call.type, 0, [&]<class T>(std::type_identity<T>) {
      store_as<T>(to);
      return 0;
    });
  }

  template <class T>
  void store_as(std::byte* to) {
    const tensor& d = job_.dst;
    if constexpr (!std::is_same_v<T, float>) {
      if (d.pixel == sizeof(T)) {
        for (int o = 0; o < job_.out_per_group; ++o)
          row_from_float(&lines_[o * plane_], d.width, reinterpret_cast<T*>(to + o * d.channel));
        return;
      }
    }
    constexpr int part = 16;  // pixels at once, so that what they share of the cache's lines is written together
    for (int from = 0; from < d.width; from += part)
      for (int o = 0; o < job_.out_per_group; ++o)
        for (int x = from; x < std::min(from + part, d.width); ++x)
          *reinterpret_cast<T*>(to + x * d.pixel + o * d.channel) = from_float<T>(lines_[o * plane_ + x]);
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
  bool wide_;
  int twice_;
  bool in_place_;  ///< rows are summed where they belong
  row_cache cache_;
  std::size_t plane_;            ///< values of all phases of one channel
  working_vector<float> lines_;  ///< a row of every channel of the group
  working_vector<float> sums_;
  working_vector<float> packed_;  ///< weights of a wide stride
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
