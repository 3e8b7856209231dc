// SPDX-License-Identifier: Apache-2.0
#pragma once

// The tables of one-call functions: each thread keeps those of its last few geometries, so that repeated calls
// neither compute nor allocate them again.

#include <cstdint>
#include <memory>

namespace fluxel::kernels {

/// A new geometry takes over the memory of the oldest plan.
template <class Geometry, class Plan>
class kept_plans {
 public:
  static constexpr int most = 4;

  /// The plan of a geometry, made by make(plan) unless it is known; stays valid while plans of most - 1 others are
  /// asked for.
  template <class Make>
  const Plan& of(const Geometry& geometry, Make&& make) {
    ++now_;
    entry* oldest = entries_;
    for (entry& e : entries_) {
      if (e.used != 0 && e.geometry == geometry) {
        e.used = now_;
        return e.plan;
      }
      if (e.used < oldest->used) oldest = &e;
    }
    oldest->used = 0;  // none, should memory run out
    make(oldest->plan);
    oldest->geometry = geometry;
    oldest->used = now_;
    return oldest->plan;
  }

  bool in_use = false;  ///< by a call further up the stack

 private:
  struct entry {
    Geometry geometry;
    std::uint64_t used = 0;  ///< when; 0: never
    Plan plan;
  };
  entry entries_[most];
  std::uint64_t now_ = 0;
};

/// call(plans) with those of this thread.
template <class Geometry, class Plan, class Call>
void with_kept_plans(Call&& call) {
  using plans = kept_plans<Geometry, Plan>;
  thread_local plans mine;
  if (mine.in_use) return call(*std::make_unique<plans>());  // this thread waits for another call, and helps it
  struct lease {
    plans& leased;
    explicit lease(plans& p) : leased(p) { leased.in_use = true; }
    ~lease() { leased.in_use = false; }
  };
  const lease using_mine(mine);
  call(mine);
}

}  // namespace fluxel::kernels
