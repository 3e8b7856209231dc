// SPDX-License-Identifier: Apache-2.0
#include "scheduler/fiber.hpp"

#include <boost/context/detail/fcontext.hpp>

#include "scheduler/sanitizer.hpp"

namespace emulation {

namespace context = boost::context::detail;

namespace {
thread_local fiber* switched_from = nullptr;
thread_local fiber* running = nullptr;
}  // namespace

fiber::~fiber() {
#if defined(EMULATION_TSAN)
  if (owns_identity_) __tsan_destroy_fiber(tsan_identity_);
#endif
}

void fiber::use_stack(void* stack, std::size_t bytes) {
  stack_ = stack;
  bytes_ = bytes;
}

void fiber::restart(void (*entry)()) {
  entry_ = entry;
  context_ = context::make_fcontext(static_cast<char*>(stack_) + bytes_, bytes_, [](context::transfer_t from) {
    entered(from.fctx);
    running->entry_();
  });
}

void fiber::ensure_identity() {
#if defined(EMULATION_TSAN)
  if (owns_identity_) return;
  tsan_identity_ = __tsan_create_fiber(0);
  owns_identity_ = true;
#endif
}

void fiber::adopt_current() {
#if defined(EMULATION_TSAN)
  tsan_identity_ = __tsan_get_current_fiber();
#endif
}

void fiber::entered([[maybe_unused]] void* from) {
#if defined(EMULATION_ASAN)
  const void* stack = nullptr;
  std::size_t bytes = 0;
  __sanitizer_finish_switch_fiber(running->asan_stack_, &stack, &bytes);
  if (!switched_from->stack_) {  // the OS thread's own stack: known only now
    switched_from->stack_ = const_cast<void*>(stack);
    switched_from->bytes_ = bytes;
  }
#endif
  switched_from->context_ = from;
}

void fiber::switch_between(fiber& from, fiber& to) {
  if (&from == &to) return;
  switched_from = &from;
  running = &to;
#if defined(EMULATION_ASAN)
  __sanitizer_start_switch_fiber(&from.asan_stack_, to.stack_, to.bytes_);
#endif
#if defined(EMULATION_TSAN)
  __tsan_switch_to_fiber(to.tsan_identity_, 1);  // 1: the switch itself orders no memory
#endif
  const context::transfer_t back = context::jump_fcontext(to.context_, nullptr);
  entered(back.fctx);
}

}  // namespace emulation
