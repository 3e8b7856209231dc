// SPDX-License-Identifier: Apache-2.0
// Warps by flows of less than a pixel, of some, and of more than the image.

#include "fluxel/warp.hpp"

#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::warp_vectors {

namespace {

constexpr int cases = 4;
constexpr double scales[] = {1, -3.7, 0.25, 50};

void print_case(parity::random r, element_type type, warp_filter filter, int index, const computer& by) {
  const size src{r.between(1, 24), r.between(1, 20)}, dst{r.between(1, 24), r.between(1, 20)};
  const int channels = r.between(1, 4);
  const std::uint64_t seed = r.next() >> 32;
  const int bits = type == element_type::u16 && index % 2 == 1 ? 10 : 16;
  const char* name = filter == warp_filter::bicubic ? "bicubic" : "bilinear";
  const auto flow = make_image<f32>(dst, 2, 1, seed + 1);
  with_element(type, [&]<class T>(T) {
    image<T> from(src.width, src.height, channels), to(dst.width, dst.height, channels);
    const auto bytes = make_elements(type, from.size(), seed, {bits});
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<unsigned char*>(from.data()));
    warp(from, flow.view(), to, {.filter = filter, .scale = scales[index], .bit_depth = bits},
         {.processor = by.device});
    line l("warp", "warp", type);
    l.sizes(src, dst).number("channels", std::uint64_t(channels)).number("seed", seed).text("filter", name);
    l.real("scale", scales[index]);
    if (bits != 16) l.number("bits", std::uint64_t(bits));
    l.print(hash_of(to));
  });
}

void print_warp(const computer& by) {
  for (const warp_filter filter : {warp_filter::bilinear, warp_filter::bicubic})
    for (const element_type type :
         {element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32})
      for (int i = 0; i < cases; ++i)
        print_case(numbers_of("warp", filter == warp_filter::bicubic ? "bicubic" : "bilinear", type, i), type, filter,
                   i, by);
}

const operation entry{"warp", print_warp};

}  // namespace

}  // namespace fluxel::vectors::warp_vectors
