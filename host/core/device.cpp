// SPDX-License-Identifier: Apache-2.0
#include "host/core/device.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "host/core/errors.hpp"

namespace fluxel {

namespace host {

device_setting parse_device_setting(const char* text) {
  using kind = device_setting::kind;
  const std::string_view s = text ? text : "";
  if (s.empty()) return {};
  if (s == "cpu") return {kind::cpu, 0};
  if (s == "cuda") return {kind::cuda, 0};
  constexpr std::string_view prefix = "cuda:";
  if (s.substr(0, prefix.size()) != prefix) return {kind::malformed, 0};
  int index = -1;
  const auto [end, failure] = std::from_chars(s.data() + prefix.size(), s.data() + s.size(), index);
  if (failure != std::errc{} || end != s.data() + s.size() || index < 0) return {kind::malformed, 0};
  return {kind::cuda, index};
}

const device_setting& process_device_setting() {
  static const device_setting setting = parse_device_setting(std::getenv("FLUXEL_DEVICE"));
  return setting;
}

namespace {

std::string find_cuda_problem() {
  const auto& setting = process_device_setting();
  if (setting.value == device_setting::kind::cpu) return "the environment says FLUXEL_DEVICE=cpu";
  if (setting.value == device_setting::kind::malformed)
    return "the environment's FLUXEL_DEVICE is not cpu, cuda or cuda:N";
  const auto& found = kernels::cuda_devices();
  if (found.devices.empty()) return found.reason;
  if (setting.index >= static_cast<int>(found.devices.size()))
    return "the environment says FLUXEL_DEVICE=cuda:" + std::to_string(setting.index) + ", but there are " +
           std::to_string(found.devices.size()) + " devices";
  return {};
}

std::string find_cpu_problem() {
  const std::string wanted = kernels::unknown_cpu_target();
  if (wanted.empty()) return {};
  std::string known;
  for (const std::string& name : kernels::cpu_targets()) known += (known.empty() ? "" : ", ") + name;
  return "is \"" + wanted + "\" in the environment; must be one of " + known;
}

void check_index(const char* function, int index) {
  if (index >= 0 && index < device_count()) return;
  const std::string problem = cuda_problem().empty() ? "there is no device " + std::to_string(index) +
                                                           ", only 0 to " + std::to_string(device_count() - 1)
                                                     : cuda_problem();
  throw error(errc::no_device, std::string(function) + ": index: " + problem);
}

}  // namespace

const std::string& cuda_problem() {
  static const std::string problem = find_cuda_problem();
  return problem;
}

const kernels::backend_table& cuda_table(const char* function) {
  if (!cuda_problem().empty()) throw error(errc::no_device, std::string(function) + ": device: " + cuda_problem());
  return *kernels::cuda();
}

const kernels::backend_table& cpu_table(const char* function) {
  static const std::string problem = find_cpu_problem();
  if (!problem.empty()) throw error(errc::invalid_argument, std::string(function) + ": FLUXEL_CPU: " + problem);
  return kernels::cpu();
}

const kernels::backend_table& table_for(backend b, const char* function) {
  return b == backend::cuda ? cuda_table(function) : cpu_table(function);
}

device_scope::device_scope(int index, const char* function) {
  if (index < 0 || kernels::cuda_current_device() == index) return;
  previous_ = kernels::cuda_current_device();
  check(kernels::cuda_bind_device(index), function);
}

device_scope::~device_scope() {
  if (previous_ >= 0) kernels::cuda_bind_device(previous_);
}

}  // namespace host

inline namespace v0 {

int device_count() {
  return host::cuda_problem().empty() ? static_cast<int>(kernels::cuda_devices().devices.size()) : 0;
}

std::string no_device_reason() { return host::cuda_problem(); }

device_info describe_device(int index) {
  host::check_index("describe_device", index);
  return kernels::cuda_devices().devices[index];
}

void warm_up(int index) {
  host::check_index("warm_up", index);
  host::check(kernels::cuda_warm_up(index), "warm_up");
}

std::string cpu_target() {
  host::cpu_table("cpu_target");
  return kernels::cpu_target();
}

std::vector<std::string> cpu_targets() { return kernels::cpu_targets(); }

}  // namespace v0
}  // namespace fluxel
