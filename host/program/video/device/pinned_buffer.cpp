// SPDX-License-Identifier: Apache-2.0
#include "host/program/video/device/pinned_buffer.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "fluxel/pinned_memory.hpp"

namespace fluxel::video {

namespace {

/// All blocks of pinned memory, by their address.
class pinned_blocks {
 public:
  void* add(pinned_memory block) {
    void* const data = block.data();
    const std::lock_guard lock(mutex_);
    blocks_.emplace(address(data), std::move(block));
    used_ = true;
    return data;
  }
  void remove(const void* data) {
    pinned_memory last;  // given back without the lock: it waits for the device
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(address(data));
    last = std::move(found->second);
    blocks_.erase(found);
  }
  bool contains(const void* p) {
    if (!used_) return false;
    const std::lock_guard lock(mutex_);
    const auto after = blocks_.upper_bound(address(p));
    if (after == blocks_.begin()) return false;
    const auto& [first, block] = *std::prev(after);
    return address(p) - first < block.size();
  }

 private:
  static std::uintptr_t address(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

  std::atomic<bool> used_ = false;  // nothing is locked where there is no device
  std::mutex mutex_;
  std::map<std::uintptr_t, pinned_memory> blocks_;
};

/// Never ends: FFmpeg's pools may outlive everything else.
pinned_blocks& blocks() {
  static auto* all = new pinned_blocks;
  return *all;
}

void release(void*, std::uint8_t* data) { blocks().remove(data); }

}  // namespace

AVBufferRef* pinned_buffer(void* device, std::size_t bytes) {
  try {
    pinned_memory block(bytes, *static_cast<const int*>(device));
    std::memset(block.data(), 0, bytes);  // damaged pictures show what was there
    auto* data = static_cast<std::uint8_t*>(blocks().add(std::move(block)));
    if (AVBufferRef* made = av_buffer_create(data, bytes, release, nullptr, 0)) return made;
    blocks().remove(data);
    return nullptr;
  } catch (const error&) {
    return av_buffer_alloc(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

bool is_pinned(const void* address) { return blocks().contains(address); }

}  // namespace fluxel::video
