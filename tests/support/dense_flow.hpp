// SPDX-License-Identifier: Apache-2.0
#pragma once

// Either method of dense flow, with the options that both have: for tests that hold for both.

#include <ostream>
#include <string>
#include <variant>

#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"

namespace fluxel::test {

enum class dense_method { horn_schunck, lucas_kanade };
inline constexpr dense_method dense_methods[] = {dense_method::horn_schunck, dense_method::lucas_kanade};
inline std::string name_of(dense_method m) {
  return m == dense_method::horn_schunck ? "horn_schunck" : "lucas_kanade";
}
inline void PrintTo(dense_method m, std::ostream* out) { *out << name_of(m); }

struct dense_options {
  template <class Options>
  dense_options(const Options& o)
      : method(o),
        pyramid(o.pyramid),
        search(o.search),
        data_term(o.data_term),
        warping(o.warping),
        median(o.median),
        weighted_median(o.weighted_median),
        validity(o.validity),
        precision(o.precision) {}

  std::variant<horn_schunck_options, lucas_kanade_options> method;
  flow_pyramid_options pyramid;
  flow_search_options search;
  flow_data_term_options data_term;
  flow_warping_options warping;
  flow_median_options median;
  flow_weighted_median_options weighted_median;
  flow_validity_options validity;
  int precision;
};

inline dense_options dense_preset(dense_method m, flow_quality quality) {
  if (m == dense_method::horn_schunck) return horn_schunck_preset(quality);
  return lucas_kanade_preset(quality);
}
inline dense_options dense_multiscale(dense_method m) {
  if (m == dense_method::horn_schunck) return horn_schunck_multiscale();
  return lucas_kanade_multiscale();
}
inline dense_options dense_classic(dense_method m) {
  if (m == dense_method::horn_schunck) return horn_schunck_classic(50, 33);
  return lucas_kanade_classic(4);
}

inline dense_flow make_dense_flow(const flow_geometry& geometry, const dense_options& options,
                                  const placement& where) {
  auto with_shared = [&](auto o) {
    o.pyramid = options.pyramid;
    o.search = options.search;
    o.data_term = options.data_term;
    o.warping = options.warping;
    o.median = options.median;
    o.weighted_median = options.weighted_median;
    o.validity = options.validity;
    o.precision = options.precision;
    return o;
  };
  if (const auto* o = std::get_if<lucas_kanade_options>(&options.method))
    return lucas_kanade(geometry, with_shared(*o), where);
  return horn_schunck(geometry, with_shared(std::get<horn_schunck_options>(options.method)), where);
}

}  // namespace fluxel::test
