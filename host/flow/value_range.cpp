// SPDX-License-Identifier: Apache-2.0
#include "fluxel/value_range.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "host/core/call.hpp"

namespace fluxel {

namespace host {
namespace {

constexpr std::size_t excepted = 1000;  // one in so many at either end

/// use(value) for every sample.
template <class T, class Use>
void for_each_sample(const kernels::image& im, const Use& use) {
  for (int n = 0; n < im.count; ++n)
    for (int p = 0; p < im.planes; ++p)
      for (int y = 0; y < im.height; ++y) {
        const auto* row = reinterpret_cast<const T*>(static_cast<const std::byte*>(im.data) + n * im.stride +
                                                     p * im.plane_stride + y * im.pitch);
        for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{im.width} * im.channels; ++i) use(row[i]);
      }
}

template <class T>
value_range range_of_integers(const kernels::image& im) {
  std::vector<std::size_t> count(std::size_t{1} << (8 * sizeof(T)));
  std::size_t all = 0;
  for_each_sample<T>(im, [&](T v) { ++count[v], ++all; });
  const std::size_t beyond = all / excepted;
  const auto value_of_rank = [&](std::size_t rank) {
    std::size_t v = 0;
    for (std::size_t sum = count[0]; sum <= rank; sum += count[v]) ++v;
    return static_cast<double>(v);
  };
  return {value_of_rank(beyond), value_of_rank(all - 1 - beyond)};
}

value_range range_of_floats(const kernels::image& im) {
  std::vector<float> values;
  for_each_sample<float>(im, [&](float v) {
    if ((std::bit_cast<std::uint32_t>(v) & 0x7f800000u) != 0x7f800000u) values.push_back(v);
  });
  if (values.empty()) return {};
  const auto value_of_rank = [&](std::size_t rank) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(values.begin(), place, values.end());
    return static_cast<double>(*place);
  };
  const std::size_t beyond = values.size() / excepted;
  return {value_of_rank(beyond), value_of_rank(values.size() - 1 - beyond)};
}

}  // namespace
}  // namespace host

inline namespace v0 {

value_range measure_value_range(const flow_image& frame) {
  constexpr const char* function = "measure_value_range";
  return host::translate_bad_alloc(function, [&] {
    const auto& v = frame.untyped();
    host::require(v.memory == memory_kind::host || v.memory == memory_kind::pinned, function, "frame",
                  "must be in host memory");
    const host::resolved_placement on_cpu({.processor = run_on::cpu, .threads = 1}, function);
    host::call c(on_cpu, {});
    const kernels::image im = c.read("frame", host::erase(v)).caller;
    host::require(im.count > 0, function, "frame", "is empty");
    return v.type == element_type::u8    ? host::range_of_integers<u8>(im)
           : v.type == element_type::u16 ? host::range_of_integers<u16>(im)
                                         : host::range_of_floats(im);
  });
}

}  // namespace v0
}  // namespace fluxel
