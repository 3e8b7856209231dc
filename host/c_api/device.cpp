// SPDX-License-Identifier: Apache-2.0
#include "fluxel/device.hpp"

#include "fluxel/version.hpp"
#include "host/c_api/c_api.hpp"

using namespace fluxel;
using namespace fluxel::host::c_api;

namespace {

/// A text that stays valid in the calling thread until the next call of the same function.
template <class Make>
const char* kept(std::string& text, Make make) noexcept {
  try {
    text = make();
    return text.c_str();
  } catch (...) {
    return "";
  }
}

}  // namespace

extern "C" {

fluxel_status fluxel_device_count(int32_t* count) {
  return run(__func__, [&] { required("count", count) = device_count(); });
}

const char* fluxel_no_device_reason(void) {
  thread_local std::string text;
  return kept(text, [] { return no_device_reason(); });
}

fluxel_status fluxel_describe_device(int32_t index, fluxel_device_info* info) {
  return run(__func__, [&] {
    required("info", info);
    const device_info d = describe_device(index);
    fluxel_device_info out = {};
    d.name.copy(out.name, sizeof out.name - 1);
    out.index = d.index;
    out.compute_capability = d.compute_capability;
    out.memory_bytes = d.memory_bytes;
    write_struct("info", info, out);
  });
}

fluxel_status fluxel_warm_up(int32_t index) {
  return run(__func__, [&] { warm_up(index); });
}

fluxel_status fluxel_backend_for(fluxel_memory memory, fluxel_backend* backend) {
  return run(__func__, [&] {
    if (memory < FLUXEL_MEMORY_HOST || memory > FLUXEL_MEMORY_DEVICE)
      host::reject(arguments, "memory", "is not a fluxel_memory");
    required("backend", backend) = static_cast<fluxel_backend>(backend_for(memory_of(memory)));
  });
}

const char* fluxel_cpu_target(void) {
  thread_local std::string text;
  return kept(text, [] { return cpu_target(); });
}

const char* fluxel_cpu_targets(void) {
  thread_local std::string text;
  return kept(text, [] {
    std::string all;
    for (const std::string& name : cpu_targets()) all += (all.empty() ? "" : " ") + name;
    return all;
  });
}

const char* fluxel_version(void) { return FLUXEL_VERSION; }

const char* fluxel_build_description(void) {
  thread_local std::string text;
  return kept(text, [] { return build_description(); });
}

int32_t fluxel_bytes_revision(const char* operation) {
  int32_t revision = 0;
  run(__func__, [&] {
    required("operation", operation);
    for (const bytes_revision& r : bytes_revisions())
      if (r.operation == operation) revision = r.revision;
  });
  return revision;
}

const char* fluxel_operation_name(int32_t i) {
  thread_local std::string text;
  bool found = false;
  const char* name = kept(text, [&]() -> std::string {
    const auto all = bytes_revisions();
    found = i >= 0 && static_cast<std::size_t>(i) < all.size();
    return found ? all[static_cast<std::size_t>(i)].operation : "";
  });
  return found ? name : nullptr;
}

const char* fluxel_status_name(fluxel_status status) {
  switch (status) {
    case FLUXEL_STATUS_OK:
      return "ok";
    case FLUXEL_STATUS_INVALID_ARGUMENT:
      return "invalid argument";
    case FLUXEL_STATUS_NO_DEVICE:
      return "no device";
    case FLUXEL_STATUS_OUT_OF_MEMORY:
      return "out of memory";
    case FLUXEL_STATUS_DEVICE_FAILURE:
      return "device failure";
    case FLUXEL_STATUS_INTERNAL:
      return "internal error";
  }
  return "unknown status";
}

}  // extern "C"
