// SPDX-License-Identifier: Apache-2.0
// Adjoints of bilinear resizes and upsamplings.

#include "fluxel/bilinear_adjoint.hpp"

#include "host/parity/vectors/case.hpp"

namespace fluxel::vectors::bilinear_adjoint_vectors {

namespace {

constexpr int cases_per_type = 12;

template <class T>
void print_case(parity::random r, run_on device) {
  const int w = r.between(1, 9), h = r.between(1, 8), channels = r.between(1, 4);
  const int to_w = r.between(1, 14), to_h = r.between(1, 12), factor = r.between(1, 5);
  const bool faded = r.one_in(3);
  const auto rule = r.pick({coordinates::half_pixel, coordinates::asymmetric, coordinates::align_corners});
  const std::uint64_t seed = r.next() >> 32;
  const size to = faded ? size{w * factor, h * factor} : size{to_w, to_h};
  const resize_geometry forward{{w, h}, to, channels, element_traits<T>::type};
  const auto gradient = make_image<T>(to, channels, 1, seed);
  image<T> result(w, h, channels);
  const auto adjoint = faded ? bilinear_adjoint::of_upsampling(forward, edge::zero, {device})
                             : bilinear_adjoint(forward, bilinear_options{.coordinates = rule}, {device});
  adjoint.run(gradient.view(), result.view());
  line l("bilinear_adjoint", "bilinear_adjoint", element_traits<T>::type);
  l.sizes(forward.src, to).number("channels", std::uint64_t(channels)).number("seed", seed);
  if (faded)
    l.text("edge", "zero");
  else
    l.text("coordinates", name_of(rule));
  l.print(hash_of(result));
}

void print_bilinear_adjoint(const computer& by) {
  for (auto type : {element_type::f32, element_type::f16, element_type::bf16})
    for (int i = 0; i < cases_per_type; ++i)
      with_float(type, [&]<class T>(T) { print_case<T>(numbers_of("bilinear_adjoint", "", type, i), by.device); });
}

const operation entry{"bilinear_adjoint", print_bilinear_adjoint};

}  // namespace

}  // namespace fluxel::vectors::bilinear_adjoint_vectors
