// SPDX-License-Identifier: Apache-2.0
// Chebyshev half sweeps, blocked in time. One alone would move 76 bytes per pixel and be bound by memory. Here a tile
// takes many in one pass from top to bottom, each a row behind the one before it: the rows in flight stay in cache. A
// tile starts as many pixels outside its own as it takes half sweeps, on its own copy of the iterate; what it repeats
// of its neighbours has the same bits, whatever the tiles. The first pass reads the flow, the last one writes it.
//
// A system that has not been made yet is made as the rows of the only pass begin, and never leaves the caches.

#include "kernels/cpu/flow/horn_schunck/relax.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/horn_schunck/new_system.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

constexpr int most_half_sweeps = 16;  // per pass
constexpr int halo = 32;              // columns; a multiple of 32 that is at least most_half_sweeps
constexpr int tile_width = 2048;      // rows of 1080p need no tiles; rows in flight of one pass fill 1.3 MB at most

// With a new system rows are not cut into tiles.
constexpr int most_at_once = 24;      // half sweeps
constexpr int widest_at_once = 4096;  // columns

struct iterate {
  plane<float> u, v;
};

/// The rows in flight of a tile's copy of the iterate, in split layout.
class row_ring {
 public:
  row_ring(int width, int rows)
      : rows_(rows),
        row_elements_(flow_row_elements(width)),
        memory_(std::size_t(2) * rows * row_elements_),
        data_(memory_.data()) {}
  std::ptrdiff_t half() const { return row_elements_ / 2; }
  float* operator()(int component, int y) const {
    return data_ + std::ptrdiff_t{2 * (y % rows_) + component} * row_elements_;
  }

 private:
  std::ptrdiff_t rows_, row_elements_;
  working_vector<float> memory_;
  float* data_;
};

struct pass {
  const flow_system* system;        ///< null: to be made
  const warp_equations* equations;  ///< of the system to be made
  flow_planes flow, out;
  iterate from, to;
  bool first_pass, last_pass;
  int limit, finer;
  int done;                      ///< half sweeps before this pass
  std::span<const float> omega;  ///< of this pass

  int half_sweeps() const { return static_cast<int>(omega.size()); }
};

/// Columns [left, right) of rows [first, last) of one image.
class tile {
 public:
  tile(const pass& p, int n, int left, int right)
      : p_(p),
        n_(n),
        left_(left),
        right_(right),
        begin_(std::max(left - halo, 0)),
        end_(std::min(right + halo, p.flow.u.width)),
        half_(flow_row_elements(p.flow.u.width) / 2),
        ring_(end_ - begin_, p.half_sweeps() + 2),
        zeros_(std::size_t(2) * half_) {
    if (p.system == nullptr) made_.emplace(*p.equations, n, p.half_sweeps() + 2);
    system_ = made_ ? made_->planes() : *p.system;
  }

  void run(int first, int last) {
    const int height = p_.flow.u.height, sweeps = p_.half_sweeps();
    const int top = std::max(first - sweeps, 0), bottom = std::min(last + sweeps, height);
    load(top);
    for (int step = top; step < last + sweeps - 1; ++step) {
      if (step + 1 < bottom) load(step + 1);
      for (int k = 0; k < sweeps; ++k) {
        const int y = step - k;
        const int low = top == 0 ? 0 : top + k + 1, high = bottom == height ? height : bottom - k - 1;
        if (y >= low && y < high) sweep(k, y);
      }
      const int finished = step - sweeps + 1;
      if (finished >= first) store(finished);
    }
  }

 private:
  void load(int y) {
    if (made_) made_->make(y);
    for (int i = 0; i < 2; ++i) {
      const auto& flow = i == 0 ? p_.flow.u : p_.flow.v;
      float* to = ring_(i, y);
      if (p_.first_pass) {
        rows_.split(row_at(flow, n_, y) + begin_, end_ - begin_, to);
        continue;
      }
      const float* from = row_at(i == 0 ? p_.from.u : p_.from.v, n_, y) + begin_ / 2;
      std::copy(from, from + ring_.half(), to);
      std::copy(from + half_, from + half_ + ring_.half(), to + ring_.half());
      clear_padding(to);
    }
  }

  /// Behind the tile's columns; read as neighbours of its outermost ones.
  void clear_padding(float* row) const {
    const std::ptrdiff_t used = ring_.half() - 16;
    std::fill(row + used, row + ring_.half(), 0.0f);
    std::fill(row + ring_.half() + used, row + 2 * ring_.half(), 0.0f);
  }

  void sweep(int k, int y) const {
    const int column = (y + p_.done + k) & 1;  // of the pixels to renew
    const std::ptrdiff_t own = column * ring_.half(), other = (1 - column) * ring_.half();
    const std::ptrdiff_t in_plane = column * half_ + begin_ / 2;
    const int above = std::max(y - 1, 0), below = std::min(y + 1, p_.flow.u.height - 1);
    auto component = [&](int i) -> half_sweep_row::component {
      float* row = ring_(i, y);
      // Left of an even column lies the odd one before it; before the first one, the padding of the even half.
      const float* side = row + other - (1 - column);
      return {row + own, side, side + 1, ring_(i, above) + own, ring_(i, below) + own};
    };
    const auto& s = system_;
    auto row_of = [&](const plane<float>& f, int r) { return row_at(f, n_, made_ ? r % f.height : r); };
    auto in = [&](const plane<float>& f) { return row_of(f, y) + in_plane; };
    const float* weights = row_of(s.right, y) + begin_ / 2;
    const float* up = y > 0 ? row_of(s.down, y - 1) + in_plane : zeros_.data();
    rows_.half_sweep(
        {in(s.i11), in(s.i12), in(s.i22), in(s.c1), in(s.c2), column == 0 ? weights + half_ - 1 : weights,
         weights + column * half_, up, in(s.down), component(0), component(1)},
        p_.omega[k], (end_ - begin_ + 1) / 2);
  }

  void store(int y) const {
    const std::ptrdiff_t at = (left_ - begin_) / 2;
    const int width = right_ - left_;
    for (int i = 0; i < 2; ++i) {
      const float *even = ring_(i, y) + at, *odd = even + ring_.half();
      if (p_.last_pass) {
        const auto& flow = i == 0 ? p_.flow.u : p_.flow.v;
        rows_.quantise(even, odd, row_at(flow, n_, y) + left_, p_.limit, p_.finer, width,
                       row_at(i == 0 ? p_.out.u : p_.out.v, n_, y) + left_);
        continue;
      }
      float* to = row_at(i == 0 ? p_.to.u : p_.to.v, n_, y) + left_ / 2;
      const int whole = (width + 31) / 32 * 16;  // what stands behind the last pixel is finite, and stays so
      std::copy(even, even + whole, to);
      std::copy(odd, odd + whole, to + half_);
    }
  }

  const pass& p_;
  int n_, left_, right_;
  int begin_, end_;      ///< columns with those repeated
  std::ptrdiff_t half_;  ///< of the planes' rows
  row_ring ring_;
  working_vector<float> zeros_;
  std::optional<new_system> made_;
  flow_system system_;
  const flow_sweep_functions& rows_ = flow_sweep_rows();
};

void run_pass(const pass& p, const launch_options& launch) {
  const int width = p.flow.u.width;
  const int own = width <= tile_width ? width : tile_width - 2 * halo;
  for_bands(p.flow.u, launch, [&](int n, int first, int last) {
    for (int left = 0; left < width; left += own) tile(p, n, left, std::min(left + own, width)).run(first, last);
  });
}

}  // namespace

status relax_flow(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 4> scratch,
                  const flow_planes& flow, const flow_planes& out, const launch_options& launch) {
  const int total = static_cast<int>(how_far.omega.size());
  const int passes = (total + most_half_sweeps - 1) / most_half_sweeps;
  iterate now{scratch[0], scratch[1]}, next{scratch[2], scratch[3]};
  for (int i = 0; i < passes; ++i) {
    const int begin = total * i / passes, end = total * (i + 1) / passes;
    run_pass({&system, nullptr, flow, out, now, next, i == 0, i + 1 == passes, how_far.limit, how_far.finer, begin,
              how_far.omega.subspan(begin, end - begin)},
             launch);
    std::swap(now, next);
  }
  return status::ok;
}

/// Bands repeat as many rows of their neighbours as they take half sweeps: few beside their own.
bool relaxes_new_system(const warp_equations& equations, const flow_relaxation& how_far,
                        const launch_options& launch) {
  const auto sweeps = static_cast<int>(how_far.omega.size());
  const plane<const u16>& frame = equations.frames.prev;
  const int bands = bands_of(frame, launch);
  return sweeps <= most_at_once && frame.width <= widest_at_once &&
         (bands == 1 || frame.height / bands >= 4 * sweeps);
}

status relax_new_system(const warp_equations& equations, const flow_relaxation& how_far, const flow_planes& out,
                        const launch_options& launch) {
  const pass only{nullptr, &equations, equations.flow, out,           {}, {},
                  true,    true,       how_far.limit,  how_far.finer, 0,  how_far.omega};
  for_bands(equations.flow.u, launch,
            [&](int n, int first, int last) { tile(only, n, 0, equations.flow.u.width).run(first, last); });
  return status::ok;
}

}  // namespace fluxel::kernels
