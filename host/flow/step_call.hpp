// SPDX-License-Identifier: Apache-2.0
#pragma once

// A call of one step of flow: its views as the planes that kernels take. The kernels of the CPU read and write whole
// vectors, for which the solver's planes have room: views are copied into such planes and back.

#include <array>
#include <optional>

#include "fluxel/flow_steps.hpp"
#include "host/core/call.hpp"
#include "host/flow/memory.hpp"

namespace fluxel::host {

/// What a step without an object keeps for the time of its call.
struct step_place {
  step_place(const char* function, const placement& placed) : where(placed, function), room(where), rows(where) {}

  /// Memory of the CPU for planes with room for whole vectors.
  struct padded_rows : device_buffer {
    explicit padded_rows(const resolved_placement& where) : device_buffer(backend::cpu, where.memory()) {}
  };

  resolved_placement where;
  staging_room room;
  padded_rows rows;
};

/// The u and v of a flow.
struct flow_operands {
  int u, v;
};

class step_call {
 public:
  step_call(const resolved_placement& where, staging_room& room, device_buffer& rows, stream_ref stream)
      : call_(where, stream), room_(room), rows_(rows) {}
  step_call(step_place& place, stream_ref stream) : step_call(place.where, place.room, place.rows, stream) {}

  /// A view of one channel, one plane, and the size of those before; returns its number.
  template <class T>
  int read(const char* name, const image_view<T>& view) {
    return take(call_.read(name, erase(view)));
  }
  template <class T>
  int write(const char* name, const image_view<T>& view) {
    return take(call_.write(name, erase(view)));
  }
  flow_operands read(const char* u, const char* v, const flow_steps::flow_views<const flow_steps::i16>& f) {
    return {read(u, f.u), read(v, f.v)};
  }
  flow_operands write(const char* u, const char* v, const flow_steps::flow_views<flow_steps::i16>& f) {
    return {write(u, f.u), write(v, f.v)};
  }
  /// Later views have another size.
  void new_size() { sized_.reset(); }

  const call_site& site() const { return call_.site(); }
  const kernels::image& caller(int i) const { return operands_[i]->caller; }

  /// Inside the work.
  template <class T>
  kernels::plane<T> plane(int i) const {
    constexpr auto bytes = static_cast<std::ptrdiff_t>(sizeof(T));
    const kernels::image& im = images_[i];
    return {static_cast<T*>(im.data), im.width, im.height, im.pitch / bytes, im.count, im.stride / bytes};
  }
  kernels::flow_planes flow(flow_operands f) const {
    return {plane<flow_steps::i16>(f.u), plane<flow_steps::i16>(f.v)};
  }
  const kernels::image& image(int i) const { return images_[i]; }

  /// work(context) on the processor of the placement or of the views' memory.
  template <class Work>
  void run(const Work& work) {
    call_.run(room_, [&](const run_context& context) {
      enter(context);
      const kernels::status result = work(context);
      if (result == kernels::status::ok && context.backend == backend::cpu) leave();
      return result;
    });
  }

 private:
  int take(const operand& o);
  void enter(const run_context& context);
  void leave() const;

  call call_;
  staging_room& room_;
  device_buffer& rows_;
  std::optional<kernels::image> sized_;
  std::array<const operand*, 16> operands_{};
  std::array<kernels::image, 16> images_;
  int count_ = 0;
};

}  // namespace fluxel::host
