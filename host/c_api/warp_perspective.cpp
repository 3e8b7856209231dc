// SPDX-License-Identifier: Apache-2.0
#include "fluxel/warp_perspective.hpp"

#include <algorithm>

#include "host/c_api/c_api.hpp"

using namespace fluxel;
using namespace fluxel::host::c_api;

extern "C" {

fluxel_status fluxel_warp_perspective(const fluxel_image* src, const double* matrix, const fluxel_image* dst,
                                      const fluxel_perspective_options* options, const fluxel_placement* placement,
                                      void* stream) {
  return run(__func__, [&] {
    const auto o = read_struct("options", options, fluxel_perspective_options_default());
    const perspective_options how{.filter = static_cast<warp_filter>(o.filter),
                                  .outside = static_cast<warp_outside>(o.outside),
                                  .bit_depth = o.bit_depth,
                                  .low_zero_bits = o.low_zero_bits};
    matrix3x3 by;
    std::copy_n(&required("matrix", matrix), by.m.size(), by.m.begin());
    with_views(src, dst, [&](const auto& from, const auto& to) {
      warp_perspective(from, by, to, how, placement_of(placement), stream_of(stream));
    });
  });
}

}  // extern "C"
