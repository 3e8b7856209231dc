// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resize/nearest_rows.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/resize/nearest_rows.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR
gather_row permute_row(int) { return nullptr; }
#else

namespace hn = hwy::HWY_NAMESPACE;

template <int windows>
void permute(const nearest_row& row, const std::byte* src, std::byte* dst) {
  const hn::FixedTag<std::uint8_t, 16> d;
  const auto* index = row.index.data();
  for (std::size_t b = 0; b < row.base.size(); ++b, index += windows * 16) {
    const auto* from = reinterpret_cast<const std::uint8_t*>(src + row.base[b]);
    auto v = hn::TableLookupBytesOr0(hn::LoadU(d, from), hn::LoadU(d, index));
    for (int w = 1; w < windows; ++w)
      v = hn::Or(v, hn::TableLookupBytesOr0(hn::LoadU(d, from + 16 * w), hn::LoadU(d, index + 16 * w)));
    // The last 16 bytes may overlap those before them.
    hn::StoreU(v, d, reinterpret_cast<std::uint8_t*>(dst) + std::min(b * 16, row.bytes - 16));
  }
}

gather_row permute_row(int windows) {
  constexpr gather_row rows[] = {nullptr, permute<1>, permute<2>, permute<3>, permute<4>};
  return rows[windows];
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fluxel::kernels {

namespace {

template <int bytes>
void copy_pixels(const nearest_row& row, const std::byte* src, std::byte* dst) {
  for (const std::ptrdiff_t at : row.offset) {
    std::memcpy(dst, src + at, bytes);
    dst += bytes;
  }
}

void copy_any_pixels(const nearest_row& row, const std::byte* src, std::byte* dst) {
  for (const std::ptrdiff_t at : row.offset) {
    std::memcpy(dst, src + at, row.pixel);
    dst += row.pixel;
  }
}

gather_row copy_row(int pixel) {
  switch (pixel) {
    case 1:
      return copy_pixels<1>;
    case 2:
      return copy_pixels<2>;
    case 3:
      return copy_pixels<3>;
    case 4:
      return copy_pixels<4>;
    case 6:
      return copy_pixels<6>;
    case 8:
      return copy_pixels<8>;
    case 12:
      return copy_pixels<12>;
    case 16:
      return copy_pixels<16>;
    default:
      return copy_any_pixels;
  }
}

}  // namespace

nearest_row::nearest_row(std::span<const std::int32_t> x, int src_width, int pixel_bytes)
    : pixel(pixel_bytes), bytes(x.size() * pixel_bytes) {
  for (const std::int32_t i : x) offset.push_back(std::ptrdiff_t{i} * pixel);
  const auto source = [&](std::size_t i) { return offset[i / pixel] + static_cast<std::ptrdiff_t>(i % pixel); };
  // From 8 bytes on a copy of each pixel is faster than permuting so few of them.
  if (bytes < 16 || pixel >= 8) return;
  const std::size_t blocks = (bytes + 15) / 16;
  const auto start = [&](std::size_t b) { return std::min(b * 16, bytes - 16); };
  // From the start of a block's first pixel to the end of its last one: pixels that repeat are read as a whole even
  // where the block cuts the first or the last of them.
  std::ptrdiff_t reach = 0;
  for (std::size_t b = 0; b < blocks; ++b)
    reach = std::max(reach, offset[(start(b) + 15) / pixel] - offset[start(b) / pixel] + pixel);
  const std::ptrdiff_t needed = (reach + 15) / 16;
  const std::ptrdiff_t row_bytes = std::ptrdiff_t{src_width} * pixel;
  if (needed > most_windows || needed * 16 > row_bytes) return;
  windows = static_cast<int>(needed);
  base.resize(blocks);
  index.assign(blocks * windows * 16, 0x80);
  for (std::size_t b = 0; b < blocks; ++b) {
    base[b] = std::min(offset[start(b) / pixel], row_bytes - windows * 16);
    for (int i = 0; i < 16; ++i) {
      const std::ptrdiff_t from = source(start(b) + i) - base[b];
      index[(b * windows + from / 16) * 16 + i] = static_cast<std::uint8_t>(from % 16);
    }
  }
}

HWY_EXPORT(permute_row);

gather_row gather_row_of_target(const nearest_row& row) {
  return row.windows > 0 ? for_target(HWY_DISPATCH_TABLE(permute_row))(row.windows) : copy_row(row.pixel);
}

}  // namespace fluxel::kernels
#endif
