// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/runtime/streaming_store.hpp"

#include <cstdint>
#include <cstring>

#include "hwy/cache_control.h"
#include "kernels/cpu/runtime/target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/runtime/streaming_store.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fluxel::kernels {
namespace HWY_NAMESPACE {
namespace {

void stream(const void* from, void* to, std::size_t bytes) {
#if HWY_TARGET == HWY_SCALAR
  std::memcpy(to, from, bytes);
#else
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  constexpr std::size_t n = HWY_LANES(std::uint8_t);
  const auto* src = static_cast<const std::uint8_t*>(from);
  auto* dst = static_cast<std::uint8_t*>(to);
  std::size_t i = -reinterpret_cast<std::uintptr_t>(to) % 64;
  if (i > bytes) i = bytes;
  std::memcpy(dst, src, i);
  for (; i + n <= bytes; i += n) hn::Stream(hn::LoadU(d, src + i), d, dst + i);
  std::memcpy(dst + i, src + i, bytes - i);
#endif
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace fluxel::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fluxel::kernels {

HWY_EXPORT(stream);

void stream_bytes(const void* from, void* to, std::size_t bytes) {
  if (!simd_chosen())
    std::memcpy(to, from, bytes);
  else
    for_target(HWY_DISPATCH_TABLE(stream))(from, to, bytes);
}
void stream_fence() { hwy::FlushStream(); }

}  // namespace fluxel::kernels
#endif
