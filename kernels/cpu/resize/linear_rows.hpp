// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of a bilinear resize: what a target does with one row. The walk over rows, tiles and threads is in
// resize_linear.cpp.

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

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

/// The two passes over a row, in blocks of `block` destination elements. A row between the passes has room for
/// whole blocks; the order inside a block is the target's own.
class linear_rows {
 public:
  virtual ~linear_rows() = default;

  /// Filters the blocks [first, last) of a source row.
  virtual void horizontal(const void* src_row, int first, int last, void* between) const = 0;

  /// Blends two filtered rows, both from the same block on, into `count` destination elements.
  virtual void vertical(const void* upper, const void* lower, std::uint32_t fraction, void* dst, int count) const = 0;

  /// Both passes over a whole row, for source rows that are used only once.
  virtual void both(const void* upper, const void* lower, std::uint32_t fraction, void* dst, int count) const = 0;

  int block = 1;
  int between_bytes = 4;  ///< of one element
};

template <class T>
struct cache_aligned {
  using value_type = T;
  cache_aligned() = default;
  template <class U>
  cache_aligned(const cache_aligned<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
  bool operator==(const cache_aligned&) const { return true; }
};
template <class T>
using aligned_vector = std::vector<T, cache_aligned<T>>;

/// For the chosen target.
std::unique_ptr<linear_rows> make_linear_rows(const row_geometry& geometry, element_type type);

/// Rows that can only do `both`, for exact halves; nullptr where there is no faster way for them.
std::unique_ptr<linear_rows> make_halving_rows(const row_geometry& geometry, element_type type);

/// By the scalar formulas, whatever the target.
std::unique_ptr<linear_rows> make_scalar_rows(const row_geometry& geometry, element_type type);

}  // namespace fluxel::kernels
