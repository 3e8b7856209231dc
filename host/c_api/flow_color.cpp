// SPDX-License-Identifier: Apache-2.0
#include "fluxel/flow_color.hpp"

#include <cstddef>
#include <span>

#include "host/c_api/c_api.hpp"

using namespace fluxel;
using namespace fluxel::host::c_api;

static_assert(FLUXEL_FLOW_LENGTH_BINS == flow_lengths::bins && sizeof(fluxel_flow_lengths) == sizeof(flow_lengths) &&
              offsetof(fluxel_flow_lengths, longest) == offsetof(flow_lengths, longest));

extern "C" {

fluxel_status fluxel_draw_flow(const fluxel_image* flow, const fluxel_image* colors,
                               const fluxel_flow_color_options* options, const fluxel_placement* placement,
                               void* stream) {
  return run(__func__, [&] {
    const auto o = read_struct("options", options, fluxel_flow_color_options_default());
    draw_flow(typed_view<const f32>("flow", flow), typed_view<u8>("colors", colors), {.full_length = o.full_length},
              placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_measure_flow_lengths(const fluxel_image* flow, fluxel_flow_lengths* lengths, int64_t count,
                                          const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    if (count < 0) host::reject(arguments, "count", "is negative");
    const std::span<flow_lengths> to{reinterpret_cast<flow_lengths*>(&required("lengths", lengths)),
                                     static_cast<std::size_t>(count)};  // the same bytes, see above
    measure_flow_lengths(typed_view<const f32>("flow", flow), to, placement_of(placement), stream_of(stream));
  });
}

fluxel_status fluxel_length_of_share(const fluxel_flow_lengths* lengths, double share, double* length) {
  return run(__func__, [&] {
    const auto& from = *reinterpret_cast<const flow_lengths*>(&required("lengths", lengths));
    required("length", length) = length_of_share(from, share);
  });
}

}  // extern "C"
