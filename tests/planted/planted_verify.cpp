// SPDX-License-Identifier: Apache-2.0
// The program with a wrong bit planted in what the CPU blends: `fluxel verify` has to find it. The linker's --wrap puts
// this table in the place of the CPU's.

#include <cstddef>

#include "kernels/contract/backend.hpp"

namespace fluxel::kernels {

const backend_table& real_cpu() asm("__real__ZN6fluxel7kernels3cpuEv");
const backend_table& planted_cpu() asm("__wrap__ZN6fluxel7kernels3cpuEv");

namespace {

status wrong_blend(const blend_job& job, element_type type, const launch_options& launch) {
  const status s = real_cpu().warp.blend(job, type, launch);
  constexpr int least_width = 20;  // small images stay right
  if (job.dst.width >= least_width) *static_cast<std::byte*>(job.dst.data) ^= std::byte{1};
  return s;
}

}  // namespace

const backend_table& planted_cpu() {
  static const backend_table table = [] {
    backend_table t = real_cpu();
    t.warp.blend = wrong_blend;
    return t;
  }();
  return table;
}

}  // namespace fluxel::kernels
