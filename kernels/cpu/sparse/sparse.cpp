// The CPU's columns of sparse flow.

#include "kernels/cpu/sparse/good_features.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/cpu/runtime/table.hpp"
#include "kernels/scalar/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/sparse/track_points.hpp"

namespace fluxel::kernels {

namespace {

std::size_t feature_workspace(const feature_search&) { return 0; }

status find_features(const feature_search& search, const feature_list& list, void* workspace, const execution& how) {
  const auto find = simd_chosen() ? find_features_with_lanes : scalar_sparse_functions.find_features;
  return guarded([&] { return find(search, list, workspace, how); });
}

status track(const track_levels& levels, const track_settings& settings, const track_list& list,
             const execution& how) {
  const auto find = simd_chosen() ? track_with_lanes : scalar_track;
  return guarded([&] { return find(levels, settings, list, how); });
}

}  // namespace

const sparse_functions cpu_sparse_functions{feature_workspace, find_features, track};

}  // namespace fluxel::kernels
