// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one way in which objects and one-call functions run their work: choose the backend, bind the device, check the
// views, copy host views to the device where CUDA runs them, run, copy back.
//
// An object keeps a resolved_placement, its state on each backend, and room for device copies:
//
//   class blur_object {
//    public:
//     blur_object(const placement& where, size s) : where_(where, "blur"), size_(s), room_(where_) {
//       if (const auto b = where_.named()) state_on(*b);       // else the first call on a kind of memory makes it
//     }
//     void prepare(memory_kind memory) { state_on(where_.ahead_on({"blur"}, memory)); }
//     std::size_t workspace_size() const { return where_.memory().bytes_held(); }
//     backend runs_on() const { return where_.on_host_memory(); }
//
//     void run(const any_view& src, const any_view& mask, const any_view& dst, stream_ref stream) const {
//       call c(where_, stream);
//       const operand& from = c.read("src", src);              // checked; all operands lie in one kind of memory
//       const operand& unless = c.read_if_given("mask", mask); // null data: not given
//       const operand& to = c.write("dst", dst);               // may share nothing with the operands before it
//       check_size(c.site(), "src", c.size_of(from), size_);   // what the object itself has to say
//       c.run(room_, [&](const run_context& context) {         // device bound, default floating-point environment
//         blur_state& s = state_on(context.backend);
//         return context.table().blur(s.weights, from.here, unless.here, to.here, context.launch);
//       });                                                    // throws for any status but ok
//     }
//
//    private:
//     blur_state& state_on(backend b) const {
//       return states_.on(b, where_, [&] { return std::make_unique<blur_state>(b, where_.memory()); });
//     }
//     resolved_placement where_;
//     size size_;
//     per_backend<blur_state> states_;
//     mutable staging_room room_;
//   };
//
// A one-call function makes the resolved_placement and the staging_room on its stack. `caller` of an operand is the
// checked view, `here` the same pixels where the kernels find them: only inside the work that `run` is given.
// A batch of no images is checked and then left alone. Device memory of the object comes from where_.memory().

#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "fluxel/stream.hpp"
#include "host/core/float_environment.hpp"
#include "host/core/per_backend.hpp"
#include "host/core/resolved_placement.hpp"
#include "host/core/views.hpp"

namespace fluxel::host {

/// How and where one call runs.
struct run_context {
  const char* function;
  fluxel::backend backend;
  kernels::launch_options launch;

  const kernels::backend_table& table() const { return table_for(backend, function); }
};

/// One image or list of a call.
struct operand {
  const char* name = "";
  kernels::image caller = {};  ///< as the caller has it; null data: not given
  kernels::image here = {};    ///< as the kernels find it
  int element_bytes = 1;
  bool written = false;
  bool kept = false;     ///< written in part: the rest stays
  bool is_list = false;  ///< may share memory with others

  bool given() const { return caller.data != nullptr; }
  /// Of a list.
  template <class T>
  T* list() const {
    return static_cast<T*>(here.data);
  }
};

/// Device memory for copies of host views. Calls that use it take turns.
class staging_room {
 public:
  explicit staging_room(const resolved_placement& where) : memory_(backend::cuda, where.memory()) {}
  /// Ahead of the first call, so that calls up to this size allocate nothing.
  void reserve(std::size_t bytes, const char* function) { memory_.reserve(bytes, function); }

  /// Gives the operands device copies and fills those that are read.
  void enter(std::span<operand> operands, const run_context& context);
  /// Copies back what was written, and waits until it is there.
  void leave(std::span<const operand> operands, const run_context& context);

  std::mutex turn;  ///< held from enter to leave

 private:
  device_buffer memory_;
};

/// work() on operands in the caller's memory, or on device copies of them.
template <class Work>
void run_operands(std::span<operand> operands, bool staged, const run_context& context, staging_room& room,
                  Work&& work) {
  if (!staged) {
    for (operand& o : operands) o.here = o.caller;
    check(work(), context.function);
    return;
  }
  const std::lock_guard lock(room.turn);
  room.enter(operands, context);
  check(work(), context.function);
  room.leave(operands, context);
}

class call {
 public:
  call(const resolved_placement& where, stream_ref stream)
      : where_(where), site_{where.function()}, stream_(stream) {}

  /// Checks an image that is read, or written: sizes, strides, memory. `run` checks that nothing written is shared.
  const operand& read(const char* name, const any_view& view) { return add(name, view, false); }
  const operand& write(const char* name, const any_view& view) { return add(name, view, true); }
  /// The same, where not every pixel is written.
  const operand& write_in_part(const char* name, const any_view& view);
  /// As above; a view without data is absent.
  const operand& read_if_given(const char* name, const any_view& view);
  const operand& write_if_given(const char* name, const any_view& view);
  /// Lists in the memory of the images; empty ones are absent. They are not checked against each other.
  template <class T>
  const operand& list(const char* name, std::span<T> list) {
    return add_list(name, const_cast<std::remove_const_t<T>*>(list.data()), list.size(), sizeof(T),
                    !std::is_const_v<T>);
  }

  const call_site& site() const { return site_; }
  static size size_of(const operand& o) { return {o.caller.width, o.caller.height}; }
  /// Of all images of the call.
  memory_kind memory() const { return memory_.value_or(memory_kind::host); }
  /// Where it will run; throws where that is not possible.
  backend runs_on() const { return where_.on(site_, first_image_, memory()); }

  /// work(context) enqueues on the backend, with the operands `here`. Returns once results in host memory are there.
  template <class Work>
  void run(staging_room& room, Work&& work) {
    const backend b = runs_on();
    check_stream(site_, b, stream_);
    if (empty_) return;
    check_unshared();
    const auto bound = where_.bind(b);
    const run_context context{site_.function, b, {stream_.get(), where_.threads()}};
    const bool staged = b == backend::cuda && backend_for(memory()) == backend::cpu;
    translate_bad_alloc(site_.function, [&] {
      run_operands({operands_.all.data(), count_}, staged, context, room, [&] { return work(context); });
    });
  }

 private:
  operand& add(const char* name, const any_view& view, bool written);
  const operand& add_absent(const char* name, bool written);
  const operand& add_list(const char* name, void* data, std::size_t length, std::size_t element_bytes, bool written);
  /// What is written overlaps nothing that comes before it, nor itself.
  void check_unshared() const;

  default_float_environment environment_;
  const resolved_placement& where_;
  call_site site_;
  stream_ref stream_;
  /// Only those that are used are written: small calls feel sixteen.
  union slots {
    slots() {}
    std::array<operand, 16> all;
  } operands_;
  std::size_t count_ = 0;
  std::optional<memory_kind> memory_;
  const char* first_image_ = "src";
  bool empty_ = false;  ///< a batch of no images
};

/// An object made for one call lets go of its memory when the work on such views is done.
void finish(const resolved_placement& where, memory_kind memory, stream_ref stream);

}  // namespace fluxel::host
