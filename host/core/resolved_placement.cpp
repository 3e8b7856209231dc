// SPDX-License-Identifier: Apache-2.0
#include "host/core/resolved_placement.hpp"

#include <string>

namespace fluxel::host {

namespace {

std::optional<backend> choose_backend(const placement& where, const char* function) {
  const call_site site{function};
  if (where.threads < 0)
    reject(site, "placement.threads", "is " + std::to_string(where.threads) + "; must be 0 (the pool) or more");
  if (where.device < -1)
    reject(site, "placement.device", "is " + std::to_string(where.device) + "; must be -1 (current) or more");
  auto whole = [&](const memory_resource& m, const char* name) {
    require((m.allocate == nullptr) == (m.deallocate == nullptr), site, name, "needs both functions or neither");
  };
  whole(where.device_memory, "placement.device_memory");
  whole(where.host_memory, "placement.host_memory");
  // FLUXEL_DEVICE=cuda demands CUDA of `automatic`.
  const bool demanded = process_device_setting().value == device_setting::kind::cuda;
  switch (where.processor) {
    case run_on::by_memory:
      return std::nullopt;
    case run_on::cpu:
      return backend::cpu;
    case run_on::cuda:
      return backend::cuda;
    case run_on::automatic:
      return demanded || device_count() > 0 ? backend::cuda : backend::cpu;
  }
  reject(site, "placement.processor", "is not one of by_memory, cpu, cuda and automatic");
}

}  // namespace

int resolved_placement::choose_device(const placement& where, std::optional<backend> named, const char* function,
                                      lasting life) {
  if (named == backend::cpu) return -1;
  if (named == backend::cuda || where.device >= 0) cuda_table(function);  // throws the reason why there is none
  if (device_count() == 0) return -1;
  if (where.device >= device_count())
    throw error(errc::no_device, std::string(function) + ": placement.device: there is no device " +
                                     std::to_string(where.device) + ", only 0 to " +
                                     std::to_string(device_count() - 1));
  if (where.device >= 0) return where.device;
  const auto& setting = process_device_setting();
  const bool demanded = setting.value == device_setting::kind::cuda;
  if (demanded && named) return setting.index;
  return life == lasting::yes ? kernels::cuda_current_device() : -1;
}

resolved_placement::resolved_placement(const placement& where, const char* function)
    : resolved_placement(where, function, lasting::yes) {}

resolved_placement::resolved_placement(const placement& where, const char* function, lasting life)
    : function_(function),
      threads_(where.threads),
      named_(choose_backend(where, function)),
      device_(choose_device(where, named_, function, life)),
      memory_(where, device_) {}

backend resolved_placement::on(const call_site& site, const char* argument, memory_kind memory) const {
  require(is_one_of(memory, memory_kind::device), site, argument, "is not one of host, pinned, managed and device");
  const backend of_memory = backend_for(memory);
  if (of_memory == backend::cpu) return on_host_memory();
  if (named_ == backend::cpu) reject(site, argument, "is device memory, but the placement is the CPU");
  cuda_table(function_);  // throws the reason why there is none
  return backend::cuda;
}

backend resolved_placement::ahead_on(const call_site& site, memory_kind memory) const {
  const backend b = on(site, "memory", memory);
  if (b == backend::cuda) load_kernels();
  return b;
}

void resolved_placement::load_named() const {
  if (named_ == backend::cuda) load_kernels();
}

void resolved_placement::load_kernels() const {
  const int device = device_ >= 0 ? device_ : kernels::cuda_current_device();
  check(kernels::cuda_warm_up(device), function_);
}

}  // namespace fluxel::host
