// The CPU's columns of sparse flow.

#include <new>

#include "kernels/cpu/features.hpp"
#include "kernels/cpu/float_environment.hpp"
#include "kernels/cpu/row.hpp"
#include "kernels/cpu/scalar/row.hpp"
#include "kernels/cpu/target.hpp"
#include "kernels/cpu/track.hpp"

namespace fluxel::kernels {

namespace {

/// SIMD where this machine has it, in the default floating-point environment.
template <class Simd, class Scalar, class... Args>
status dispatched(Simd simd, Scalar scalar, const Args&... args) {
  const default_float_environment environment;
  try {
    return simd_chosen() ? simd(args...) : scalar(args...);
  } catch (const std::bad_alloc&) {
    return status::out_of_memory;
  }
}

std::size_t feature_workspace(const feature_search&) { return 0; }

status find_features(const feature_search& search, const feature_list& list, void* workspace, const execution& how) {
  return dispatched(find_features_with_lanes, scalar_sparse_functions.find_features, search, list, workspace, how);
}

status track(const track_levels& levels, const track_settings& settings, const track_list& list,
             const execution& how) {
  return dispatched(track_with_lanes, scalar_track, levels, settings, list, how);
}

}  // namespace

const sparse_functions cpu_sparse_functions{feature_workspace, find_features, track};

}  // namespace fluxel::kernels
