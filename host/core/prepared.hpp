// SPDX-License-Identifier: Apache-2.0
#pragma once

// Recipes made ready on the backends that a resizer uses.

#include <memory>
#include <span>

#include "host/core/call.hpp"
#include "host/plan/recipe.hpp"
#include "kernels/contract/backend.hpp"

namespace fluxel::host {

struct backends {
  bool cpu = false;
  bool cuda = false;
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
