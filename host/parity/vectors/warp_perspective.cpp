// SPDX-License-Identifier: Apache-2.0
// Warps by matrices near the identity, turned, and with a horizon in view.

#include "fluxel/warp_perspective.hpp"

#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::warp_perspective_vectors {

namespace {

const matrix3x3 matrices[] = {
    {{1, 0, 0.3, 0, 1, -1.75, 0, 0, 1}},
    {{1.01, 0.2, -3, -0.2, 0.99, 2.5, 0, 0, 2}},
    {{0.9, 0.1, 1, -0.05, 1.1, 0.5, 0.01, -0.02, 1}},
    {{1, 0, 0, 0, 1, 0, 0.25, 0.125, -1}},
};

void print_case(parity::random r, element_type type, warp_filter filter, int index, const computer& by) {
  const size src{r.between(1, 24), r.between(1, 20)}, dst{r.between(1, 24), r.between(1, 20)};
  const int channels = r.between(1, 4);
  const std::uint64_t seed = r.next() >> 32;
  const int bits = type == element_type::u16 && index % 2 == 1 ? 10 : 16;
  const bool keep = index >= 2;
  const matrix3x3& matrix = matrices[index];
  with_element(type, [&]<class T>(T) {
    image<T> from(src.width, src.height, channels), to(dst.width, dst.height, channels);
    const auto bytes = make_elements(type, from.size(), seed, {bits});
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<unsigned char*>(from.data()));
    warp_perspective(
        from, matrix, to,
        {.filter = filter, .outside = keep ? warp_outside::keep : warp_outside::repeat, .bit_depth = bits},
        {.processor = by.device});
    line l("warp_perspective", "warp_perspective", type);
    l.sizes(src, dst).number("channels", std::uint64_t(channels)).number("seed", seed);
    l.text("filter", filter == warp_filter::bicubic ? "bicubic" : "bilinear");
    l.text("outside", keep ? "keep" : "repeat").reals("matrix", {matrix.m.begin(), matrix.m.end()});
    if (bits != 16) l.number("bits", std::uint64_t(bits));
    l.print(hash_of(to));
  });
}

void print_warp_perspective(const computer& by) {
  for (const warp_filter filter : {warp_filter::bilinear, warp_filter::bicubic})
    for (const element_type type :
         {element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32})
      for (int i = 0; i < 4; ++i)
        print_case(numbers_of("warp_perspective", filter == warp_filter::bicubic ? "bicubic" : "bilinear", type, i),
                   type, filter, i, by);
}

const operation entry{"warp_perspective", print_warp_perspective};

}  // namespace

}  // namespace fluxel::vectors::warp_perspective_vectors
