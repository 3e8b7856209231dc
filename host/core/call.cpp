// SPDX-License-Identifier: Apache-2.0
#include "host/core/call.hpp"

#include <string>

#include "host/core/copy_stopwatch.hpp"
#include "host/core/staging.hpp"

namespace fluxel::host {

void staging_room::enter(std::span<operand> operands, const run_context& context) {
  auto place = [&](std::byte* base) {
    std::size_t used = 0;
    for (operand& o : operands)
      if (o.given()) o.here = place_on_device(o.caller, o.element_bytes, base, used);
    return used;
  };
  place(static_cast<std::byte*>(memory_.reserve(place(nullptr), context.function, context.launch.stream)));
  const copy_stopwatch copies(copy_stopwatch::direction::upload);
  for (const operand& o : operands)
    if (o.given() && (!o.written || o.kept))
      upload_image(o.here, o.caller, o.element_bytes, context.launch.stream, context.function);
}

void staging_room::leave(std::span<const operand> operands, const run_context& context) {
  const auto wait = [&] { check(context.table().memory.synchronize(context.launch.stream), context.function); };
  wait();
  const copy_stopwatch copies(copy_stopwatch::direction::download);
  for (const operand& o : operands)
    if (o.given() && o.written)
      download_image(o.caller, o.here, o.element_bytes, context.launch.stream, context.function);
  wait();
}

operand& call::add(const char* name, const any_view& view, bool written) {
  const kernels::image checked = check_view(site_, name, view);
  if (!memory_) {
    memory_ = view.memory;
    first_image_ = name;
  } else if (backend_for(view.memory) != backend_for(*memory_)) {
    reject(site_, std::string(name) + ".memory",
           std::string("is of another kind than that of ") + first_image_ +
               ": all must be host memory or all device memory");
  }
  empty_ = empty_ || checked.count == 0;
  operand& o = operands_.all.at(count_++);
  o = {.name = name, .caller = checked, .element_bytes = view.element_bytes, .written = written};
  return o;
}

void call::check_unshared() const {
  for (std::size_t i = 0; i < count_; ++i) {
    const operand& o = operands_.all[i];
    if (!o.written || !o.given() || o.is_list) continue;
    require(!overlaps_itself(o.caller, o.element_bytes), site_, o.name,
            "has planes or images that overlap each other");
    for (const operand& other : std::span(operands_.all.data(), i))
      if (other.given() && !other.is_list && overlap(o.caller, o.element_bytes, other.caller, other.element_bytes))
        reject(site_, o.name, std::string("overlaps ") + other.name);
  }
}

const operand& call::write_in_part(const char* name, const any_view& view) {
  operand& o = add(name, view, true);
  o.kept = true;
  return o;
}

const operand& call::read_if_given(const char* name, const any_view& view) {
  return view.image.data == nullptr ? add_absent(name, false) : read(name, view);
}

const operand& call::write_if_given(const char* name, const any_view& view) {
  return view.image.data == nullptr ? add_absent(name, true) : write(name, view);
}

const operand& call::add_absent(const char* name, bool written) {
  operand& o = operands_.all.at(count_++);
  o = {.name = name, .written = written};
  return o;
}

const operand& call::add_list(const char* name, void* data, std::size_t length, std::size_t element_bytes,
                              bool written) {
  operand& o = operands_.all.at(count_++);
  const auto bytes = static_cast<std::ptrdiff_t>(length * element_bytes);
  o = {.name = name, .element_bytes = static_cast<int>(element_bytes), .written = written, .is_list = true};
  if (length == 0) return o;
  o.caller = {.data = data,
              .width = static_cast<int>(length),
              .height = 1,
              .pitch = bytes,
              .plane_stride = bytes,
              .stride = bytes};
  return o;
}

void finish(const resolved_placement& where, memory_kind memory, stream_ref stream) {
  if (backend_for(memory) != backend::cuda) return;
  const auto bound = where.bind(backend::cuda);
  check(cuda_table(where.function()).memory.synchronize(stream.get()), where.function());
}

}  // namespace fluxel::host
