// SPDX-License-Identifier: Apache-2.0
#include "host/core/prepared.hpp"

#include "host/core/device.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

namespace {

std::unique_ptr<kernels::prepared_resize> prepare_on(backend b, const kernels::resize_recipe& recipe,
                                                     const char* function) {
  auto ready = table_for(b, function).resize.prepare(recipe);
  if (ready == nullptr) check(kernels::status::out_of_memory, function);
  return ready;
}

}  // namespace

backend_resizes::backend_resizes(const kernels::resize_recipe& recipe, backends on, const char* function) {
  if (on.cpu) cpu_ = prepare_on(backend::cpu, recipe, function);
  if (on.cuda) cuda_ = prepare_on(backend::cuda, recipe, function);
}

void backend_resizes::run(std::span<const kernels::image_pair> pairs, const run_context& context) const {
  const auto& ready = context.backend == backend::cuda ? cuda_ : cpu_;
  check(translate_bad_alloc(context.function, [&] { return ready->run(pairs, context.launch); }), context.function);
}

}  // namespace fluxel::host
