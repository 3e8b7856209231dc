#include "kernels/cpu/conv_transpose_upsample.hpp"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/conv_transpose_upsample.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr int lanes = static_cast<int>(hn::MaxLanes(D()));
constexpr int most_interleaved = 4;

class cell_kernel {
 public:
  explicit cell_kernel(const upsample_job& job)
      : job_(job),
        padded_(job.src.width + 2 + lanes),
        above_((job.src.width + 1 + lanes) * std::size_t(job.factor)),
        below_(above_.size()) {}

  void run(std::int64_t first, std::int64_t last) {
    const int rows = job_.src.height + 1;
    for (std::int64_t i = first; i < last; ++i) {
      const int cell = static_cast<int>(i % rows);
      if (i == first || cell == 0) start(i / rows, cell);
      fill(below_, cell);
      write(cell);
      std::swap(above_, below_);
    }
  }

 private:
  void start(std::int64_t plane, int cell) {
    const int n = static_cast<int>(plane / job_.dst.planes);
    const int p = static_cast<int>(plane % job_.dst.planes);
    src_ = static_cast<const std::byte*>(job_.src.data) + n * job_.src.stride + p * job_.src.plane_stride;
    dst_ = static_cast<std::byte*>(job_.dst.data) + n * job_.dst.stride + p * job_.dst.plane_stride;
    fill(above_, cell - 1);
  }

  /// Source row y, enlarged horizontally; zeros outside the image.
  void fill(std::vector<float>& row, int y) {
    if (y < 0 || y >= job_.src.height) {
      std::fill(row.begin(), row.end(), 0.0f);
      return;
    }
    const int width = job_.src.width;
    std::memcpy(padded_.data() + 1, src_ + y * job_.src.pitch, width * sizeof(float));
    float* to = row.data();
    if (job_.factor == 2)
      enlarge2(to);
    else if (job_.factor == 3)
      enlarge3(to);
    else if (job_.factor == 4)
      enlarge4(to);
    else
      enlarge(to);
  }

  static HWY_INLINE V lerp(V a, V difference, float w) {
    return w == 0 ? a : hn::MulAdd(hn::Set(D(), w), difference, a);
  }

  void enlarge2(float* to) const {
    const D d;
    const float* w = job_.weights.data();
    for (int i = 0; i <= job_.src.width; i += lanes) {
      const V a = hn::LoadU(d, &padded_[i]);
      const V b = hn::Sub(hn::LoadU(d, &padded_[i + 1]), a);
      hn::StoreInterleaved2(lerp(a, b, w[0]), lerp(a, b, w[1]), d, to + 2 * i);
    }
  }
  void enlarge3(float* to) const {
    const D d;
    const float* w = job_.weights.data();
    for (int i = 0; i <= job_.src.width; i += lanes) {
      const V a = hn::LoadU(d, &padded_[i]);
      const V b = hn::Sub(hn::LoadU(d, &padded_[i + 1]), a);
      hn::StoreInterleaved3(lerp(a, b, w[0]), lerp(a, b, w[1]), lerp(a, b, w[2]), d, to + 3 * i);
    }
  }
  void enlarge4(float* to) const {
    const D d;
    const float* w = job_.weights.data();
    for (int i = 0; i <= job_.src.width; i += lanes) {
      const V a = hn::LoadU(d, &padded_[i]);
      const V b = hn::Sub(hn::LoadU(d, &padded_[i + 1]), a);
      hn::StoreInterleaved4(lerp(a, b, w[0]), lerp(a, b, w[1]), lerp(a, b, w[2]), lerp(a, b, w[3]), d, to + 4 * i);
    }
  }
  /// Any factor: lanes are the outputs of one cell.
  void enlarge(float* to) const {
    const D d;
    const int factor = job_.factor;
    const float* w = job_.weights.data();
    for (int i = 0; i <= job_.src.width; ++i, to += factor) {
      const V a = hn::Set(d, padded_[i]);
      const V b = hn::Set(d, padded_[i + 1] - padded_[i]);
      // Stores run over the end of the cell; the next cell, or the room behind the row, takes them.
      for (int j = 0; j < factor; j += lanes) {
        const V weight = hn::LoadU(d, w + j);
        hn::StoreU(hn::IfThenElse(hn::Eq(weight, hn::Zero(d)), a, hn::MulAdd(weight, b, a)), d, to + j);
      }
    }
  }

  void write(int cell) const {
    const int factor = job_.factor;
    const int y0 = (cell - 1) * factor + factor / 2;
    const int width = job_.dst.width;
    const int skip = factor - factor / 2;  // outputs of the first cell that lie left of the image
    for (int j = std::max(0, -y0); j < factor && y0 + j < job_.dst.height; ++j) {
      auto* out = reinterpret_cast<float*>(dst_ + std::ptrdiff_t{y0 + j} * job_.dst.pitch);
      const float w = job_.weights[j];
      if (w == 0)
        std::memcpy(out, above_.data() + skip, width * sizeof(float));
      else
        blend(above_.data() + skip, below_.data() + skip, w, out, width);
    }
  }

  static void blend(const float* above, const float* below, float w, float* out, int width) {
    const D d;
    const V weight = hn::Set(d, w);
    int x = 0;
    for (; x + lanes <= width; x += lanes) {
      const V a = hn::LoadU(d, above + x);
      hn::StoreU(hn::MulAdd(weight, hn::Sub(hn::LoadU(d, below + x), a), a), d, out + x);
    }
    if (x == width) return;
    const V a = hn::LoadU(d, above + x);  // the rows are longer than the image
    float rest[lanes];
    hn::StoreU(hn::MulAdd(weight, hn::Sub(hn::LoadU(d, below + x), a), a), d, rest);
    for (int k = 0; x + k < width; ++k) out[x + k] = rest[k];
  }

  const upsample_job& job_;
  const std::byte* src_ = nullptr;
  std::byte* dst_ = nullptr;
  std::vector<float> padded_;  ///< a zero, the row, zeros
  std::vector<float> above_;
  std::vector<float> below_;
};

void run_cells(const upsample_job& job, std::int64_t first, std::int64_t last) { cell_kernel(job).run(first, last); }

}  // namespace
}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/common/conv_transpose.hpp"
#include "kernels/cpu/parallel.hpp"
#include "kernels/cpu/resize_linear.hpp"
#include "kernels/cpu/target.hpp"

namespace fluxel::kernels {

namespace {

HWY_EXPORT(run_cells);

constexpr std::int64_t bytes_per_band = 1 << 17;  // of output, worth a thread

status upsample_f32(const image_pair& pair, int factor, const execution& how) {
  upsample_job job{pair.src, pair.dst, factor, {}};
  for (int j = 0; j < factor; ++j)
    job.weights.push_back(lerp<f32>::from_fraction(upsample_position(factor / 2 + j, factor).fraction));
  job.weights.resize(factor + HWY_MAX_BYTES / sizeof(float));
  const std::int64_t cell_bytes = std::int64_t{factor} * pair.dst.width * sizeof(float);
  parallel_rows(
      job.cells(), 1 + bytes_per_band / cell_bytes, how.threads,
      [&](std::int64_t first, std::int64_t last) { for_target(HWY_DISPATCH_TABLE(run_cells))(job, first, last); });
  return status::ok;
}

/// Pixels [first, last) of a row.
template <class T>
void fade(const zero_edged_plane& src, std::byte* row, int factor, int y, int first, int last) {
  T* out = reinterpret_cast<T*>(row) + std::ptrdiff_t{first} * src.channels;
  for (int x = first; x < last; ++x)
    for (int c = 0; c < src.channels; ++c) *out++ = upsample_pixel<T>(src, factor, y, x, c);
}

/// Writes the border over what the resize left there.
template <class T>
void fade_border(const image_pair& pair, int factor, const execution& how) {
  const auto& [src, dst] = pair;
  const faded_border across(src.width, factor);
  const faded_border down(src.height, factor);
  auto rows = [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const int y = static_cast<int>(i % dst.height);
      const int p = static_cast<int>(i / dst.height % dst.planes);
      const int n = static_cast<int>(i / dst.height / dst.planes);
      const zero_edged_plane plane{static_cast<const std::byte*>(src.data) + n * src.stride + p * src.plane_stride,
                                   src.pitch, src.width, src.height, src.channels};
      auto* row = static_cast<std::byte*>(dst.data) + n * dst.stride + p * dst.plane_stride + y * dst.pitch;
      if (y < down.low || y >= down.high) {
        fade<T>(plane, row, factor, y, 0, dst.width);
      } else {
        fade<T>(plane, row, factor, y, 0, across.low);
        fade<T>(plane, row, factor, y, across.high, dst.width);
      }
    }
  };
  parallel_rows(std::int64_t{dst.count} * dst.planes * dst.height, 256, how.threads, rows);
}

}  // namespace

status upsample_zero_simd(const image_pair& pair, element_type type, int factor, const execution& how) {
  if (type == element_type::f32 && pair.dst.channels == 1) return upsample_f32(pair, factor, how);
  const status resized = linear_resize({&pair, 1}, type, coordinates::half_pixel, how);
  if (resized != status::ok) return resized;
  switch (type) {
    case element_type::u8:
      fade_border<u8>(pair, factor, how);
      break;
    case element_type::u16:
      fade_border<u16>(pair, factor, how);
      break;
    case element_type::f16:
      fade_border<f16>(pair, factor, how);
      break;
    case element_type::bf16:
      fade_border<bf16>(pair, factor, how);
      break;
    case element_type::f32:
      fade_border<f32>(pair, factor, how);
      break;
  }
  return status::ok;
}

}  // namespace fluxel::kernels
#endif
