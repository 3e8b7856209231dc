// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "host/core/device.hpp"
#include "host/resize/resize_options.hpp"
#include "host/resize/resizer.hpp"

namespace fluxel::host {

resizer_state::resizer_state(const resize_options& given, run_on where_to, const char* name)
    : function(name), options(given), where(where_to) {
  const call_site site{function};
  check_options(site, given);
  const auto& setting = process_device_setting();
  const bool demanded = setting.value == device_setting::kind::cuda;
  switch (where) {
    case run_on::by_memory:
      on = {true, device_count() > 0};
      break;
    case run_on::cpu:
      on = {true, false};
      break;
    case run_on::cuda:
      on = {false, true};
      break;
    case run_on::automatic:
      on = {!demanded && device_count() == 0, demanded || device_count() > 0};
      break;
    default:
      reject(site, "device", "is not one of by_memory, cpu, cuda and automatic");
  }
  if (!on.cuda) return;
  cuda_table(function);
  device = given.device >= 0                        ? given.device
           : demanded && where != run_on::by_memory ? setting.index
                                                    : kernels::cuda_current_device();
  if (device >= device_count())
    throw error(errc::no_device, std::string(function) + ": options.device: there is no device " +
                                     std::to_string(device) + ", only 0 to " + std::to_string(device_count() - 1));
}

bool resizer_state::needs_no_table(const resize_geometry& g) const {
  if (options.region || options.scale_x != 0 || options.scale_y != 0) return false;
  if (options.filter == filter::nearest) return true;
  return options.alpha == alpha::none && plan::is_linear(g, options);
}

const resize_engine* resizer_state::find(const resize_geometry& g) const {
  for (const auto& k : known)
    if (k.geometry == g) return &k.resize;
  return nullptr;
}

void resizer_state::prepare(const call_site& site, const resize_geometry& g) {
  check_geometry(site, g, options);
  if (find(g) != nullptr) return;
  const device_scope scope(device, function);
  translate_bad_alloc(function, [&] {
    known.push_back({g, resize_engine(make_plane_plan(g, options), on, function)});
  });
}

void resizer_state::fix(const resize_geometry& g) {
  prepare({function}, g);
  fixed = g;
  if (on.cpu) return;
  const int bytes = element_size(g.type);
  staged.reserve(staged_bytes(g.src, g.channels, bytes), staged_bytes(g.dst, g.channels, bytes), function);
}

backend resizer_state::backend_of(const call_site& site, memory_kind memory) const {
  if (backend_for(memory) == backend::cpu) return on.cpu ? backend::cpu : backend::cuda;
  if (where == run_on::cpu) reject(site, "dst.memory", "is device memory, but the resizer runs on the CPU");
  if (!on.cuda) cuda_table(function);  // throws the reason
  return backend::cuda;
}

}  // namespace fluxel::host
