// SPDX-License-Identifier: Apache-2.0
#pragma once

// Recipes made ready on the backends that a resizer uses.

#include <memory>
#include <span>

#include "host/plan/recipe.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

struct backends {
  bool cpu = false;
  bool cuda = false;
};

/// How and where one call runs.
struct run_context {
  const char* function;
  fluxel::backend backend;
  kernels::launch_options launch;
};

/// Memory of a backend, owned.
class device_buffer {
 public:
  explicit device_buffer(backend b) : backend_(b) {}
  ~device_buffer();
  device_buffer(device_buffer&& other) noexcept;
  /// At least `bytes`; what was in it is lost when it has to grow.
  void* reserve(std::size_t bytes, const char* function);
  void* data() const { return data_; }

 private:
  backend backend_;
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// One recipe on each backend.
class backend_resizes {
 public:
  backend_resizes(const kernels::resize_recipe& recipe, backends on, const char* function);
  void run(std::span<const kernels::image_pair> pairs, const run_context& context) const;

 private:
  std::unique_ptr<kernels::prepared_resize> cpu_, cuda_;
};

}  // namespace fluxel::host
