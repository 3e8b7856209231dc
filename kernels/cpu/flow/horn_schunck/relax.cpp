// SPDX-License-Identifier: Apache-2.0
// Chebyshev half sweeps, blocked in time. One alone would move 76 bytes per pixel and be bound by memory. Here a tile
// takes many in one pass from top to bottom, each a row behind the one before it: the rows in flight stay in cache. A
// tile starts as many pixels outside its own as it takes half sweeps, on its own copy of the iterate; what it repeats
// of its neighbours has the same bits, whatever the tiles. The first pass reads the flow, the last one writes it.
//
// In a step from one row to the next every half sweep renews a row, and all of them renew columns of one color: no
// column waits for its neighbours. A few steps go over the rows in flight together, each a little behind the one
// before it.
//
// A system that has not been made yet is made as the rows of the only pass begin, and never leaves the caches.

#include "kernels/cpu/flow/horn_schunck/relax.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "kernels/cpu/flow/bands.hpp"
#include "kernels/cpu/flow/horn_schunck/new_system.hpp"
#include "kernels/cpu/runtime/working_memory.hpp"

namespace fluxel::kernels {

namespace {

constexpr int most_half_sweeps = 16;  // per pass
constexpr int steps_together = 4;
constexpr int halo = 32;          // columns; a multiple of 32 that is at least most_half_sweeps
constexpr int tile_width = 2048;  // rows of 1080p need no tiles; rows in flight of one pass fill 1.7 MB at most

// With a new system rows are not cut into tiles.
constexpr int most_at_once = 24;      // half sweeps
constexpr int widest_at_once = 4096;  // columns

struct iterate {
  plane<float> u, v;
};

/// The rows in flight of a tile: its copy of the iterate, and the equations.
class row_ring {
 public:
  row_ring(int width, int rows)
      : rows_(rows),
        row_elements_(flow_row_elements(width)),
        blocks_(static_cast<int>(row_elements_ / 2 / equation_block::pixels) - 1),
        flow_pitch_(apart(2 * row_elements_, 16)),
        equations_pitch_(apart(2 * blocks_, 1)),
        flow_(std::size_t(rows) * flow_pitch_),
        equations_(std::size_t(rows) * equations_pitch_) {}
  std::ptrdiff_t half() const { return row_elements_ / 2; }
  int blocks() const { return blocks_; }  ///< of one color

  float* flow(int component, int y) { return flow_.data() + slot(y) * flow_pitch_ + component * row_elements_; }
  equation_row equations(int y) { return {equations_.data() + slot(y) * equations_pitch_, blocks_}; }
  row_in_flight row(int y) { return {flow(0, y), equations(y).blocks}; }

  /// No motion, and no weights.
  void clear(int y) {
    std::fill_n(flow(0, y), 2 * row_elements_, 0.0f);
    std::fill_n(equations(y).blocks, 2 * blocks_, equation_block{});
  }

 private:
  std::ptrdiff_t slot(int y) const { return (y + rows_) % rows_; }

  /// An odd number of units, so that the same columns of several rows do not share a few places of the caches.
  static std::ptrdiff_t apart(std::ptrdiff_t elements, std::ptrdiff_t unit) { return (elements / unit | 1) * unit; }

  std::ptrdiff_t rows_, row_elements_;
  int blocks_;
  std::ptrdiff_t flow_pitch_, equations_pitch_;
  working_space<float> flow_;
  working_space<equation_block> equations_;
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
        ring_(end_ - begin_, p.half_sweeps() + steps_together + 1) {
    if (p.system == nullptr) made_.emplace(*p.equations, n);
  }

  void run(int first, int last) {
    const int sweeps = p_.half_sweeps();
    top_ = std::max(first - sweeps, 0);
    bottom_ = std::min(last + sweeps, p_.flow.u.height);
    int loaded = top_ == 0 ? -1 : top_;
    for (int step = top_; step < last + sweeps - 1; step += steps_together) {
      for (const int below = step + steps_together; loaded <= below; ++loaded) load(loaded);
      sweep(step);
      const int finished = step - sweeps + 1;
      for (int y = std::max(finished, first); y < std::min(finished + steps_together, last); ++y) store(y);
    }
  }

 private:
  /// Rows come in order. Beyond the image's border lie rows without weight.
  void load(int y) {
    if (y < 0 || y == p_.flow.u.height) ring_.clear(y);
    if (y < 0 || y >= bottom_) return;
    if (made_)
      made_->make(y, ring_.equations(y));
    else
      gather_equations(y);
    for (int i = 0; i < 2; ++i) {
      const auto& flow = i == 0 ? p_.flow.u : p_.flow.v;
      float* to = ring_.flow(i, y);
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

  void gather_equations(int y) {
    const flow_system& s = *p_.system;
    auto in = [&](const plane<float>& f) { return row_at(f, n_, y) + begin_ / 2; };
    rows_.gather_equations({in(s.i11), in(s.i12), in(s.i22), in(s.c1), in(s.c2), {in(s.right), in(s.down), nullptr}},
                           half_, ring_.equations(y));
  }

  /// Behind the tile's columns; read as neighbours of its outermost ones.
  void clear_padding(float* row) const {
    const std::ptrdiff_t used = ring_.half() - 16;
    std::fill(row + used, row + ring_.half(), 0.0f);
    std::fill(row + ring_.half() + used, row + 2 * ring_.half(), 0.0f);
  }

  /// A few steps from `first` on. In step s half sweep k renews row s - k. Rows that are repeated from other bands
  /// take fewer the nearer they are to the end.
  void sweep(int first) {
    const int height = p_.flow.u.height, sweeps = p_.half_sweeps();
    const int top = first - sweeps;
    std::array<row_in_flight, most_at_once + steps_together + 1> rows;
    for (int i = 0; i < sweeps + steps_together + 1; ++i) rows[i] = ring_.row(top + i);
    std::array<sweep_step, steps_together> steps;
    int count = 0;
    for (int s = first; s < first + steps_together; ++s) {
      const int from = bottom_ == height ? std::max(s - height + 1, 0) : s < bottom_ - 1 ? 0 : sweeps;
      const int to = std::min(top_ == 0 ? s + 1 : (s - top_ + 1) / 2, sweeps);
      if (from < to) steps[count++] = {&rows[s - from - top], p_.omega.data() + from, to - from, (s + p_.done) & 1};
    }
    rows_.sweep({steps.data(), count, ring_.blocks()});
  }

  void store(int y) {
    const std::ptrdiff_t at = (left_ - begin_) / 2;
    const int width = right_ - left_;
    for (int i = 0; i < 2; ++i) {
      const float *even = ring_.flow(i, y) + at, *odd = even + ring_.half();
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
  int begin_, end_;           ///< columns with those repeated
  int top_ = 0, bottom_ = 0;  ///< rows with those repeated
  std::ptrdiff_t half_;       ///< of the planes' rows
  row_ring ring_;
  std::optional<new_system> made_;
  const flow_sweep_functions& rows_ = flow_sweep_rows();
};

void run_pass(const pass& p, const launch_options& launch) {
  const int width = p.flow.u.width;
  const int own = p.system == nullptr || width <= tile_width ? width : tile_width - 2 * halo;
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
  run_pass(only, launch);
  return status::ok;
}

}  // namespace fluxel::kernels
