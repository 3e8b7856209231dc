// SPDX-License-Identifier: Apache-2.0
#include "fluxel/warp_perspective.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/core/call.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr int largest_side = 1 << 21;

void check_options(const call_site& site, const perspective_options& options) {
  require(is_one_of(options.filter, warp_filter::bicubic), site, "options.filter", "is not one of warp_filter");
  require(is_one_of(options.outside, warp_outside::keep), site, "options.outside", "is not one of warp_outside");
  if (options.bit_depth < 8 || options.bit_depth > 16)
    reject(site, "options.bit_depth", "is " + std::to_string(options.bit_depth) + "; must be 8 to 16");
  if (options.low_zero_bits < 0 || options.low_zero_bits > 8)
    reject(site, "options.low_zero_bits", "is " + std::to_string(options.low_zero_bits) + "; must be 0 to 8");
}

void check_matrix(const call_site& site, const matrix3x3& matrix) {
  const auto& m = matrix.m;
  require(std::all_of(m.begin(), m.end(), [](double e) { return std::isfinite(e); }), site, "matrix",
          "is not finite");
  require(m[6] != 0 || m[7] != 0 || m[8] != 0, site, "matrix", "has a last row of zeros");
}

/// In units of positions; without a division where one by the last element does.
kernels::perspective_matrix in_units(const matrix3x3& matrix) {
  const auto& m = matrix.m;
  const bool divides = m[6] != 0 || m[7] != 0;
  const double by = divides ? 1 : m[8];
  const auto units = [&](int i) { return m[i] / by * 256; };
  return {units(0), units(1), units(2), units(3), units(4), units(5), m[6], m[7], m[8], divides};
}

}  // namespace
}  // namespace host

inline namespace v0 {

void detail::warp_perspective(const untyped_view& src, const matrix3x3& matrix, const untyped_view& dst,
                              const perspective_options& options, const placement& where, stream_ref stream) {
  const host::resolved_placement resolved(where, "warp_perspective");
  host::staging_room room(resolved);
  host::call c(resolved, stream);
  host::check_options(c.site(), options);
  host::check_matrix(c.site(), matrix);
  const host::operand& from = c.read("src", host::erase(src));
  const bool keeps = options.outside == warp_outside::keep;
  const host::operand& to = keeps ? c.write_in_part("dst", host::erase(dst)) : c.write("dst", host::erase(dst));
  host::check_alike(c.site(), from.caller, to.caller);
  host::require(std::max(from.caller.width, from.caller.height) <= host::largest_side, c.site(), "src",
                "has a side above 2,097,152");
  c.run(room, [&](const host::run_context& context) {
    const kernels::perspective_job job{from.here,
                                       to.here,
                                       host::in_units(matrix),
                                       keeps,
                                       options.filter == warp_filter::bicubic,
                                       (1 << options.bit_depth) - 1,
                                       options.low_zero_bits};
    return context.table().warp_perspective.warp(job, dst.type, context.launch);
  });
}

}  // namespace v0
}  // namespace fluxel
