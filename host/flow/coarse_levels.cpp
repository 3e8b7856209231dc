// SPDX-License-Identifier: Apache-2.0
// The coarsest levels of a dense flow, where the backend solves them all at once.

#include "host/core/errors.hpp"
#include "host/flow/dense_solver.hpp"

namespace fluxel::host {

using kernels::launch_options;
using kernels::status;

/// The rule by which a backend solves coarse levels at once; false: none.
bool dense_solver::describe(kernels::coarse_level_rule& rule) const {
  rule.warps = settings_.warping.warps;
  rule.median_radius = settings_.median.radius;
  rule.median_passes = settings_.median.passes;
  return table_.flow.count_coarse_levels != nullptr && method_->describe(rule);
}

/// Behind the levels that have steps besides warps and medians: the last one of fine flow goes on with the weights of
/// those before.
std::size_t dense_solver::first_coarse_level() const {
  const auto& sizes = builder_.sizes();
  kernels::coarse_level_rule rule;
  if (!describe(rule)) return sizes.size();
  const std::size_t most = sizes.size() - table_.flow.count_coarse_levels(sizes, small_levels_.end(), rule);
  std::size_t first = sizes.size();
  const auto fits = [&](std::size_t l) {
    return !(settings_.fine && l == 0) && !search_.at(l) && !search_.keeps(l) && !weighted_median_.follows(l, true);
  };
  while (first > most && fits(first - 1)) --first;
  return first;
}

status dense_solver::solve_coarse_levels(const frame_pyramid& prev, const frame_pyramid& next, beginning with,
                                         const launch_options& launch) {
  kernels::coarse_level_rule rule;
  describe(rule);
  coarse_.clear();  // keeps its room
  for (std::size_t l = coarse_from_; l < levels_.size(); ++l)
    coarse_.push_back({frames_at(prev, next, l), levels_[l].flow});
  kernels::coarse_levels task{.levels = coarse_, .from_zero = with == beginning::zero};
  const std::size_t alone_at = small_levels_.end();
  if (alone_at < levels_.size() && alone_at >= coarse_from_) {
    task.alone_at = alone_at - coarse_from_;
    task.alone = small_levels_.flow_without();
  }
  const auto begin_with = [&](std::size_t level, const kernels::flow_planes& flow) {
    return task.from_zero || flow.u.data == nullptr ? status::ok : begin(with, level, flow, launch);
  };
  return in_order([&] { return begin_with(levels_.size() - 1, levels_.back().flow); },
                  [&] { return begin_with(alone_at, task.alone); },
                  [&] { return table_.flow.solve_coarse_levels(task, rule, launch); });
}

}  // namespace fluxel::host
