// SPDX-License-Identifier: Apache-2.0
// Splats that leave holes and pile pixels up, and blends.

#include "fluxel/splat.hpp"

#include "fluxel/blend.hpp"
#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::splat_vectors {

namespace {

constexpr int cases = 4;
constexpr double scales[] = {1, -2.7, 0.25, 30};
constexpr element_type types[] = {element_type::u8, element_type::u16, element_type::f16, element_type::bf16,
                                  element_type::f32};

void print_splat(parity::random r, element_type type, int index, const computer& by) {
  const size s{r.between(1, 24), r.between(1, 20)};
  const int channels = r.between(1, 4);
  const std::uint64_t seed = r.next() >> 32;
  const bool has_priority = index % 2 == 1;
  const auto flow = make_image<f32>(s, 2, 1, seed + 1);
  const auto priority = make_image<u8>(s, 1, 1, seed + 2);
  with_element(type, [&]<class T>(T) {
    const auto from = make_image<T>(s, channels, 1, seed);
    image<T> to(s.width, s.height, channels);
    image<u8> covered(s.width, s.height);
    splat_masks masks{.covered = covered.view()};
    if (has_priority) masks.priority = priority.view();
    splat(from, flow.view(), to, masks, {.scale = scales[index]}, {.processor = by.device});
    line l("splat", "splat", type);
    l.extent("src", s).number("channels", std::uint64_t(channels)).number("seed", seed).real("scale", scales[index]);
    l.truth("priority", has_priority).hash("covered_hash", hash_of(covered));
    l.print(hash_of(to));
  });
}

template <class T>
image<T> make_deep(size s, int channels, std::uint64_t seed, depth d) {
  image<T> im(s.width, s.height, channels);
  const auto bytes = make_elements(element_traits<T>::type, im.size(), seed, d);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<unsigned char*>(im.data()));
  return im;
}

void print_blend(parity::random r, element_type type, int index, const computer& by) {
  const size s{r.between(1, 24), r.between(1, 20)};
  const int channels = r.between(1, 4);
  const std::uint64_t seed = r.next() >> 32;
  const bool p010 = type == element_type::u16 && index % 2 == 1;
  const depth d = p010 ? depth{10, 6} : depth{};
  with_element(type, [&]<class T>(T) {
    const auto a = make_deep<T>(s, channels, seed, d), b = make_deep<T>(s, channels, seed + 1, d);
    const auto weight = make_image<u8>(s, 1, 1, seed + 2);
    image<T> to(s.width, s.height, channels);
    blend(a, b, weight.view(), to, {.low_zero_bits = d.low_zero_bits}, {.processor = by.device});
    line l("blend", "blend", type);
    l.extent("src", s).number("channels", std::uint64_t(channels)).number("seed", seed);
    if (p010) l.number("bits", 10).number("low_zero_bits", 6);
    l.print(hash_of(to));
  });
}

const operation splats{"splat", [](const computer& by) {
                         for (const element_type type : types)
                           for (int i = 0; i < cases; ++i) print_splat(numbers_of("splat", "", type, i), type, i, by);
                       }};
const operation blends{"blend", [](const computer& by) {
                         for (const element_type type : types)
                           for (int i = 0; i < cases; ++i) print_blend(numbers_of("blend", "", type, i), type, i, by);
                       }};

}  // namespace

}  // namespace fluxel::vectors::splat_vectors
