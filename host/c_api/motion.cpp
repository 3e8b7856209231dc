// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <span>

#include "fluxel/global_motion.hpp"
#include "host/c_api/c_api.hpp"

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

static_assert(sizeof(fluxel_point) == sizeof(point) && offsetof(fluxel_point, y) == offsetof(point, y));
static_assert(sizeof(track_status) == 1);

motion_options options_of(const fluxel_motion_options* given) {
  const auto o = read_struct("options", given, fluxel_motion_options_default());
  return {.model = static_cast<motion_model>(o.model),
          .threshold = o.threshold,
          .max_trials = o.max_trials,
          .confidence = o.confidence,
          .seed = o.seed};
}

void write(fluxel_global_motion* to, const global_motion& found) {
  std::copy(found.matrix.m.begin(), found.matrix.m.end(), to->matrix);
  to->pairs = found.pairs;
  to->inliers = found.inliers;
  to->residual = found.residual;
}

/// A list that may be left out.
template <class To, class From>
std::span<To> list_of(From* first, std::size_t count) {
  if (first == nullptr) return {};
  return {reinterpret_cast<To*>(first), count};  // the same bytes: see the assertions above
}

}  // namespace

extern "C" {

fluxel_status fluxel_fit_global_motion(const fluxel_point* from, const fluxel_point* to, const uint8_t* status,
                                       int64_t count, const fluxel_motion_options* options, uint8_t* inliers,
                                       fluxel_global_motion* motion) {
  return run(__func__, [&] {
    required("motion", motion);
    if (count < 0) host::reject(arguments, "count", "is negative");
    if (count > 0) required("from", from), required("to", to);
    const auto n = static_cast<std::size_t>(to_int("count", count));
    write(motion,
          fit_global_motion(list_of<const point>(from, n), list_of<const point>(to, n),
                            list_of<const track_status>(status, n), options_of(options), list_of<u8>(inliers, n)));
  });
}

fluxel_status fluxel_fit_global_motion_flow(const fluxel_image* flow, const fluxel_image* validity,
                                            const fluxel_motion_options* options, fluxel_global_motion* motion) {
  return run(__func__, [&] {
    required("motion", motion);
    write(motion, fit_global_motion(typed_view<const f32>("flow", flow),
                                    optional_view<const u8>("validity", validity), options_of(options)));
  });
}

}  // extern "C"
