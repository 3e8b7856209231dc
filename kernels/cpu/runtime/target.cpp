// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/runtime/target.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>

#include "hwy/highway.h"
#include "kernels/contract/device.hpp"

namespace fluxel::kernels {

namespace {

constexpr const char* scalar_name = "scalar";
constexpr std::int64_t fallback = HWY_SCALAR | HWY_EMU128;

bool same_but_for_case(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

struct choice {
  hwy::ChosenTarget highway;
  std::atomic<std::int64_t> target;  ///< 0: scalar
  std::string unknown;               ///< what the environment asks for in vain

  void set(std::int64_t t) {
    highway.Update(t);
    target = t;
  }
  choice() {
    const char* name = std::getenv("FLUXEL_CPU");
    if (name != nullptr && set(std::string(name))) return;
    if (name != nullptr) unknown = name;
    set(std::string());
  }
  bool set(const std::string& name) {
    if (same_but_for_case(name, scalar_name)) return set(std::int64_t{0}), true;
    for (std::int64_t t : hwy::SupportedAndGeneratedTargets())
      if ((t & fallback) == 0 && (name.empty() || same_but_for_case(name, hwy::TargetName(t)))) return set(t), true;
    if (name.empty()) set(std::int64_t{0});
    return name.empty();
  }
};

choice& current() {
  static choice c;
  return c;
}

}  // namespace

hwy::ChosenTarget& chosen_target() { return current().highway; }
bool simd_chosen() { return current().target != 0; }

bool fused_simd_chosen() {
  const std::int64_t target = current().target;
  return target != 0 && target != HWY_SSE4;
}

std::size_t chosen_target_number() { return simd_chosen() ? 1 + chosen_target().GetIndex() : 0; }

std::string cpu_target() { return simd_chosen() ? hwy::TargetName(current().target) : scalar_name; }

std::vector<std::string> cpu_targets() {
  std::vector<std::string> names;
  for (std::int64_t t : hwy::SupportedAndGeneratedTargets())
    if ((t & fallback) == 0) names.push_back(hwy::TargetName(t));
  names.push_back(scalar_name);
  return names;
}

std::string unknown_cpu_target() { return current().unknown; }

bool force_cpu_target(const std::string& name) { return current().set(name); }

}  // namespace fluxel::kernels
