// SPDX-License-Identifier: Apache-2.0
#include "fluxel/warp.hpp"

#include "fluxel/blend.hpp"
#include "fluxel/splat.hpp"
#include "host/c_api/c_api.hpp"

using namespace fluxel;
using namespace fluxel::host::c_api;

extern "C" {

fluxel_status fluxel_warp(const fluxel_image* src, const fluxel_image* flow, const fluxel_image* dst,
                          const fluxel_warp_options* options, const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    const auto o = read_struct("options", options, fluxel_warp_options_default());
    const warp_options how{.filter = static_cast<warp_filter>(o.filter), .scale = o.scale, .bit_depth = o.bit_depth};
    with_views(src, dst, [&](const auto& from, const auto& to) {
      warp(from, typed_view<const f32>("flow", flow), to, how, placement_of(placement), stream_of(stream));
    });
  });
}

fluxel_status fluxel_splat(const fluxel_image* src, const fluxel_image* flow, const fluxel_image* dst,
                           const fluxel_splat_masks* masks, const fluxel_splat_options* options,
                           const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    const auto o = read_struct("options", options, fluxel_splat_options_default());
    const auto m = read_struct("masks", masks, fluxel_splat_masks_default());
    const splat_masks beside{.priority = optional_view<const u8>("masks.priority", m.priority),
                             .covered = optional_view<u8>("masks.covered", m.covered)};
    with_views(src, dst, [&](const auto& from, const auto& to) {
      splat(from, typed_view<const f32>("flow", flow), to, beside, {.scale = o.scale}, placement_of(placement),
            stream_of(stream));
    });
  });
}

fluxel_status fluxel_blend(const fluxel_image* a, const fluxel_image* b, const fluxel_image* weight,
                           const fluxel_image* dst, const fluxel_blend_options* options,
                           const fluxel_placement* placement, void* stream) {
  return run(__func__, [&] {
    const auto o = read_struct("options", options, fluxel_blend_options_default());
    require_zero("options.reserved", o.reserved);
    with_views(&required("a", a), dst, [&]<class T>(const auto& first, const image_view<T>& to) {
      blend(first, typed_view<const T>("b", b), typed_view<const u8>("weight", weight), to,
            {.low_zero_bits = o.low_zero_bits}, placement_of(placement), stream_of(stream));
    });
  });
}

}  // extern "C"
