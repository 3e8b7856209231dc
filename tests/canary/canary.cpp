// SPDX-License-Identifier: Apache-2.0
// a * b + c where fusing the two roundings into one gives another result: compiled with the flags of the kernels, in
// every SIMD target and as plain C++, it must not be fused. Exit 1 and the place where it was.

#include <cstddef>
#include <cstdio>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/canary/canary.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::canary::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// (1 + 2^-13)^2 = 1 + 2^-12 + 2^-26, whose last term is lost in f32: 0 when rounded twice, 2^-26 when fused.
volatile float factor = 1 + 0x1p-13f;
volatile float minus_product = -(1 + 0x1p-12f);

bool scalar_fuses() {
  const float a = factor, c = minus_product;
  const float product = a * a;
  return product + c != 0 || c - -(a * a) != 0;
}

bool vector_fuses() {
  const hn::ScalableTag<float> d;
  HWY_ALIGN float factors[HWY_MAX_BYTES / sizeof(float)], sums[HWY_MAX_BYTES / sizeof(float)];
  HWY_ALIGN float terms[HWY_MAX_BYTES / sizeof(float)];
  for (auto& f : factors) f = factor;
  for (auto& t : terms) t = minus_product;
  bool fused = false;
  for (std::size_t i = 0; i < HWY_MAX_BYTES / sizeof(float); i += hn::Lanes(d)) {
    const auto a = hn::Load(d, factors + i), c = hn::Load(d, terms + i);
    hn::Store(hn::Add(hn::Mul(a, a), c), d, sums + i);
    fused |= sums[i] != 0;
    hn::Store(hn::Sub(hn::Mul(a, a), hn::Neg(c)), d, sums + i);
    fused |= sums[i] != 0;
  }
  return fused;
}

int count_fused() {
  const bool scalar = scalar_fuses(), vector = vector_fuses();
  std::printf("%-10s scalar %s, vectors %s\n", hwy::TargetName(HWY_TARGET), scalar ? "FUSED" : "ok",
              vector ? "FUSED" : "ok");
  return scalar + vector;
}

}  // namespace
}  // namespace fluxel::canary::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fluxel::canary {

HWY_EXPORT(count_fused);

/// What a translation unit without SIMD does with the instructions it may use.
bool plain_fuses() {
  volatile float factor = 1 + 0x1p-13f, minus_product = -(1 + 0x1p-12f);
  const float a = factor, c = minus_product;
  return a * a + c != 0;
}

int run() {
  const bool plain = plain_fuses();
  std::printf("%-10s %s\n", "plain", plain ? "FUSED" : "ok");
  int fused = plain;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
    fused += HWY_DYNAMIC_DISPATCH(count_fused)();
  }
  return fused == 0 ? 0 : 1;
}

}  // namespace fluxel::canary

int main() { return fluxel::canary::run(); }
#endif
