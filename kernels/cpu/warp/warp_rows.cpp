// SPDX-License-Identifier: Apache-2.0
// Rows of warps and blends, compiled for every instruction set.

#include "kernels/cpu/warp/warp_rows.hpp"

#include <algorithm>

#include "kernels/common/warp/blend.hpp"
#include "kernels/contract/pixel_type.hpp"
#include "kernels/cpu/runtime/table_of_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/warp/warp_rows.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/cpu/warp/warp_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels::HWY_NAMESPACE {

namespace {

template <class T>
void warp_row(const warp_job& job, int n, int p, int y) {
  displacements by;
  const warped_row<T> source{job, row_at<const T>(job.src, n, p, 0), job.src.pitch};
  T* to = row_at<T>(job.dst, n, p, y);
  for (int first = 0; first < job.dst.width; first += chunk, to += std::ptrdiff_t{chunk} * job.dst.channels) {
    const int count = std::min(chunk, job.dst.width - first);
    by.load(job, n, first, y, count);
    warp_chunk(source, by, first, y, 0, count, to);
  }
}

void warp(const warp_job& job, element_type type, const row_range& rows) {
  visit_pixel_type(every_pixel_type, type, 0, [&]<class T>(std::type_identity<T>) HWY_ATTR {
    for (int y = rows.first; y < rows.last; ++y) warp_row<T>(job, rows.n, rows.p, y);
    return 0;
  });
}

template <class T>
void blend_row(const T* HWY_RESTRICT a, const T* HWY_RESTRICT b, const u8* HWY_RESTRICT weight, const blend_job& job,
               T* HWY_RESTRICT to) {
  const int channels = job.dst.channels, zeros = job.low_zero_bits;
  if (channels == 1 && zeros == 0) {  // compilers turn it into lanes
    for (int x = 0; x < job.dst.width; ++x) to[x] = blend_pixel<T>(a[x], b[x], weight[x], 0);
    return;
  }
  for (int x = 0; x < job.dst.width; ++x)
    for (int c = 0; c < channels; ++c) {
      const std::ptrdiff_t i = std::ptrdiff_t{x} * channels + c;
      to[i] = blend_pixel<T>(a[i], b[i], weight[x], zeros);
    }
}

void blend(const blend_job& job, element_type type, const row_range& rows) {
  visit_pixel_type(every_pixel_type, type, 0, [&]<class T>(std::type_identity<T>) HWY_ATTR {
    for (int y = rows.first; y < rows.last; ++y)
      blend_row<T>(row_at<const T>(job.a, rows.n, rows.p, y), row_at<const T>(job.b, rows.n, rows.p, y),
                   pixel_at<const u8>(job.weight, rows.n, 0, y), job, row_at<T>(job.dst, rows.n, rows.p, y));
    return 0;
  });
}

}  // namespace

const warp_row_functions* warp_row_table() {
  static constexpr warp_row_functions table{warp, blend};
  return &table;
}

}  // namespace fluxel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
FLUXEL_TABLE_OF_TARGET(warp_row_functions, warp_rows, warp_row_table)
#endif
