#include "host/core/prepared.hpp"

#include <utility>

#include "host/core/device.hpp"
#include "host/core/errors.hpp"

namespace fluxel::host {

scratch::scratch(scratch&& other) noexcept
    : backend_(other.backend_), data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

scratch::~scratch() {
  if (data_ != nullptr) row_of(backend_, "scratch").memory.release(data_);
}

void* scratch::reserve(std::size_t bytes, const char* function) {
  if (bytes <= bytes_) return data_;
  const auto& memory = row_of(backend_, function).memory;
  if (data_ != nullptr) memory.release(data_);
  bytes_ = 0;
  data_ = memory.allocate(bytes);
  if (data_ == nullptr) check(kernels::status::out_of_memory, function);
  bytes_ = bytes;
  return data_;
}

namespace {

std::unique_ptr<kernels::prepared_resize> prepare_on(backend b, const kernels::resize_recipe& recipe,
                                                     const char* function) {
  auto ready = row_of(b, function).resize.prepare(recipe);
  if (ready == nullptr) check(kernels::status::out_of_memory, function);
  return ready;
}

}  // namespace

prepared::prepared(const kernels::resize_recipe& recipe, backends on, const char* function) {
  if (on.cpu) cpu_ = prepare_on(backend::cpu, recipe, function);
  if (on.cuda) cuda_ = prepare_on(backend::cuda, recipe, function);
}

void prepared::run(std::span<const kernels::image_pair> pairs, const run_context& context) const {
  const auto& ready = context.backend == backend::cuda ? cuda_ : cpu_;
  check(guard_memory(context.function, [&] { return ready->run(pairs, context.how); }), context.function);
}

}  // namespace fluxel::host
