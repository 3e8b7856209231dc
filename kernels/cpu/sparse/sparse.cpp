// SPDX-License-Identifier: Apache-2.0
// The CPU's functions of sparse flow.

#include "kernels/cpu/runtime/table.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/cpu/sparse/good_features.hpp"
#include "kernels/cpu/sparse/track_points.hpp"
#include "kernels/scalar/runtime/table.hpp"

namespace fluxel::kernels {

namespace {

std::size_t feature_workspace(const feature_search&) { return 0; }

status find_features(const feature_search& search, const feature_list& list, void* workspace,
                     const launch_options& launch) {
  const auto find = simd_chosen() ? find_features_with_lanes : scalar_sparse_functions.find_features;
  return translate_bad_alloc([&] { return find(search, list, workspace, launch); });
}

status track(const track_levels& levels, const track_settings& settings, const track_list& list,
             const launch_options& launch) {
  const auto find = simd_chosen() ? track_with_lanes : scalar_track;
  return translate_bad_alloc([&] { return find(levels, settings, list, launch); });
}

}  // namespace

const sparse_functions cpu_sparse_functions{feature_workspace, find_features, track};

}  // namespace fluxel::kernels
