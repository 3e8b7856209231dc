// SPDX-License-Identifier: Apache-2.0
#pragma once

// Registers and memory of the PTX machine. A register is an unsigned word: an instruction says how it reads the bits.

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "emulation/scheduler.hpp"

namespace ptx {

namespace words {  // as PTX calls them
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s8 = std::int8_t;
using s16 = std::int16_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
}  // namespace words

struct f16 {
  std::uint16_t bits;
};
struct bf16 {
  std::uint16_t bits;
};

template <std::size_t bytes>
using word = std::conditional_t<
    bytes == 1, std::uint8_t,
    std::conditional_t<bytes == 2, std::uint16_t, std::conditional_t<bytes == 4, std::uint32_t, std::uint64_t>>>;

/// The low bits of a register, as a T.
template <class T, class Register>
T as(Register r) {
  if constexpr (std::is_same_v<T, bool>)
    return r != 0;
  else
    return std::bit_cast<T>(static_cast<word<sizeof(T)>>(r));
}

/// Signed values extend into a wider register by their sign, all others by zeros.
template <class Register, class T>
void put(Register& to, T value) {
  if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T>)
    to = static_cast<Register>(value);
  else
    to = static_cast<Register>(std::bit_cast<word<sizeof(T)>>(value));
}

/// Global, constant, local and generic memory is the host's.
template <class T, int count>
T* memory(std::uint64_t address, emulation::site at) {
  if constexpr (sizeof(T) * count > 1)
    if (address % (sizeof(T) * count)) emulation::fail("a misaligned address", at);
  return reinterpret_cast<T*>(address);
}

/// The shared window of a block: static arrays at 0, dynamic memory after them. Shared addresses are offsets.
class block_memory {
 public:
  block_memory(const void* key, std::uint32_t static_bytes, std::uint32_t dynamic_offset)
      : static_bytes_(static_bytes), dynamic_offset_(dynamic_offset) {
    if (static_bytes > 0) static_ = static_cast<char*>(emulation::shared_array(key, static_bytes, 128));
    dynamic_ = static_cast<char*>(emulation::dynamic_shared());
    dynamic_bytes_ = static_cast<std::uint32_t>(emulation::dynamic_shared_bytes());
  }

  template <class T, int count>
  T* at(std::uint64_t address, emulation::site where) const {
    return static_cast<T*>(find(address, sizeof(T) * count, where));
  }

  std::uint64_t generic(std::uint64_t offset) const {
    const char* p = offset < static_bytes_ ? static_ + offset : dynamic_ + (offset - dynamic_offset_);
    return reinterpret_cast<std::uint64_t>(p);
  }
  std::uint32_t offset_of(std::uint64_t address, emulation::site where) const {
    const auto from_static = address - reinterpret_cast<std::uint64_t>(static_);
    if (static_ && from_static < static_bytes_) return static_cast<std::uint32_t>(from_static);
    const auto from_dynamic = address - reinterpret_cast<std::uint64_t>(dynamic_);
    if (!dynamic_ || from_dynamic > dynamic_bytes_) emulation::fail("not an address of shared memory", where);
    return dynamic_offset_ + static_cast<std::uint32_t>(from_dynamic);
  }

 private:
  void* find(std::uint64_t address, std::uint32_t bytes, emulation::site where) const {
    const auto offset = static_cast<std::uint32_t>(address);
    if (offset % bytes) emulation::fail("a misaligned shared address", where);
    if (offset + bytes <= static_bytes_ && offset < static_bytes_) return static_ + offset;
    const std::uint32_t dynamic = offset - dynamic_offset_;
    if (offset < dynamic_offset_ || dynamic + bytes > dynamic_bytes_)
      emulation::fail("shared memory out of bounds", where);
    return dynamic_ + dynamic;
  }

  char* static_ = nullptr;
  char* dynamic_ = nullptr;
  std::uint32_t static_bytes_;
  std::uint32_t dynamic_offset_;
  std::uint32_t dynamic_bytes_ = 0;
};

enum class shuffle_mode { idx, up, down, bfly };
struct shuffled {
  std::uint32_t value;
  bool valid;
};

/// PTX redux.sync.add of a whole warp; the sum wraps.
inline std::uint32_t sum_of_warp(std::uint32_t mask, std::uint32_t value, emulation::site at) {
  for (int distance = 16; distance > 0; distance /= 2)
    value += static_cast<std::uint32_t>(
        emulation::warp_shuffle(mask, value, static_cast<int>(emulation::lane()) ^ distance, true, at));
  return value;
}

/// PTX shfl.sync: bits 8 to 12 of `clamp` are the segment mask, bits 0 to 4 the bound.
template <shuffle_mode mode>
shuffled shuffle(std::uint32_t mask, std::uint32_t value, std::uint32_t by, std::uint32_t clamp, emulation::site at) {
  const int lane = static_cast<int>(emulation::lane()), step = static_cast<int>(by & 31);
  const int segment = static_cast<int>(clamp >> 8 & 31),
            bound = (lane & segment) | (static_cast<int>(clamp & 31) & ~segment);
  int source = 0;
  if (mode == shuffle_mode::up) source = lane - step;
  if (mode == shuffle_mode::down) source = lane + step;
  if (mode == shuffle_mode::bfly) source = lane ^ step;
  if (mode == shuffle_mode::idx) source = (lane & segment) | (step & ~segment);
  const bool valid = mode == shuffle_mode::up ? source >= bound : source <= bound;
  return {static_cast<std::uint32_t>(emulation::warp_shuffle(mask, value, source, valid, at)), valid};
}

inline void copy_async(void* to, const void* from, std::uint32_t bytes, std::uint32_t bytes_read) {
  static constexpr char zeros[16] = {};
  if (bytes_read > bytes) bytes_read = bytes;
  if (bytes_read > 0) emulation::copy_async(to, from, bytes_read);
  if (bytes_read < bytes) emulation::copy_async(static_cast<char*>(to) + bytes_read, zeros, bytes - bytes_read);
}

}  // namespace ptx
