// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/resize/linear_rows.hpp"

#include <bit>
#include <cstring>
#include <limits>

#include "kernels/common/resize/lerp.hpp"
#include "kernels/cpu/resize/linear_functions.hpp"
#include "kernels/cpu/runtime/target.hpp"

namespace fluxel::kernels {

halving_order::halving_order(int channels) : outputs(32 / channels * channels) {
  for (int e = 0; e < outputs; ++e) {
    const int left = e / channels * 2 * channels + e % channels;
    pairs[2 * e] = static_cast<std::uint8_t>(left);
    pairs[2 * e + 1] = static_cast<std::uint8_t>(left + channels);
    packed[e] = static_cast<std::uint8_t>(e / 8 * 16 + e % 8);
    packed[outputs + e] = static_cast<std::uint8_t>(e / 8 * 16 + 8 + e % 8);
  }
}

namespace {

/// Rows shorter than the window are copied to where the whole window may be read.
template <class Filter>
void with_window(const void* src_row, std::size_t row_bytes, std::size_t window_bytes, Filter&& filter) {
  if (row_bytes >= window_bytes) return filter(src_row);
  alignas(64) std::byte padded[largest_window] = {};
  std::memcpy(padded, src_row, row_bytes);
  filter(padded);
}

class rows_of_bytes final : public linear_rows {
 public:
  explicit rows_of_bytes(const row_geometry& g)
      : functions_(byte_functions_of_target()),
        storage_(make_byte_tables(g, functions_.layout)),
        row_bytes_(g.src_elements()),
        rounding_(g.rounding) {
    block = 16 * functions_.layout.lanes;
    between_bytes = sizeof(std::int16_t);
  }
  void horizontal(const void* src_row, int first, int last, void* between) const override {
    with_window(src_row, row_bytes_, storage_.window, [&](const void* src) {
      functions_.horizontal(storage_.tables(), static_cast<const std::uint8_t*>(src), first, last,
                            static_cast<std::int16_t*>(between));
    });
  }
  void vertical(const void* upper, const void* lower, std::uint32_t fraction, void* dst, int count) const override {
    functions_.vertical(static_cast<const std::int16_t*>(upper), static_cast<const std::int16_t*>(lower),
                        blend_of(fraction), static_cast<std::uint8_t*>(dst), count);
  }
  void both(const void* upper, const void* lower, std::uint32_t fraction, void* dst, int count) const override {
    with_window(upper, row_bytes_, storage_.window, [&](const void* up) {
      with_window(lower, row_bytes_, storage_.window, [&](const void* low) {
        functions_.both(
            storage_.tables(),
            {static_cast<const std::uint8_t*>(up), static_cast<const std::uint8_t*>(low), blend_of(fraction)},
            static_cast<std::uint8_t*>(dst), count);
      });
    });
  }

 private:
  byte_blend blend_of(std::uint32_t fraction) const { return {lerp<u8>::from_fraction(fraction), rounding_}; }

  byte_functions functions_;
  byte_tables_storage storage_;
  std::size_t row_bytes_;
  last_rounding rounding_;
};

std::uint32_t word_weight(element_type type, std::uint32_t fraction) {
  if (type == element_type::u16) return static_cast<std::uint32_t>(lerp<u16>::from_fraction(fraction));
  return std::bit_cast<std::uint32_t>(lerp<f32>::from_fraction(fraction));
}

class rows_of_words final : public linear_rows {
 public:
  rows_of_words(const row_geometry& g, element_type type)
      : type_(type),
        functions_(word_functions_of_target(type)),
        storage_(make_word_tables(g, type, functions_.lanes, functions_.most_windows)),
        row_bytes_(g.src_elements() * element_size(type)),
        window_bytes_(storage_.shape.window * element_size(type)) {
    block = functions_.lanes;
    between_bytes = 4;
  }
  void horizontal(const void* src_row, int first, int last, void* between) const override {
    with_window(src_row, row_bytes_, window_bytes_,
                [&](const void* src) { functions_.horizontal(storage_.tables(), src, first, last, between); });
  }
  void vertical(const void* upper, const void* lower, std::uint32_t fraction, void* dst, int count) const override {
    functions_.vertical(storage_.shape, upper, lower, word_weight(type_, fraction), dst, count);
  }
  void both(const void* upper, const void* lower, std::uint32_t fraction, void* dst, int count) const override {
    with_window(upper, row_bytes_, window_bytes_, [&](const void* up) {
      with_window(lower, row_bytes_, window_bytes_, [&](const void* low) {
        functions_.both(storage_.tables(), {up, low, word_weight(type_, fraction)}, dst, count);
      });
    });
  }

 private:
  element_type type_;
  word_functions functions_;
  word_tables_storage storage_;
  std::size_t row_bytes_;
  std::size_t window_bytes_;
};

/// Rows for exact halves: only `both`, over whole rows.
class halves : public linear_rows {
 public:
  void horizontal(const void*, int, int, void*) const override {}
  void vertical(const void*, const void*, std::uint32_t, void*, int) const override {}
};

class halves_of_bytes final : public halves {
 public:
  explicit halves_of_bytes(int channels) : halve_(byte_functions_of_target().halve), order_(channels) {}
  void both(const void* upper, const void* lower, std::uint32_t, void* dst, int count) const override {
    halve_(order_, {static_cast<const std::uint8_t*>(upper), static_cast<const std::uint8_t*>(lower), {}},
           static_cast<std::uint8_t*>(dst), count);
  }

 private:
  decltype(byte_functions::halve) halve_;
  halving_order order_;
};

class halves_of_floats final : public halves {
 public:
  halves_of_floats() : halve_(word_functions_of_target(element_type::f32).halve_floats) {}
  void both(const void* upper, const void* lower, std::uint32_t, void* dst, int count) const override {
    halve_(static_cast<const float*>(upper), static_cast<const float*>(lower), static_cast<float*>(dst), count);
  }

 private:
  decltype(word_functions::halve_floats) halve_;
};

}  // namespace

std::unique_ptr<linear_rows> make_halving_rows(const row_geometry& g, element_type type) {
  if (!simd_chosen()) return nullptr;
  if (type == element_type::u8 && g.channels <= byte_functions_of_target().most_halving_channels)
    return std::make_unique<halves_of_bytes>(g.channels);
  if (type == element_type::f32 && g.channels == 1) return std::make_unique<halves_of_floats>();
  return nullptr;
}

std::unique_ptr<linear_rows> make_linear_rows(const row_geometry& g, element_type type) {
  constexpr std::ptrdiff_t longest = std::numeric_limits<std::int32_t>::max() / 4;  // tables hold 32-bit offsets
  if (!simd_chosen() || g.src_elements() > longest || g.dst_elements() > longest) return make_scalar_rows(g, type);
  if (type == element_type::u8) return std::make_unique<rows_of_bytes>(g);
  return std::make_unique<rows_of_words>(g, type);
}

}  // namespace fluxel::kernels
