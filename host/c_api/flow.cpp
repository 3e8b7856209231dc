// SPDX-License-Identifier: Apache-2.0
#include "host/c_api/flow.hpp"

#include "fluxel/lucas_kanade.hpp"
#include "fluxel/value_range.hpp"

struct fluxel_dense_flow {
  fluxel::dense_flow object;
};

namespace fluxel::host::c_api {

flow_geometry geometry_of(const fluxel_flow_geometry* given) {
  const auto g = read_struct("geometry", given);
  return {.width = to_int("geometry.width", g.width),
          .height = to_int("geometry.height", g.height),
          .channels = to_int("geometry.channels", g.channels),
          .type = static_cast<element_type>(g.dtype),
          .count = to_int("geometry.count", g.count),
          .bit_depth = g.bit_depth,
          .white = g.white,
          .range = {g.range_low, g.range_high}};
}

flow_image frame_of(const char* name, const fluxel_image* im) {
  const auto v = view_of(name, im);
  if (v.type == element_type::u8) return typed<const u8>(v);
  if (v.type == element_type::u16) return typed<const u16>(v);
  if (v.type == element_type::f32) return typed<const f32>(v);
  reject(arguments, std::string(name) + ".dtype", "is not one of u8, u16 and f32");
}

namespace {

/// The groups that both methods have, between a C struct `c` and options `o`: copy(c.field, o.field) for each.
template <class C, class O, class Copy>
void for_shared_fields(C& c, O& o, Copy copy) {
  copy(c.pyramid_presmoothing, o.pyramid.presmoothing);
  copy(c.pyramid_factor, o.pyramid.factor);
  copy(c.pyramid_coarsest_side, o.pyramid.coarsest_side);
  copy(c.pyramid_max_levels, o.pyramid.max_levels);
  copy(c.search_radius, o.search.radius);
  copy(c.data_term_brightness, o.data_term.brightness);
  copy(c.data_term_gradient, o.data_term.gradient);
  copy(c.data_term_brightness_epsilon, o.data_term.brightness_epsilon);
  copy(c.data_term_gradient_epsilon, o.data_term.gradient_epsilon);
  copy(c.warping_warps, o.warping.warps);
  copy(c.warping_max_increment, o.warping.max_increment);
  copy(c.median_radius, o.median.radius);
  copy(c.median_passes, o.median.passes);
  copy(c.weighted_median_radius, o.weighted_median.radius);
  copy(c.weighted_median_likeness, o.weighted_median.likeness);
  copy(c.validity_variation, o.validity.variation);
  copy(c.validity_residual, o.validity.residual);
  copy(c.validity_flat, o.validity.flat);
  copy(c.validity_aperture, o.validity.aperture);
  copy(c.validity_cut_score, o.validity.cut_score);
  copy(c.validity_consistency, o.validity.consistency);
  copy(c.precision, o.precision);
}

template <class C, class Copy>
void for_fields(C& c, horn_schunck_options& o, Copy copy) {
  for_shared_fields(c, o, copy);
  copy(c.smoothness_weight, o.smoothness.weight);
  copy(c.smoothness_edge_scale, o.smoothness.edge_scale);
  copy(c.smoothness_edge_floor, o.smoothness.edge_floor);
  copy(c.smoothness_epsilon, o.smoothness.epsilon);
  copy(c.solver_sweeps, o.solver.sweeps);
  copy(c.solver_chebyshev_radius, o.solver.chebyshev_radius);
}

template <class C, class Copy>
void for_fields(C& c, lucas_kanade_options& o, Copy copy) {
  for_shared_fields(c, o, copy);
  copy(c.window_radius, o.window.radius);
  copy(c.window_sigma, o.window.sigma);
  copy(c.window_ridge, o.window.ridge);
  copy(c.window_contrast_limit, o.window.contrast_limit);
  copy(c.window_min_eigenvalue, o.window.min_eigenvalue);
}

template <class C, class O>
C to_c(O o) {
  C c = {};
  c.model = static_cast<std::int32_t>(o.model);
  c.weighted_median_after = static_cast<std::int32_t>(o.weighted_median.after);
  for_fields(c, o, [](auto& to, const auto& from) { to = from; });
  return c;
}

template <class O, class C>
O from_c(const C* given) {
  O o;
  const auto c = read_struct("options", given, to_c<C>(o));
  o.model = static_cast<decltype(o.model)>(c.model);
  o.weighted_median.after = static_cast<weighted_median_after>(c.weighted_median_after);
  for_fields(c, o, [](const auto& from, auto& to) { to = from; });
  return o;
}

lucas_kanade_options options_of(const fluxel_lucas_kanade_options* given) {
  return from_c<lucas_kanade_options>(given);
}

flow_result result_of(const fluxel_flow_result* given) {
  const auto g = read_struct("result", given);
  return {.flow = typed_view<f32>("result.flow", g.flow),
          .validity = optional_view<u8>("result.validity", g.validity),
          .confidence = optional_view<f32>("result.confidence", g.confidence),
          .cut_score = optional_view<f32>("result.cut_score", g.cut_score)};
}

}  // namespace

flow_pair pair_of(const std::string& name, const fluxel_flow_pair* given) {
  const auto g = read_struct(name.c_str(), given);
  const auto field = [&](const char* of) { return name + '.' + of; };
  return {.prev = frame_of(field("prev").c_str(), g.prev),
          .next = frame_of(field("next").c_str(), g.next),
          .prev_mask = optional_view<const u8>(field("prev_mask").c_str(), g.prev_mask),
          .next_mask = optional_view<const u8>(field("next_mask").c_str(), g.next_mask),
          .initial = optional_view<const f32>(field("initial").c_str(), g.initial)};
}

flow_frame next_of(const fluxel_flow_frame* given) {
  const auto g = read_struct("next", given);
  require_zero("next.reserved", g.reserved);
  return {.frame = frame_of("next.frame", g.frame),
          .mask = optional_view<const u8>("next.mask", g.mask),
          .start = static_cast<flow_start>(g.start)};
}

horn_schunck_options options_of(const fluxel_horn_schunck_options* given) {
  return from_c<horn_schunck_options>(given);
}

}  // namespace fluxel::host::c_api

using namespace fluxel;
using namespace fluxel::host::c_api;

extern "C" {

fluxel_status fluxel_measure_value_range(const fluxel_image* frame, double* low, double* high) {
  return run(__func__, [&] {
    required("low", low);
    required("high", high);
    const value_range r = measure_value_range(frame_of("frame", frame));
    *low = r.low;
    *high = r.high;
  });
}

fluxel_status fluxel_horn_schunck_preset(fluxel_flow_quality quality, fluxel_horn_schunck_options* options) {
  return run(__func__, [&] {
    write_struct("options", options,
                 to_c<fluxel_horn_schunck_options>(horn_schunck_preset(static_cast<flow_quality>(quality))));
  });
}

fluxel_status fluxel_horn_schunck_multiscale(fluxel_horn_schunck_options* options) {
  return run(__func__,
             [&] { write_struct("options", options, to_c<fluxel_horn_schunck_options>(horn_schunck_multiscale())); });
}

fluxel_status fluxel_horn_schunck_classic(double lambda, int32_t iterations, fluxel_horn_schunck_options* options) {
  return run(__func__, [&] {
    write_struct("options", options, to_c<fluxel_horn_schunck_options>(horn_schunck_classic(lambda, iterations)));
  });
}

fluxel_status fluxel_lucas_kanade_preset(fluxel_flow_quality quality, fluxel_lucas_kanade_options* options) {
  return run(__func__, [&] {
    write_struct("options", options,
                 to_c<fluxel_lucas_kanade_options>(lucas_kanade_preset(static_cast<flow_quality>(quality))));
  });
}

fluxel_status fluxel_lucas_kanade_multiscale(fluxel_lucas_kanade_options* options) {
  return run(__func__,
             [&] { write_struct("options", options, to_c<fluxel_lucas_kanade_options>(lucas_kanade_multiscale())); });
}

fluxel_status fluxel_lucas_kanade_classic(int32_t window_radius, fluxel_lucas_kanade_options* options) {
  return run(__func__, [&] {
    write_struct("options", options, to_c<fluxel_lucas_kanade_options>(lucas_kanade_classic(window_radius)));
  });
}

fluxel_status fluxel_solve_horn_schunck(const fluxel_image* prev, const fluxel_image* next, const fluxel_image* flow,
                                        const fluxel_horn_schunck_options* options, const fluxel_placement* placement,
                                        void* stream) {
  return run(__func__, [&] {
    solve_horn_schunck(frame_of("prev", prev), frame_of("next", next), typed_view<f32>("flow", flow),
                       options_of(options), placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_solve_lucas_kanade(const fluxel_image* prev, const fluxel_image* next, const fluxel_image* flow,
                                        const fluxel_lucas_kanade_options* options, const fluxel_placement* placement,
                                        void* stream) {
  return run(__func__, [&] {
    solve_lucas_kanade(frame_of("prev", prev), frame_of("next", next), typed_view<f32>("flow", flow),
                       options_of(options), placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_horn_schunck_create(const fluxel_flow_geometry* geometry,
                                         const fluxel_horn_schunck_options* options,
                                         const fluxel_placement* placement, fluxel_dense_flow** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_dense_flow{horn_schunck(geometry_of(geometry), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_lucas_kanade_create(const fluxel_flow_geometry* geometry,
                                         const fluxel_lucas_kanade_options* options,
                                         const fluxel_placement* placement, fluxel_dense_flow** out_handle) {
  return run(__func__, [&] {
    store("out_handle", out_handle, [&] {
      return new fluxel_dense_flow{lucas_kanade(geometry_of(geometry), options_of(options), placement_of(placement))};
    });
  });
}

fluxel_status fluxel_dense_flow_run(fluxel_dense_flow* object, const fluxel_flow_pair* pair,
                                    const fluxel_flow_result* result, void* stream) {
  return run(__func__, [&] {
    required("object", object).object.run(pair_of("pair", pair), result_of(result), stream_of(stream));
  });
}

fluxel_status fluxel_dense_flow_advance(fluxel_dense_flow* object, const fluxel_flow_frame* next,
                                        const fluxel_flow_result* result, int32_t* has_result, void* stream) {
  return run(__func__, [&] {
    const flow_frame frame = next_of(next);
    required("has_result", has_result) = 0;
    *has_result = required("object", object).object.advance(frame, result_of(result), stream_of(stream)) ? 1 : 0;
  });
}

fluxel_status fluxel_dense_flow_restart(fluxel_dense_flow* object) {
  return run(__func__, [&] { required("object", object).object.restart(); });
}

fluxel_status fluxel_dense_flow_prepare(fluxel_dense_flow* object, fluxel_memory memory) {
  return prepare_object(__func__, object, memory);
}

fluxel_status fluxel_dense_flow_backend(const fluxel_dense_flow* object, fluxel_backend* backend) {
  return backend_of_object(__func__, object, backend);
}

fluxel_status fluxel_dense_flow_workspace_size(const fluxel_dense_flow* object, size_t* bytes) {
  return workspace_size_of_object(__func__, object, bytes);
}

void fluxel_dense_flow_destroy(fluxel_dense_flow* object) { delete object; }

}  // extern "C"
