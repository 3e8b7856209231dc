// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "bench/flow_methods.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"

namespace {

using fluxel::video::flow_field;

template <class T, class Solver>
void solve(Solver& solver, const flow_pair& p, flow_field& flow) {
  solver.template solve<T>(p.first.view<T>(), p.second.view<T>(), flow.view());
}

template <class Solver, class Options>
flow_method method(const std::string& name, Options options, int threads, fluxel::run_on where) {
  options.threads = threads;
  return {name, [=](const flow_pair& p) -> flow_run {
            Options o = options;
            if (p.first.type == fluxel::element_type::u16) o.bit_depth = p.first.bit_depth;
            const fluxel::flow_geometry geometry{p.first.width, p.first.height, p.first.channels, p.first.type};
            const auto solver = std::make_shared<Solver>(geometry, o, where);
            return [solver, &p](flow_field& flow) {
              switch (p.first.type) {
                case fluxel::element_type::u8:
                  return solve<fluxel::u8>(*solver, p, flow);
                case fluxel::element_type::f32:
                  return solve<float>(*solver, p, flow);
                default:
                  return solve<fluxel::u16>(*solver, p, flow);
              }
            };
          }};
}

}  // namespace

std::vector<flow_method> fluxel_methods(int threads, fluxel::run_on where) {
  using fluxel::flow_quality;
  const std::pair<std::string, flow_quality> qualities[] = {
      {"fast", flow_quality::fast}, {"balanced", flow_quality::balanced}, {"accurate", flow_quality::accurate}};
  std::vector<flow_method> all;
  const auto variational = [&](const std::string& name, const fluxel::horn_schunck_options& o) {
    all.push_back(method<fluxel::horn_schunck>("horn_schunck " + name, o, threads, where));
  };
  const auto windows = [&](const std::string& name, const fluxel::lucas_kanade_options& o) {
    all.push_back(method<fluxel::lucas_kanade>("lucas_kanade " + name, o, threads, where));
  };
  for (const auto& [name, quality] : qualities) variational(name, fluxel::horn_schunck_preset(quality));
  variational("multiscale", fluxel::horn_schunck_multiscale());
  variational("classic", fluxel::horn_schunck_classic());
  for (const auto& [name, quality] : qualities) windows(name, fluxel::lucas_kanade_preset(quality));
  windows("multiscale", fluxel::lucas_kanade_multiscale());
  windows("classic", fluxel::lucas_kanade_classic());
  return all;
}
