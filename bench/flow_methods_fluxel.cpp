#include <memory>

#include "bench/flow_methods.hpp"
#include "fluxel/horn_schunck.hpp"

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
  const std::pair<const char*, flow_quality> qualities[] = {
      {"fast", flow_quality::fast}, {"balanced", flow_quality::balanced}, {"accurate", flow_quality::accurate}};
  std::vector<flow_method> all;
  for (const auto& [name, quality] : qualities)
    all.push_back(method<fluxel::horn_schunck>(std::string("horn_schunck ") + name,
                                               fluxel::horn_schunck_preset(quality), threads, where));
  all.push_back(
      method<fluxel::horn_schunck>("horn_schunck multiscale", fluxel::horn_schunck_multiscale(), threads, where));
  all.push_back(method<fluxel::horn_schunck>("horn_schunck classic", fluxel::horn_schunck_classic(), threads, where));
  return all;
}
