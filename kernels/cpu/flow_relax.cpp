// Chebyshev-Jacobi sweeps, blocked in time. A sweep moves 44 bytes per pixel, so memory bounds a plain one. Here a
// band takes several sweeps in one pass from top to bottom, each a row behind the one before it: the rows in
// flight stay in cache. A band starts that many rows outside its own, on its own copy of the iterates; what it
// repeats of its neighbours has the same bits, whatever the bands.

#include "kernels/cpu/flow_relax.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "kernels/cpu/flow_bands.hpp"

namespace fluxel::kernels {

namespace {

constexpr int sweeps_per_pass = 8;

/// u and v of an iterate and of the one before it.
struct iterates {
  plane<float> u, v, u_before, v_before;
};

/// One band's copy of the iterates, rows [top, bottom).
class band_copy {
 public:
  band_copy(int width, int top, int bottom) : width_(width), top_(top) {
    // A pass needs the same memory as the one before: it stays with the thread.
    static thread_local std::vector<float> memory;
    pitch_ = (width + 31) / 16 * 16;
    plane_ = pitch_ * (bottom - top);
    if (memory.size() < 4 * std::size_t(plane_)) memory.resize(4 * std::size_t(plane_));
    data_ = memory.data();
  }
  /// Row y of u (0) or v (1) of iterate k of the pass; k and k - 2 share their memory.
  float* row(int component, int k, int y) const {
    return data_ + plane_ * (component + 2 * (k & 1)) + pitch_ * (y - top_);
  }
  void load(const iterates& from, int n, int y) const {
    const float* rows[4] = {row_of(from.u, n, y), row_of(from.v, n, y), row_of(from.u_before, n, y),
                            row_of(from.v_before, n, y)};
    for (int i = 0; i < 4; ++i) std::copy(rows[i], rows[i] + width_, row(i % 2, i / 2, y));
  }
  /// Iterate k and the one before it.
  void store(const iterates& to, int k, int n, int y) const {
    const float* rows[4] = {row(0, k, y), row(1, k, y), row(0, k + 1, y), row(1, k + 1, y)};
    const plane<float>* planes[4] = {&to.u, &to.v, &to.u_before, &to.v_before};
    for (int i = 0; i < 4; ++i) std::copy(rows[i], rows[i] + width_, row_of(*planes[i], n, y));
  }

 private:
  int width_, top_;
  std::ptrdiff_t pitch_, plane_;
  float* data_;
};

struct pass {
  const flow_system& system;
  std::span<const float> omega;
  iterates from, to;

  void run(int n, int first, int last) const {
    const int width = from.u.width, height = from.u.height, sweeps = static_cast<int>(omega.size());
    const int top = std::max(first - sweeps, 0), bottom = std::min(last + sweeps, height);
    const band_copy copy(width, top, bottom);
    const std::vector<float> zeros(width);
    const auto& rows = flow_rows();
    for (int y = top; y < std::min(top + 1, bottom); ++y) copy.load(from, n, y);
    for (int step = top; step < bottom + sweeps; ++step) {
      if (step + 1 < bottom) copy.load(from, n, step + 1);
      for (int k = 0; k < sweeps; ++k) {
        const int y = step - k;
        const int low = top == 0 ? 0 : top + k + 1, high = bottom == height ? height : bottom - k - 1;
        if (y < low || y >= high) continue;
        const int above = std::max(y - 1, 0), below = std::min(y + 1, height - 1);
        const sweep_rows r{copy.row(0, k, y),     copy.row(0, k, above), copy.row(0, k, below),
                           copy.row(1, k, y),     copy.row(1, k, above), copy.row(1, k, below),
                           copy.row(0, k + 1, y), copy.row(1, k + 1, y)};
        rows.sweep(system_rows_of(system, n, y, zeros.data()), r, omega[k], width);
      }
      const int done = step - sweeps;
      if (done >= first && done < last) copy.store(to, sweeps, n, done);
    }
  }
};

}  // namespace

status relax_flow(const flow_system& system, const flow_relaxation& how_far, std::span<const plane<float>, 8> scratch,
                  const flow_planes& flow, const execution& how) {
  const int width = flow.u.width;
  const auto& rows = flow_rows();
  iterates now{scratch[0], scratch[1], scratch[2], scratch[3]}, next{scratch[4], scratch[5], scratch[6], scratch[7]};
  for_bands(flow.u, how, [&](int n, int first, int last) {
    for (int y = first; y < last; ++y) {
      for (const auto* u : {&now.u, &now.u_before}) rows.to_float(row_of(flow.u, n, y), width, row_of(*u, n, y));
      for (const auto* v : {&now.v, &now.v_before}) rows.to_float(row_of(flow.v, n, y), width, row_of(*v, n, y));
    }
  });
  for (std::size_t done = 0; done < how_far.omega.size(); done += sweeps_per_pass) {
    const auto count = std::min<std::size_t>(sweeps_per_pass, how_far.omega.size() - done);
    const pass p{system, how_far.omega.subspan(done, count), now, next};
    for_bands(flow.u, how, [&](int n, int first, int last) { p.run(n, first, last); });
    std::swap(now, next);
  }
  for_bands(flow.u, how, [&](int n, int first, int last) {
    for (int y = first; y < last; ++y) {
      rows.quantise(row_of(now.u, n, y), how_far.limit, width, row_of(flow.u, n, y));
      rows.quantise(row_of(now.v, n, y), how_far.limit, width, row_of(flow.v, n, y));
    }
  });
  return status::ok;
}

}  // namespace fluxel::kernels
