// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables of the horizontal pass of a bilinear resize, one kind for every way that the targets find their taps.
// Outputs are filtered from windows where possible: a piece of the source row is loaded and permuted, which is
// several times faster than to load every tap.

#include <cstdint>
#include <new>
#include <span>

#include "kernels/contract/resize.hpp"

namespace fluxel::kernels {

/// One axis of rows of interleaved pixels.
struct row_geometry {
  std::span<const position> x;
  int src_width = 0;
  int channels = 1;
  int low_zero_bits = 0;
  last_rounding rounding{};

  std::ptrdiff_t src_elements() const { return std::ptrdiff_t{src_width} * channels; }
  std::ptrdiff_t dst_elements() const { return static_cast<std::ptrdiff_t>(x.size()) * channels; }
};

/// How the taps of outputs are found.
enum class tap_source : std::uint8_t {
  windows,   ///< permuted from `window` elements of the source row that several outputs share
  pixels,    ///< pixels of 3 or 4 elements are loaded whole
  pairs,     ///< both taps of a pixel are loaded together
  elements,  ///< one by one
};

/// What a row is filtered by. Sources compiled per target see only these pointers, so that no inline function of the
/// standard library is compiled for a target.
struct linear_tables {
  tap_source source{};
  int channels = 1;
  int window = 0;                   ///< elements; every window lies inside the row
  int whole = 0;                    ///< pairs, pixels: so many outputs come before the first that is read piecemeal
  std::ptrdiff_t src_elements = 0;  ///< of a row
  std::ptrdiff_t dst_elements = 0;  ///< of a row
  const std::int32_t* start = nullptr;  ///< of each window, in the source row

  // u8. The weight w of the right tap, in 1/2^15, is 256 h + l with l in [-128, 127].
  bool dyadic = false;                 ///< l is 0 everywhere
  bool biased = false;                 ///< last_rounding::half_up_biased
  const std::uint8_t* taps = nullptr;  ///< windows: both taps of each output; 0x80 where the next 16 bytes have it
  const std::uint8_t* more_taps = nullptr;  ///< windows of 32 bytes: those in the next 16
  const std::uint64_t* parts =
      nullptr;                          ///< windows above 128 bytes: for each, 128 bytes and vector, the taps in them
  const std::int8_t* coarse = nullptr;  ///< (h - 128, -h), or where dyadic (128 - h, h); unless weights are whole
  const std::int16_t* fine = nullptr;   ///< 2 l; or w where weights are whole

  // Types computed in 32-bit lanes; and u8 pairs: `left` alone.
  int low_zero_bits = 0;
  int addend = 0;                         ///< u16: what the last rounding adds
  const std::int32_t* left = nullptr;     ///< windows: left tap of each output in its window; else of each pixel
  const std::uint32_t* weight = nullptr;  ///< its bits, of each output or pixel
};

/// Memory that tables are cut from. It is kept when they are made anew.
class table_memory {
 public:
  table_memory() = default;
  table_memory(const table_memory&) = delete;
  table_memory& operator=(const table_memory&) = delete;
  ~table_memory() { release(); }

  /// Forgets what has been taken; from now on `bytes` can be.
  void reset(std::size_t bytes) {
    used_ = 0;
    if (bytes <= size_) return;
    release();
    data_ = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{alignment}));
    size_ = bytes;
  }
  template <class T>
  T* take(std::size_t count) {
    auto* p = reinterpret_cast<T*>(data_ + used_);
    used_ += room_for<T>(count);
    return p;
  }
  /// What `take` uses up.
  template <class T>
  static constexpr std::size_t room_for(std::size_t count) {
    return (count * sizeof(T) + alignment - 1) / alignment * alignment;
  }

 private:
  static constexpr std::size_t alignment = 64;
  void release() {
    if (data_ != nullptr) ::operator delete (data_, std::align_val_t{alignment});
    data_ = nullptr;
    size_ = 0;
  }
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

/// How a target permutes bytes. Two vectors of i16 make a block. Windows serve `group` outputs; of the groups of a
/// block, the even ones make the first vector and the odd ones the second, so that packing them to bytes, which goes
/// by lanes, restores the order.
struct byte_layout {
  int vector = 8;             ///< outputs of a vector
  int group = 8;              ///< outputs of a window
  int unit = 16;              ///< bytes that one permutation reaches
  int longest_window = 0;     ///< bytes of one for a whole block, where two units are too short
  bool whole_weights = true;  ///< `fine` is w, and there is no `coarse`
};

linear_tables make_byte_tables(const row_geometry& geometry, const byte_layout& layout, table_memory& memory);

/// How a target permutes 32-bit lanes.
struct word_layout {
  int lanes = 4;
  int most_windows = 4;      ///< vectors of a window
  int good_windows = 4;      ///< more are slower than other ways, where there are any
  bool pixels_first = true;  ///< pixels of 3 or 4 elements are loaded whole at every ratio
};

linear_tables make_word_tables(const row_geometry& geometry, element_type type, const word_layout& layout,
                               table_memory& memory);

/// Index and fraction of each pixel.
linear_tables make_scalar_tables(const row_geometry& geometry, table_memory& memory);

}  // namespace fluxel::kernels
