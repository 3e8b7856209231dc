// SPDX-License-Identifier: Apache-2.0
// Claims of splats on the CPU. Where rows point to rows near them, each band of the output looks for what claims it,
// and nobody else writes there; else bands of the input claim by atomic operations.

#include "kernels/cpu/warp/claims.hpp"

#include <algorithm>
#include <atomic>

#include "kernels/common/warp/splat.hpp"
#include "kernels/cpu/runtime/parallel.hpp"
#include "kernels/cpu/runtime/target.hpp"
#include "kernels/cpu/runtime/translate_bad_alloc.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"
#include "kernels/cpu/warp/claim_rows.hpp"

namespace fluxel::kernels {

namespace {

constexpr std::int64_t pixels_per_band = 1 << 14;

void raise_shared(splat_winner& winner, splat_winner number) {
  const std::atomic_ref shared(winner);
  splat_winner before = shared.load(std::memory_order_relaxed);
  while (before < number && !shared.compare_exchange_weak(before, number, std::memory_order_relaxed)) {
  }
}

/// The rows of one image, in bands.
class image_claims {
 public:
  image_claims(const splat_claims& claims, int n, int threads)
      : c_(claims), n_(n), width_(claims.flow.u.width), height_(claims.flow.u.height), threads_(threads) {}

  void run() {
    const std::int64_t bands = band_count(height_, rows_per_band(), threads_);
    if (!simd_chosen()) return from_input();
    if (bands > 1) {
      find_reach();
      if (rows_looked_at(bands) > 2 * std::int64_t{height_}) return from_input();
    }
    from_output();
  }

 private:
  std::int64_t rows_per_band() const { return pixels_per_band / width_ + 1; }
  template <class Body>
  void for_bands(const Body& body) const {
    parallel_rows(height_, rows_per_band(), threads_, [&](std::int64_t first, std::int64_t last) {
      body(static_cast<int>(first), static_cast<int>(last));
    });
  }
  splat_winner* row(int y) const { return c_.winners + winner_at(c_.flow.u, n_, 0, y); }

  void find_reach() {
    reach_.resize(static_cast<std::size_t>(height_));
    for_bands([this](int first, int last) {
      for (int y = first; y < last; ++y) reach_[static_cast<std::size_t>(y)] = claim_rows().reach(c_, n_, y);
    });
  }
  std::int64_t rows_looked_at(std::int64_t bands) const {
    const std::int64_t rows = (height_ + bands - 1) / bands;
    std::int64_t sum = 0;
    for (const claim_reach& r : reach_) sum += 1 + r.last / rows - std::max(r.first, 0) / rows;
    return sum;
  }

  void from_output() const {
    for_bands([this](int first, int last) {
      std::fill(row(first), row(last), splat_winner{0});
      for (int y = 0; y < height_; ++y) {
        if (!reach_.empty()) {
          const claim_reach& r = reach_[static_cast<std::size_t>(y)];
          if (r.last < first || r.first >= last) continue;
        }
        claim_rows().claim(c_, n_, y, first, last);
      }
    });
  }

  void from_input() const {
    std::fill(row(0), row(height_), splat_winner{0});
    for_bands([this](int first, int last) {
      for (int y = first; y < last; ++y)
        for (int x = 0; x < width_; ++x)
          claim_around(c_, n_, x, y,
                       [this](int to_x, int to_y, splat_winner number) { raise_shared(row(to_y)[to_x], number); });
    });
  }

  const splat_claims& c_;
  int n_, width_, height_, threads_;
  std::vector<claim_reach, working_allocator<claim_reach>> reach_;  ///< of every row, where there are several bands
};

}  // namespace

status cpu_claim(const splat_claims& claims, const launch_options& launch) {
  return translate_bad_alloc([&] {
    for (int n = 0; n < claims.flow.u.count; ++n) image_claims(claims, n, launch.threads).run();
    return status::ok;
  });
}

}  // namespace fluxel::kernels
