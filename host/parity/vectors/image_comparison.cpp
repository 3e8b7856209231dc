// SPDX-License-Identifier: Apache-2.0
// Sums of squares and similarity of two images, by the kernels themselves: so that depths of u16 are covered too.

#include "host/parity/vectors/case.hpp"
#include "host/plan/similarity.hpp"

namespace fluxel::vectors::image_comparison_vectors {

namespace {

constexpr int cases_per_windows = 4;  ///< of every type
constexpr const char* windows_names[] = {"gaussian", "blocks", "none"};

struct comparison_case {
  element_type type;
  size extent;
  int channels;
  comparison_options options;
  std::uint64_t seed;
};

comparison_case draw_case(parity::random r, similarity windows, element_type type) {
  const int w = r.between(7, 40), h = r.between(7, 30);
  comparison_case c{type, {w, h}, r.between(1, 3), {.similarity = windows}, 0};
  if (type == element_type::u16 && r.one_in(2)) {
    c.options.bit_depth = r.pick({10, 12});
    if (r.one_in(2)) c.options.low_zero_bits = 16 - c.options.bit_depth;
  }
  c.seed = r.next() >> 32;
  return c;
}

std::uint64_t output_hash(const comparison_case& c, const kernels::backend_table& row) {
  const auto& o = c.options;
  const std::size_t elements = std::size_t(c.extent.width) * c.extent.height * c.channels;
  const auto pixels = [&](std::uint64_t seed) {
    return make_elements(c.type, elements, seed, {o.bit_depth != 0 ? o.bit_depth : 16, o.low_zero_bits});
  };
  auto judged = pixels(c.seed), reference = pixels(c.seed + 1);
  const auto image_of = [&](std::vector<unsigned char>& p) {
    return kernels::image{.data = p.data(),
                          .width = c.extent.width,
                          .height = c.extent.height,
                          .channels = c.channels,
                          .pitch = std::ptrdiff_t{c.extent.width} * c.channels * element_size(c.type)};
  };
  std::vector<comparison_sums> sums(c.channels);
  const kernels::comparison how{
      image_of(judged), image_of(reference), c.type, o.low_zero_bits, plan::make_similarity(c.type, o), sums.data()};
  std::vector<std::uint64_t> workspace(row.metrics.workspace(how) / 8 + 1);
  if (row.metrics.compare(how, workspace.data(), {}) != kernels::status::ok) return 0;
  return hash_list(sums);
}

void print_case(const comparison_case& c, const computer& by) {
  line l("image_comparison", "image_comparison", c.type);
  l.extent("src", c.extent).number("channels", std::uint64_t(c.channels)).number("seed", c.seed);
  l.text("windows", windows_names[int(c.options.similarity)]);
  if (c.options.bit_depth != 0)
    l.number("bits", std::uint64_t(c.options.bit_depth))
        .number("low_zero_bits", std::uint64_t(c.options.low_zero_bits));
  l.print(output_hash(c, *by.row));
}

void print_image_comparison(const computer& by) {
  for (auto type : {element_type::u8, element_type::u16, element_type::f16, element_type::bf16, element_type::f32})
    for (auto windows : {similarity::gaussian, similarity::blocks})
      for (int i = 0; i < cases_per_windows; ++i)
        print_case(draw_case(numbers_of("image_comparison", windows_names[int(windows)], type, i), windows, type),
                   by);
}

const operation entry{"image_comparison", print_image_comparison};

}  // namespace

}  // namespace fluxel::vectors::image_comparison_vectors
