// The CPU's columns of sparse flow.

#include "kernels/cpu/features.hpp"
#include "kernels/cpu/guarded.hpp"
#include "kernels/cpu/row.hpp"
#include "kernels/cpu/scalar/row.hpp"
#include "kernels/cpu/target.hpp"
#include "kernels/cpu/track.hpp"

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
