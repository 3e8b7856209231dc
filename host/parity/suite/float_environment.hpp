// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cfenv>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace fluxel::parity {

/// While it lives, this thread flushes denormals to zero and rounds in another direction, as a host application
/// might; the destructor restores what was.
class hostile_float_environment {
 public:
  explicit hostile_float_environment(int which) {
    std::fegetenv(&before_);
    constexpr int directions[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    std::fesetround(directions[which % 3]);
    write_control(read_control() | flush);
    set_ = read_control();
  }
  ~hostile_float_environment() { std::fesetenv(&before_); }
  hostile_float_environment(const hostile_float_environment&) = delete;

  /// Whether it still is as the constructor set it; exception flags aside.
  bool intact() const { return read_control() == set_; }

 private:
#if defined(__x86_64__)
  static constexpr std::uint64_t flush = 0x8040;  // FTZ and DAZ
  static std::uint64_t read_control() { return _mm_getcsr() & ~0x3fu; }
  static void write_control(std::uint64_t value) { _mm_setcsr(static_cast<unsigned>(value)); }
#elif defined(__aarch64__)
  static constexpr std::uint64_t flush = 1u << 24;  // FZ
  static std::uint64_t read_control() {
    std::uint64_t value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write_control(std::uint64_t value) { asm volatile("msr fpcr, %0" ::"r"(value)); }
#else
#error "how does this processor flush denormals?"
#endif

  std::fenv_t before_;
  std::uint64_t set_;
};

}  // namespace fluxel::parity
