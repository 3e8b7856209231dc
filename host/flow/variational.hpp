#pragma once

// The coarse-to-fine solver behind `horn_schunck`, on one backend.

#include <memory>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "host/flow/memory.hpp"
#include "host/prepared.hpp"
#include "kernels/kernels.hpp"

namespace fluxel::host {

class variational_solver {
 public:
  variational_solver(backend b, const flow_geometry& geometry, const horn_schunck_options& options);

  /// Enqueues one pair; `u` and `v` are f32 images of one or two channels.
  kernels::status solve(const kernels::image& prev, const kernels::image& next, const kernels::image& u,
                        const kernels::image& v, const kernels::execution& how);

 private:
  struct level {
    kernels::plane<u16> first, second;
    kernels::flow_planes flow, relaxed;
    kernels::warped_frame warped;
    kernels::flow_system system;
    std::vector<kernels::plane<float>> iterates;
    std::unique_ptr<kernels::prepared_resize> reduce;  ///< from the finer level; the finest one presmooths
  };

  void carve(plane_carver& carver, int table_entries);
  kernels::status build_pyramid(const kernels::image& frame, kernels::plane<u16> level::*which,
                                const kernels::execution& how);
  kernels::status solve_level(level& at, const kernels::execution& how);

  const kernels::row& row_;
  horn_schunck_options options_;
  kernels::intensity_scale intensity_;
  kernels::flow_energy energy_;
  kernels::plane<float> edge_table_;  ///< one row
  std::vector<float> omegas_;
  std::vector<size> sizes_;
  kernels::plane<u16> grey_;
  kernels::plane<u8> mask_;
  std::vector<level> levels_;  ///< finest first
  scratch block_;
};

}  // namespace fluxel::host
