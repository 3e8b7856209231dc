// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "bench/flow_methods.hpp"
#include "fluxel/horn_schunck.hpp"
#include "fluxel/lucas_kanade.hpp"
#include "host/program/flow_files/flow_pictures.hpp"

namespace {

using fluxel::video::flow_field;

template <class Solver, class Options>
flow_method method(const std::string& name, const Options& options, int threads, fluxel::run_on where) {
  return {name, [=](const flow_pair& p) -> flow_run {
            const auto geometry = fluxel::video::geometry_of(p.first);
            const auto solver = std::make_shared<Solver>(geometry, options,
                                                         fluxel::placement{.processor = where, .threads = threads});
            return [solver, &p](flow_field& flow) {
              solver->run(fluxel::video::frame_of(p.first), fluxel::video::frame_of(p.second), flow.view());
            };
          }};
}

}  // namespace

std::vector<flow_method> fluxel_methods(int threads, fluxel::run_on where) {
  using fluxel::flow_quality;
  const std::pair<std::string, flow_quality> qualities[] = {{"fast", flow_quality::fast},
                                                            {"balanced", flow_quality::balanced},
                                                            {"accurate", flow_quality::accurate},
                                                            {"best", flow_quality::best}};
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
