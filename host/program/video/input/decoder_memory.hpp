// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

#include "host/program/video/ffmpeg.hpp"

namespace fluxel::video {

/// Where a decoder puts its pictures: FFmpeg's own memory, and pinned memory once a device wants to read them.
class decoder_memory {
 public:
  decoder_memory() = default;
  decoder_memory(const decoder_memory&) = delete;
  decoder_memory& operator=(const decoder_memory&) = delete;
  ~decoder_memory() { av_buffer_pool_uninit(&pool_); }

  /// Before the decoder is opened; it must not outlive this.
  void attach(AVCodecContext& decoder);
  /// Pictures to come are pinned, where the decoder lets its caller choose. From any thread.
  void pin(int device) { device_ = device; }

 private:
  static int get_buffer(AVCodecContext* decoder, AVFrame* frame, int flags);
  int get_pinned(AVCodecContext& decoder, AVFrame& frame);
  AVBufferRef* block(std::size_t bytes);

  static constexpr int none = -2;
  std::atomic<int> device_ = none;
  std::mutex mutex_;  // decoders ask from several threads
  int pool_device_ = 0;
  AVBufferPool* pool_ = nullptr;
  std::size_t bytes_ = 0;  // of the pool's blocks
};

}  // namespace fluxel::video
