// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace emulation {

/// A stack and the place where its code goes on. A default fiber stands for the OS thread's own stack.
class fiber {
 public:
  fiber() = default;
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;
  ~fiber();

  /// `stack` stays the caller's.
  void use_stack(void* stack, std::size_t bytes);
  /// The next switch to this fiber calls `entry`, which never returns.
  void restart(void (*entry)());
  /// Under TSan: to the detector this fiber is a thread of its own.
  void ensure_identity();
  /// Marks the OS thread's own stack as the running fiber.
  void adopt_current();

  static void switch_between(fiber& from, fiber& to);

  unsigned thread = 0;  ///< index of the CUDA thread that runs here

 private:
  static void entered(void* from);

  void* context_ = nullptr;
  void* stack_ = nullptr;
  std::size_t bytes_ = 0;
  void (*entry_)() = nullptr;
  void* asan_stack_ = nullptr;
  void* tsan_identity_ = nullptr;
  bool owns_identity_ = false;
};

}  // namespace emulation
