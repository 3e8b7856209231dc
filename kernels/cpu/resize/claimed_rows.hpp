// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows that threads claim piece by piece: a thread that starts late, or whose processor somebody else uses, delays
// nothing, because the others take over what it has not begun.

#include <algorithm>
#include <atomic>

#include "kernels/cpu/runtime/parallel.hpp"

namespace fluxel::kernels {

/// Calls body(first, last) for pieces that cover [0, rows). Each thread goes through a band of neighboring rows, and
/// then helps with those of the others.
///
/// @param unit  pieces are multiples of so many rows.
template <class Body>
void claim_rows(std::int64_t rows, std::int64_t unit, std::int64_t rows_per_band, int threads, const Body& body) {
  constexpr int most_bands = 64;
  constexpr int pieces_per_band = 8;
  const int bands = std::min(band_count(rows, rows_per_band, threads), most_bands);
  if (bands == 1) return parallel_rows(rows, rows, 1, body);
  struct alignas(64) claim {
    std::atomic<std::int64_t> next;
  };
  claim claims[most_bands];
  auto begin_of = [&](int band) { return rows * band / bands / unit * unit; };
  auto end_of = [&](int band) { return band + 1 == bands ? rows : begin_of(band + 1); };
  for (int i = 0; i < bands; ++i) claims[i].next.store(begin_of(i), std::memory_order_relaxed);
  const std::int64_t piece = (rows / bands / pieces_per_band / unit + 1) * unit;
  parallel_rows(bands, 1, bands, [&](std::int64_t own, std::int64_t) {
    for (int k = 0; k < bands; ++k) {
      const auto band = static_cast<int>((own + k) % bands);
      const std::int64_t end = end_of(band);
      for (;;) {
        const std::int64_t first = claims[band].next.fetch_add(piece, std::memory_order_relaxed);
        if (first >= end) break;
        body(first, std::min(first + piece, end));
      }
    }
  });
}

}  // namespace fluxel::kernels
