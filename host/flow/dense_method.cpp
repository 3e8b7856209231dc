// SPDX-License-Identifier: Apache-2.0
#include "host/flow/dense_method.hpp"

namespace fluxel::host {

using kernels::status;

status dense_method::step(const kernels::backend_table& table, const warp_step& s,
                          const kernels::launch_options& launch) {
  return in_order(
      [&] { return s.coarse.u.data == nullptr ? status::ok : table.flow.upscale_flow(s.coarse, s.flow, launch); },
      [&] { return s.first ? begin_level(table, s.frames, launch) : status::ok; },
      [&] { return table.flow.warp(s.frames, s.flow, s.warped, launch); }, [&] { return update(table, s, launch); });
}

}  // namespace fluxel::host
