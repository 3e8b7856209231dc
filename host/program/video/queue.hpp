// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace fluxel::video {

/// A queue between two threads, bounded in items and in their memory. An item that is larger than that memory is
/// taken when the other end waits for it. After `close`, what is queued can still be taken and nothing more put;
/// after `abort`, both ends return at once.
template <class T>
class bounded_queue {
 public:
  bounded_queue(std::size_t most_items, std::size_t most_bytes) : most_items_(most_items), most_bytes_(most_bytes) {}

  /// Waits for room. @returns false when the queue was aborted.
  bool put(T item, std::size_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return aborted_ || (items_.empty() && waiting_) ||
             (items_.size() < most_items_ && bytes_ + bytes <= most_bytes_);
    });
    if (aborted_) return false;
    items_.push_back({std::move(item), bytes});
    bytes_ += bytes;
    changed_.notify_all();
    return true;
  }

  /// Waits for an item. @returns nothing when the queue is closed and empty, or aborted.
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    waiting_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return aborted_ || closed_ || !items_.empty(); });
    waiting_ = false;
    if (aborted_ || items_.empty()) return std::nullopt;
    std::optional<T> item = std::move(items_.front().value);
    bytes_ -= items_.front().bytes;
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  void abort() {
    const std::lock_guard lock(mutex_);
    aborted_ = true;
    changed_.notify_all();
  }

 private:
  struct entry {
    T value;
    std::size_t bytes;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<entry> items_;
  std::size_t most_items_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  bool waiting_ = false;  // for an item
  bool closed_ = false;
  bool aborted_ = false;
};

}  // namespace fluxel::video
