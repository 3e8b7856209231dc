// SPDX-License-Identifier: Apache-2.0
#include "host/parity/suite/backend.hpp"

namespace fluxel::parity {

namespace {

bool wanted(std::string_view name, std::string_view prefixes) {
  if (prefixes.empty()) return true;
  while (!prefixes.empty()) {
    const auto comma = prefixes.find(',');
    const auto prefix = prefixes.substr(0, comma);
    if (!prefix.empty() && name.substr(0, prefix.size()) == prefix) return true;
    prefixes.remove_prefix(comma == prefixes.npos ? prefixes.size() : comma + 1);
  }
  return false;
}

}  // namespace

std::vector<backend> backends(std::string_view prefixes, const std::vector<CUstream_st*>& streams) {
  std::vector<backend> all{{.name = "scalar", .row = &kernels::scalar(), .cpu_target = "", .threads = 1}};
  for (const auto& target : kernels::cpu_targets())
    for (int threads : {1, 2, 7})
      all.push_back({.name = "cpu/" + target + "/t" + std::to_string(threads),
                     .row = &kernels::cpu(),
                     .cpu_target = target,
                     .threads = threads});
  const auto* device = kernels::cuda();
  if (device != nullptr && !kernels::cuda_devices().devices.empty()) {
    const int repeats = streams.size() > 1 ? 2 : 1;
    all.push_back({.name = device->name, .row = device, .cpu_target = "", .streams = streams, .repeats = repeats});
  }
  std::erase_if(all, [&](const backend& b) { return !wanted(b.name, prefixes); });
  return all;
}

backend backend_on_device(int index) {
  return {.name = "cuda:" + std::to_string(index), .row = kernels::cuda(), .cpu_target = "", .device = index};
}

}  // namespace fluxel::parity
