#pragma once

// The steps of Horn-Schunck flow: a linear system per warp, relaxed (the warping model), or one system for all.

#include <array>
#include <vector>

#include "fluxel/horn_schunck.hpp"
#include "host/flow/dense_method.hpp"

namespace fluxel::host {

/// The energy of `horn_schunck_options`, linearised around the warped frame.
class variational_step final : public flow_step {
 public:
  explicit variational_step(const horn_schunck_options& options);

  void carve(plane_carver& carver, size finest) override;
  kernels::status upload(const kernels::row& row) override;
  kernels::status begin_level(const kernels::row& row, const kernels::flow_frames& frames,
                              const kernels::execution& how) override;
  kernels::status improve(const kernels::row& row, const kernels::flow_frames& frames,
                          const kernels::warped_frame& warped, const kernels::flow_planes& flow,
                          const kernels::flow_planes& improved, const kernels::execution& how) override;

 private:
  kernels::flow_energy energy_;
  int limit_;  ///< 1/64 pixel
  std::vector<float> edges_, omegas_;
  kernels::plane<float> edge_table_;  ///< one row
  kernels::flow_system system_;       ///< of the finest level's size
  std::array<kernels::plane<float>, 4> iterates_;
};

/// The method of 1981.
class classic_step final : public flow_step {
 public:
  explicit classic_step(const horn_schunck_options& options);

  void carve(plane_carver& carver, size finest) override;
  kernels::status upload(const kernels::row&) override { return kernels::status::ok; }
  kernels::status begin_level(const kernels::row&, const kernels::flow_frames&, const kernels::execution&) override {
    return kernels::status::unsupported;
  }
  kernels::status improve(const kernels::row&, const kernels::flow_frames&, const kernels::warped_frame&,
                          const kernels::flow_planes&, const kernels::flow_planes&,
                          const kernels::execution&) override {
    return kernels::status::unsupported;
  }
  bool at_once() const override { return true; }
  kernels::status solve(const kernels::row& row, const kernels::flow_frames& frames,
                        const kernels::flow_planes& start, const kernels::image& u, const kernels::image& v,
                        const kernels::execution& how) override;

 private:
  float lambda_;
  int iterations_;
  kernels::classic_system system_;
  kernels::plane<float> u_[2], v_[2];
};

}  // namespace fluxel::host
